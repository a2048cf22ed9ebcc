# The bench: `make bench`, with BENCHFLAGS=--quick to see whether it works.

EXTRA_DIST += \
	bench/README.md bench/events.mjs bench/limit.mjs bench/load.mjs bench/main.mjs bench/menu.mjs \
	bench/options.mjs bench/orders.mjs bench/recording.mjs bench/report.mjs \
	bench/restaurants.mjs bench/rows.mjs bench/run bench/sync.mjs bench/usage.mjs bench/wrk.lua
CLEANFILES += bench-events.txt bench-result.txt bench-result.json bench-sync.txt

.PHONY: bench bench-events bench-sync
bench: orderzapd$(EXEEXT) orderzapctl$(EXEEXT)
	BUILD_DIR=$(abs_builddir) $(srcdir)/bench/run $(BENCHFLAGS)
bench-sync: orderzapd$(EXEEXT) orderzapctl$(EXEEXT) orderzap-sync$(EXEEXT) npm/installed $(CONVEX_MODULES)/stamp
	BUILD_DIR=$(abs_builddir) node $(srcdir)/bench/sync.mjs $(BENCHFLAGS)
bench-events: orderzapd$(EXEEXT) orderzapctl$(EXEEXT) npm/installed
	BUILD_DIR=$(abs_builddir) node $(srcdir)/bench/events.mjs $(BENCHFLAGS)
