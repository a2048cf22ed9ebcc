# The bench: `make bench`, with BENCHFLAGS=--quick to see whether it works.

EXTRA_DIST += \
	bench/README.md bench/capacity.mjs bench/cost.mjs bench/evening.mjs bench/events.mjs bench/fill.mjs \
	bench/forecast.mjs bench/grow.mjs bench/limit.mjs bench/load.mjs bench/main.mjs bench/menu.mjs bench/model.mjs \
	bench/nginx.mjs bench/options.mjs bench/orders.mjs bench/page.mjs bench/past.mjs bench/peers.mjs bench/reads.mjs \
	bench/recording.mjs bench/report.mjs bench/reports.mjs bench/restaurants.mjs bench/rows.mjs bench/run bench/sync.mjs bench/usage.mjs \
	bench/wrk.lua \
	bench/peers/express/.npmrc bench/peers/express/common.mjs bench/peers/express/menu.mjs bench/peers/express/order.mjs \
	bench/peers/express/package-lock.json bench/peers/express/package.json bench/peers/express/server.mjs \
	bench/peers/php/common.php bench/peers/php/index.php bench/peers/php/menu.php bench/peers/php/order.php \
	bench/peers/same.mjs bench/peers/start.mjs \
	bench/reports/sales_by_day.sql bench/reports/sales_by_hour.sql bench/reports/sales_by_item.sql \
	bench/reports/sales_by_method.sql
CLEANFILES += bench-evening.txt bench-evening.json bench-events.txt bench-grow.txt bench-grow.json \
	bench-peers.txt bench-peers.json bench-reports.txt bench-reports.json bench-result.txt bench-result.json bench/report.html bench-sync.txt

.PHONY: bench bench-evening bench-events bench-grow bench-peers bench-reports bench-sync
bench: orderzapd$(EXEEXT) orderzapctl$(EXEEXT) npm/installed
	BUILD_DIR=$(abs_builddir) $(srcdir)/bench/run $(BENCHFLAGS)
bench-sync: orderzapd$(EXEEXT) orderzapctl$(EXEEXT) orderzap-sync$(EXEEXT) npm/installed $(CONVEX_MODULES)/stamp
	BUILD_DIR=$(abs_builddir) node $(srcdir)/bench/sync.mjs $(BENCHFLAGS)
bench-events: orderzapd$(EXEEXT) orderzapctl$(EXEEXT) npm/installed
	BUILD_DIR=$(abs_builddir) node $(srcdir)/bench/events.mjs $(BENCHFLAGS)
bench-grow: orderzapd$(EXEEXT) orderzapctl$(EXEEXT) npm/installed
	BUILD_DIR=$(abs_builddir) node $(srcdir)/bench/grow.mjs $(BENCHFLAGS)
bench-peers: orderzapd$(EXEEXT) orderzapctl$(EXEEXT) npm/installed
	BUILD_DIR=$(abs_builddir) node $(srcdir)/bench/peers.mjs $(BENCHFLAGS)
bench-reports: orderzapd$(EXEEXT) orderzapctl$(EXEEXT) npm/installed
	BUILD_DIR=$(abs_builddir) node $(srcdir)/bench/reports.mjs $(BENCHFLAGS)
bench-evening: orderzapd$(EXEEXT) orderzapctl$(EXEEXT) npm/installed
	BUILD_DIR=$(abs_builddir) node $(srcdir)/bench/evening.mjs $(BENCHFLAGS)
