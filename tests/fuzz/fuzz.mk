# Builds the fuzz targets with clang, beside the other build and unlike it: every
# piece of the product that they try is compiled again with coverage,
# AddressSanitizer and UBSan. GNU make; called by tests/files.mk in the build folder:
#   make -f fuzz.mk srcdir=... CLANG=... FUZZ_CPPFLAGS=... FUZZ_LIBS=... TARGET...

work = fuzz/build
sanitize = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
cflags = -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -I src -I $(srcdir)/src $(FUZZ_CPPFLAGS) $(sanitize) -fsanitize=fuzzer-no-link

product = \
	api/if_match api/live/cursor api/paging api/route_match \
	auth/ec_key auth/keys auth/refresh auth/signature auth/token \
	base/clock base/decimal base/err base/json_arena base/json_strict base/log base/text base/utf8 base/uuid7 \
	conf/conf \
	ctl/site_render \
	db/array \
	domain/card_number domain/principal \
	http/csv http/fields http/problem http/request http/response \
	receipt/figure receipt/html receipt/layout receipt/make_amounts receipt/make_head receipt/make_orders receipt/read \
	relay/cursor
objects = $(product:%=$(work)/%.o) $(work)/arena.o

tests/fuzz/%.fuzz: $(work)/targets/%.o $(work)/product.a
	@mkdir -p $(@D)
	@echo "  CLANG    $@"
	@$(CLANG) $(sanitize) -fsanitize=fuzzer -o $@ $^ $(FUZZ_LIBS)

$(work)/product.a: $(objects)
	@rm -f $@
	@$(AR) rc $@ $^

$(work)/targets/%.o: $(srcdir)/tests/fuzz/%.c
	@mkdir -p $(@D)
	@echo "  CLANG    $@"
	@$(CLANG) $(cflags) -MMD -c -o $@ $<
$(work)/arena.o: $(srcdir)/tests/fuzz/arena.c
	@mkdir -p $(@D)
	@echo "  CLANG    $@"
	@$(CLANG) $(cflags) -MMD -c -o $@ $<
$(work)/%.o: $(srcdir)/src/%.c
	@mkdir -p $(@D)
	@echo "  CLANG    $@"
	@$(CLANG) $(cflags) -MMD -c -o $@ $<

.PRECIOUS: $(work)/targets/%.o
-include $(wildcard $(work)/*.d $(work)/*/*.d)
