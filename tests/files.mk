# The tests: unit tests of each tier, the schema in pgTAP, the API's document,
# the API and its faults on the real stack, the programs, checks of the source.
# All speak TAP. They call PostgreSQL's programs themselves: Debian's wrapper, a
# Perl script, takes three times as long as most of psql's queries.

TEST_EXTENSIONS = .sql .mjs .lint .fuzz
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SQL_LOG_DRIVER = $(TAP_DRIVER)
SQL_LOG_COMPILER = $(srcdir)/tests/sql/run
MJS_LOG_DRIVER = $(TAP_DRIVER)
MJS_LOG_COMPILER = node --test-reporter=tap
LINT_LOG_DRIVER = $(TAP_DRIVER)
LINT_LOG_COMPILER = $(srcdir)/tests/lint/run
FUZZ_LOG_DRIVER = $(TAP_DRIVER)
FUZZ_LOG_COMPILER = $(srcdir)/tests/fuzz/run
AM_TESTS_ENVIRONMENT = \
	BUILD_DIR='$(abs_builddir)'; export BUILD_DIR; \
	case '$(TESTS)' in *tests/api/shared.test.mjs*) ORDERZAP_RUN=$$PPID;; *) ORDERZAP_RUN=;; esac; export ORDERZAP_RUN; \
	PATH="$$($(srcdir)/scripts/cluster bin):$$PATH"; export PATH; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	G_SLICE=always-malloc; export G_SLICE;

SQL_TESTS = \
	tests/sql/business_date.test.sql \
	tests/sql/changes.test.sql \
	tests/sql/closed_days.test.sql \
	tests/sql/drawers.test.sql \
	tests/sql/events.test.sql \
	tests/sql/immutability.test.sql \
	tests/sql/mirror.test.sql \
	tests/sql/outbox.test.sql \
	tests/sql/row_level_security.test.sql \
	tests/sql/schema.test.sql

# On one system, which the first of them has started and shared.test.mjs ends.
SHARING_TESTS = \
	tests/api/tenancy.test.mjs \
	tests/api/staff.test.mjs \
	tests/api/reports.test.mjs \
	tests/api/strict_json.test.mjs \
	tests/api/kitchen.test.mjs \
	tests/api/restaurant.test.mjs \
	tests/programs/qr_sheet.test.mjs \
	tests/api/service_calls.test.mjs \
	tests/api/drawers.test.mjs \
	tests/api/shift_notes.test.mjs \
	tests/api/adjustments.test.mjs \
	tests/api/receipts.test.mjs \
	tests/api/receipts_corrections.test.mjs \
	tests/api/splits.test.mjs \
	tests/api/bill.test.mjs \
	tests/api/business_days.test.mjs \
	tests/api/guest_count.test.mjs \
	tests/api/guests.test.mjs \
	tests/api/menu_manage.test.mjs \
	tests/api/order_lists.test.mjs \
	tests/api/order_states.test.mjs \
	tests/api/order_totals.test.mjs \
	tests/api/orders.test.mjs \
	tests/api/session_changes.test.mjs \
	tests/api/tables_manage.test.mjs \
	tests/api/tokens.test.mjs \
	tests/api/tables.test.mjs \
	tests/api/docs.test.mjs \
	tests/api/exports.test.mjs \
	tests/api/flow.test.mjs

API_TESTS = \
	tests/api/offline.test.mjs \
	tests/api/online_payments.test.mjs \
	tests/api/payments.test.mjs \
	tests/api/session_time.test.mjs \
	$(SHARING_TESTS) \
	tests/api/sessions.test.mjs \
	tests/programs/ctl.test.mjs \
	tests/api/qr.test.mjs \
	tests/api/menu.test.mjs \
	tests/programs/demo.test.mjs \
	tests/api/es256.test.mjs \
	tests/api/events.test.mjs \
	tests/api/ledger.test.mjs \
	tests/api/metrics.test.mjs \
	tests/api/sign_in.test.mjs \
	tests/programs/guide.test.mjs \
	tests/programs/history.test.mjs \
	tests/programs/migrate.test.mjs \
	tests/programs/run_user.test.mjs \
	tests/programs/watch.test.mjs \
	tests/api/shared.test.mjs

# What PostgreSQL does for the programs' statements.
PLAN_TESTS = \
	tests/api/plans.test.mjs \
	tests/api/plans_fresh.test.mjs \
	tests/api/plans_past.test.mjs

# Programs, nginx or the database die or hang.
FAULT_TESTS = \
	tests/faults/bills.test.mjs \
	tests/faults/concurrency.test.mjs \
	tests/faults/database.test.mjs \
	tests/faults/days.test.mjs \
	tests/faults/events.test.mjs \
	tests/faults/exports.test.mjs \
	tests/faults/kill.test.mjs \
	tests/faults/nginx.test.mjs \
	tests/faults/offline.test.mjs \
	tests/faults/queue.test.mjs \
	tests/faults/receipts.test.mjs \
	tests/faults/service.test.mjs \
	tests/faults/signals.test.mjs \
	tests/faults/upgrade.test.mjs

# A real browser's view.
WEB_TESTS = \
	tests/web/events.test.mjs

# Thousands of connections: they load nginx and the kernel more than our programs.
LOAD_TESTS = \
	tests/faults/burst.test.mjs \
	tests/faults/hostile.test.mjs

DOCS_TESTS = \
	tests/docs/money.test.mjs \
	tests/docs/openapi.test.mjs \
	tests/docs/page.test.mjs \
	tests/docs/validator.test.mjs

# On the stand-in for a Convex deployment.
CONVEX_TESTS = \
	tests/convex/apply.test.mjs \
	tests/convex/live.test.mjs \
	tests/convex/project.test.mjs \
	tests/convex/queries.test.mjs \
	tests/convex/selfhosted.test.mjs \
	tests/convex/wire.test.mjs

# orderzap-sync between the real stack and that stand-in.
SYNC_TESTS = \
	tests/sync/commands.test.mjs \
	tests/sync/demo.test.mjs \
	tests/sync/mirror.test.mjs \
	tests/sync/outage.test.mjs \
	tests/sync/random.test.mjs \
	tests/sync/refused.test.mjs

LINT_TESTS = \
	tests/lint/columns.lint \
	tests/lint/lists.lint \
	tests/lint/rooms.lint \
	tests/lint/migrations.lint \
	tests/lint/scale.lint \
	tests/lint/scale_bites.lint \
	tests/lint/schema.lint \
	tests/lint/tiers.lint \
	tests/lint/units.lint

# A parser each, on inputs of libFuzzer's making.
FUZZ_TESTS = \
	tests/fuzz/accept.fuzz \
	tests/fuzz/array.fuzz \
	tests/fuzz/card_number.fuzz \
	tests/fuzz/conf.fuzz \
	tests/fuzz/csv.fuzz \
	tests/fuzz/dates.fuzz \
	tests/fuzz/etag.fuzz \
	tests/fuzz/fields.fuzz \
	tests/fuzz/json_strict.fuzz \
	tests/fuzz/json_text.fuzz \
	tests/fuzz/paging.fuzz \
	tests/fuzz/percent.fuzz \
	tests/fuzz/receipt.fuzz \
	tests/fuzz/refresh.fuzz \
	tests/fuzz/relay_cursor.fuzz \
	tests/fuzz/route.fuzz \
	tests/fuzz/signature.fuzz \
	tests/fuzz/site.fuzz \
	tests/fuzz/sync_cursor.fuzz \
	tests/fuzz/token.fuzz \
	tests/fuzz/utf8.fuzz \
	tests/fuzz/uuid.fuzz

if HAVE_CMOCKA
UNIT_TESTS = \
	tests/unit/test_account \
	tests/unit/test_address \
	tests/unit/test_arena \
	tests/unit/test_array \
	tests/unit/test_card_number \
	tests/unit/test_clock \
	tests/unit/test_conf \
	tests/unit/test_counts \
	tests/unit/test_csv \
	tests/unit/test_currency \
	tests/unit/test_db \
	tests/unit/test_decimal \
	tests/unit/test_deliver \
	tests/unit/test_digest \
	tests/unit/test_ec_key \
	tests/unit/test_err \
	tests/unit/test_es256 \
	tests/unit/test_exposition \
	tests/unit/test_fields \
	tests/unit/test_gzip \
	tests/unit/test_json_arena \
	tests/unit/test_json_strict \
	tests/unit/test_keys \
	tests/unit/test_line_share \
	tests/unit/test_lockout \
	tests/unit/test_log \
	tests/unit/test_money \
	tests/unit/test_options \
	tests/unit/test_order_state \
	tests/unit/test_order_total \
	tests/unit/test_paging \
	tests/unit/test_password \
	tests/unit/test_phone_number \
	tests/unit/test_pin \
	tests/unit/test_pool \
	tests/unit/test_principal \
	tests/unit/test_problem \
	tests/unit/test_qr \
	tests/unit/test_receipt \
	tests/unit/test_receipt_pdf \
	tests/unit/test_refresh \
	tests/unit/test_relay \
	tests/unit/test_request \
	tests/unit/test_response \
	tests/unit/test_route_match \
	tests/unit/test_seal \
	tests/unit/test_selection \
	tests/unit/test_signature \
	tests/unit/test_site \
	tests/unit/test_sqlstate \
	tests/unit/test_standing \
	tests/unit/test_sync_cursor \
	tests/unit/test_text \
	tests/unit/test_token \
	tests/unit/test_uuid7
else
UNIT_TESTS =
endif

# The longest first, so that all cores have something to do to the end.
TESTS = $(SYNC_TESTS) $(FAULT_TESTS) $(PLAN_TESTS) $(API_TESTS) $(LOAD_TESTS) $(WEB_TESTS) $(SQL_TESTS) $(CONVEX_TESTS) $(DOCS_TESTS) $(FUZZ_TESTS) $(LINT_TESTS) $(UNIT_TESTS)
check_PROGRAMS = $(UNIT_TESTS)
$(SQL_TESTS:.sql=.log) $(FAULT_TESTS:.mjs=.log) $(PLAN_TESTS:.mjs=.log) $(API_TESTS:.mjs=.log) $(SYNC_TESTS:.mjs=.log) $(LOAD_TESTS:.mjs=.log) $(WEB_TESTS:.mjs=.log) $(LINT_TESTS:.lint=.log): orderzapd orderzapctl orderzap-sync
$(DOCS_TESTS:.mjs=.log) $(FAULT_TESTS:.mjs=.log) $(PLAN_TESTS:.mjs=.log) $(API_TESTS:.mjs=.log) $(SYNC_TESTS:.mjs=.log) $(LOAD_TESTS:.mjs=.log) $(WEB_TESTS:.mjs=.log): npm/installed

tests/api/shared.test.log: $(SHARING_TESTS:.mjs=.log)

# The npm packages that read docs/openapi.yaml, listen to events, query the database and
# drive a browser, once a build folder.
npm/installed: docs/tools/install docs/tools/package.json docs/tools/package-lock.json
	@$(MKDIR_P) npm
	$(srcdir)/docs/tools/install npm
	@touch $@
clean-local:
	rm -rf npm

# Convex's npm packages, once a build folder. Where they cannot be fetched the
# tests that need them fail, and npm.log there says why.
CONVEX_MODULES = tests/convex/modules
$(CONVEX_TESTS:.mjs=.log) $(SYNC_TESTS:.mjs=.log) tests/api/plans_fresh.test.log tests/faults/bills.test.log: $(CONVEX_MODULES)/stamp
.PHONY: convex-modules
convex-modules: $(CONVEX_MODULES)/stamp
$(CONVEX_MODULES)/stamp: $(srcdir)/tests/convex/.npmrc $(srcdir)/tests/convex/load.mjs \
		$(srcdir)/tests/convex/package.json $(srcdir)/tests/convex/package-lock.json
	@rm -rf $(CONVEX_MODULES) && $(MKDIR_P) $(CONVEX_MODULES)
	@cp $(srcdir)/tests/convex/.npmrc $(srcdir)/tests/convex/load.mjs \
		$(srcdir)/tests/convex/package.json $(srcdir)/tests/convex/package-lock.json $(CONVEX_MODULES)
	$(AM_V_GEN)cd $(CONVEX_MODULES) && if npm ci >npm.log 2>&1; then touch stamp; else rm -rf node_modules; cat npm.log; fi
mostlyclean-local:
	rm -rf templates shared-* openapi-*.json
	rm -rf $(CONVEX_MODULES)
	rm -rf fuzz $(FUZZ_TESTS)

# The fuzz targets are built with clang, whatever builds the rest; without
# libFuzzer their tests fail and say what to install.
$(FUZZ_TESTS): fuzz-targets
fuzz-targets: $(BUILT_SOURCES)
if HAVE_LIBFUZZER
	@$(MAKE) --no-print-directory -f $(srcdir)/tests/fuzz/fuzz.mk srcdir='$(srcdir)' CLANG='$(CLANG)' AR='$(AR)' \
		FUZZ_CPPFLAGS='$(JSON_CFLAGS) $(JWT_CFLAGS) $(CRYPTO_CFLAGS) $(SODIUM_CFLAGS)' \
		FUZZ_LIBS='$(JWT_LIBS) $(JSON_LIBS) $(CRYPTO_LIBS) $(SODIUM_LIBS)' $(FUZZ_TESTS)
endif
.PHONY: fuzz-targets

# make fuzz FUZZ_SECONDS=600 FUZZ='tests/fuzz/csv.fuzz tests/fuzz/conf.fuzz': each
# target for so long, with -j2 two at a time. make fuzz-merge keeps what they learned.
FUZZ = $(FUZZ_TESTS)
FUZZ_SECONDS = 60
FUZZING = $(FUZZ:.fuzz=.fuzzing)
MERGING = $(FUZZ:.fuzz=.merging)
fuzz: $(FUZZING)
fuzz-merge: $(MERGING)
$(FUZZING): fuzz-targets
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' $(srcdir)/tests/fuzz/run $(@:.fuzzing=.fuzz)
$(MERGING): fuzz-targets
	@$(srcdir)/tests/fuzz/run --merge $(@:.merging=.fuzz)
.PHONY: fuzz fuzz-merge $(FUZZING) $(MERGING)

# What takes too long for each change, some three hours; as root.
check-host: fuzz-targets
	$(srcdir)/scripts/check-host $(TREE)
	$(MAKE) -k -j2 fuzz FUZZ_SECONDS=600
.PHONY: check-host

UNIT_LIBS = libhttp.a $(OZ_LOW_LIBS) $(OZ_FOREIGN_LIBS) $(CMOCKA_LIBS)
tests_unit_test_account_SOURCES = tests/unit/test_account.c tests/unit/unit.h
tests_unit_test_account_LDADD = $(UNIT_LIBS)
tests_unit_test_address_SOURCES = tests/unit/test_address.c tests/unit/unit.h
tests_unit_test_address_LDADD = $(UNIT_LIBS)
tests_unit_test_arena_SOURCES = tests/unit/test_arena.c tests/unit/unit.h
tests_unit_test_arena_LDADD = $(UNIT_LIBS)
tests_unit_test_array_SOURCES = tests/unit/test_array.c tests/unit/unit.h
tests_unit_test_array_LDADD = $(UNIT_LIBS)
tests_unit_test_card_number_SOURCES = tests/unit/test_card_number.c tests/unit/unit.h
tests_unit_test_card_number_LDADD = $(UNIT_LIBS)
tests_unit_test_clock_SOURCES = tests/unit/test_clock.c tests/unit/unit.h
tests_unit_test_clock_LDADD = $(UNIT_LIBS)
tests_unit_test_conf_SOURCES = tests/unit/test_conf.c tests/unit/unit.h
tests_unit_test_conf_LDADD = $(UNIT_LIBS)
tests_unit_test_counts_SOURCES = tests/unit/test_counts.c tests/unit/unit.h
tests_unit_test_counts_LDADD = $(UNIT_LIBS)
tests_unit_test_csv_SOURCES = tests/unit/test_csv.c tests/unit/unit.h
tests_unit_test_csv_LDADD = $(UNIT_LIBS)
tests_unit_test_decimal_SOURCES = tests/unit/test_decimal.c tests/unit/unit.h
tests_unit_test_decimal_LDADD = $(UNIT_LIBS)
tests_unit_test_deliver_SOURCES = tests/unit/test_deliver.c tests/unit/unit.h src/sync/deliver.c src/sync/stop.c
tests_unit_test_deliver_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_unit_test_deliver_LDADD = $(UNIT_LIBS)
tests_unit_test_currency_SOURCES = tests/unit/test_currency.c tests/unit/unit.h
tests_unit_test_currency_LDADD = $(UNIT_LIBS)
tests_unit_test_db_SOURCES = tests/unit/test_db.c tests/unit/unit.h
tests_unit_test_db_LDADD = $(UNIT_LIBS)
tests_unit_test_digest_SOURCES = tests/unit/test_digest.c tests/unit/unit.h
tests_unit_test_digest_LDADD = $(UNIT_LIBS)
tests_unit_test_ec_key_SOURCES = tests/unit/test_ec_key.c tests/unit/unit.h
tests_unit_test_ec_key_LDADD = $(UNIT_LIBS)
tests_unit_test_err_SOURCES = tests/unit/test_err.c tests/unit/unit.h
tests_unit_test_err_LDADD = $(UNIT_LIBS)
tests_unit_test_es256_SOURCES = tests/unit/test_es256.c tests/unit/unit.h
tests_unit_test_es256_LDADD = $(UNIT_LIBS)
tests_unit_test_exposition_SOURCES = tests/unit/test_exposition.c tests/unit/unit.h
tests_unit_test_exposition_LDADD = $(UNIT_LIBS)
tests_unit_test_fields_SOURCES = tests/unit/test_fields.c tests/unit/unit.h
tests_unit_test_fields_LDADD = $(UNIT_LIBS)
tests_unit_test_gzip_SOURCES = tests/unit/test_gzip.c tests/unit/unit.h
tests_unit_test_gzip_LDADD = $(UNIT_LIBS)
tests_unit_test_json_arena_SOURCES = tests/unit/test_json_arena.c tests/unit/unit.h
tests_unit_test_json_arena_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_unit_test_json_arena_LDADD = $(UNIT_LIBS)
tests_unit_test_json_strict_SOURCES = tests/unit/test_json_strict.c tests/unit/unit.h
tests_unit_test_json_strict_LDADD = $(UNIT_LIBS)
tests_unit_test_keys_SOURCES = tests/unit/test_keys.c tests/unit/unit.h
tests_unit_test_keys_LDADD = $(UNIT_LIBS)
tests_unit_test_line_share_SOURCES = tests/unit/test_line_share.c tests/unit/unit.h
tests_unit_test_line_share_LDADD = $(UNIT_LIBS)
tests_unit_test_lockout_SOURCES = tests/unit/test_lockout.c tests/unit/unit.h
tests_unit_test_lockout_LDADD = $(UNIT_LIBS)
tests_unit_test_log_SOURCES = tests/unit/test_log.c tests/unit/unit.h
tests_unit_test_log_LDADD = $(UNIT_LIBS)
tests_unit_test_money_SOURCES = tests/unit/test_money.c tests/unit/unit.h
tests_unit_test_money_LDADD = $(UNIT_LIBS)
tests_unit_test_options_SOURCES = tests/unit/test_options.c tests/unit/unit.h src/ctl/options.c
tests_unit_test_options_LDADD = $(UNIT_LIBS)
tests_unit_test_order_state_SOURCES = tests/unit/test_order_state.c tests/unit/unit.h
tests_unit_test_order_state_LDADD = $(UNIT_LIBS)
tests_unit_test_order_total_SOURCES = tests/unit/test_order_total.c tests/unit/unit.h
tests_unit_test_order_total_LDADD = $(UNIT_LIBS)
tests_unit_test_paging_SOURCES = tests/unit/test_paging.c tests/unit/unit.h
tests_unit_test_paging_LDADD = libapi.a $(UNIT_LIBS)
tests_unit_test_password_SOURCES = tests/unit/test_password.c tests/unit/unit.h
tests_unit_test_password_LDADD = $(UNIT_LIBS)
tests_unit_test_phone_number_SOURCES = tests/unit/test_phone_number.c tests/unit/unit.h
tests_unit_test_phone_number_LDADD = $(UNIT_LIBS)
tests_unit_test_pin_SOURCES = tests/unit/test_pin.c tests/unit/unit.h
tests_unit_test_pin_LDADD = $(UNIT_LIBS)
tests_unit_test_pool_SOURCES = tests/unit/test_pool.c tests/unit/unit.h src/server/pool.c src/server/scoreboard.c
tests_unit_test_pool_LDADD = $(UNIT_LIBS)
tests_unit_test_principal_SOURCES = tests/unit/test_principal.c tests/unit/unit.h
tests_unit_test_principal_LDADD = $(UNIT_LIBS)
tests_unit_test_problem_SOURCES = tests/unit/test_problem.c tests/unit/unit.h
tests_unit_test_problem_LDADD = $(UNIT_LIBS)
tests_unit_test_qr_SOURCES = tests/unit/test_qr.c tests/unit/unit.h
tests_unit_test_qr_CFLAGS = $(AM_CFLAGS) $(PANGOCAIRO_CFLAGS)
tests_unit_test_qr_LDADD = $(OZ_QR_LIBS) $(UNIT_LIBS)
tests_unit_test_receipt_SOURCES = tests/unit/test_receipt.c tests/unit/receipts.h tests/unit/unit.h
tests_unit_test_receipt_CPPFLAGS = $(AM_CPPFLAGS) -DRECEIPTS_DIR='"$(abs_srcdir)/tests/unit/receipts"'
tests_unit_test_receipt_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_unit_test_receipt_LDADD = $(OZ_RECEIPT_LIBS) $(UNIT_LIBS)
tests_unit_test_receipt_pdf_SOURCES = tests/unit/test_receipt_pdf.c tests/unit/receipts.h tests/unit/unit.h
tests_unit_test_receipt_pdf_CPPFLAGS = $(tests_unit_test_receipt_CPPFLAGS)
tests_unit_test_receipt_pdf_CFLAGS = $(AM_CFLAGS) $(JSON_CFLAGS)
tests_unit_test_receipt_pdf_LDADD = $(OZ_RECEIPT_LIBS) $(UNIT_LIBS)
tests_unit_test_refresh_SOURCES = tests/unit/test_refresh.c tests/unit/unit.h
tests_unit_test_refresh_LDADD = $(UNIT_LIBS)
tests_unit_test_relay_SOURCES = tests/unit/test_relay.c tests/unit/unit.h
tests_unit_test_relay_LDADD = librelay.a $(UNIT_LIBS)
tests_unit_test_request_SOURCES = tests/unit/test_request.c tests/unit/unit.h
tests_unit_test_request_LDADD = $(UNIT_LIBS)
tests_unit_test_response_SOURCES = tests/unit/test_response.c tests/unit/unit.h
tests_unit_test_response_LDADD = $(UNIT_LIBS)
tests_unit_test_route_match_SOURCES = tests/unit/test_route_match.c tests/unit/unit.h
tests_unit_test_route_match_LDADD = libapi.a $(UNIT_LIBS)
tests_unit_test_seal_SOURCES = tests/unit/test_seal.c tests/unit/unit.h
tests_unit_test_seal_LDADD = $(UNIT_LIBS)
tests_unit_test_selection_SOURCES = tests/unit/test_selection.c tests/unit/unit.h
tests_unit_test_selection_LDADD = $(UNIT_LIBS)
tests_unit_test_signature_SOURCES = tests/unit/test_signature.c tests/unit/unit.h
tests_unit_test_signature_LDADD = $(UNIT_LIBS)
tests_unit_test_site_SOURCES = tests/unit/test_site.c tests/unit/unit.h src/ctl/site_render.c
tests_unit_test_site_LDADD = $(UNIT_LIBS)
tests_unit_test_sqlstate_SOURCES = tests/unit/test_sqlstate.c tests/unit/unit.h
tests_unit_test_sqlstate_LDADD = $(UNIT_LIBS)
tests_unit_test_standing_SOURCES = tests/unit/test_standing.c tests/unit/unit.h
tests_unit_test_standing_LDADD = $(UNIT_LIBS)
tests_unit_test_sync_cursor_SOURCES = tests/unit/test_sync_cursor.c tests/unit/unit.h
tests_unit_test_sync_cursor_LDADD = libapi.a $(UNIT_LIBS)
tests_unit_test_text_SOURCES = tests/unit/test_text.c tests/unit/unit.h
tests_unit_test_text_LDADD = $(UNIT_LIBS)
tests_unit_test_token_SOURCES = tests/unit/test_token.c tests/unit/unit.h
tests_unit_test_token_LDADD = $(UNIT_LIBS)
tests_unit_test_uuid7_SOURCES = tests/unit/test_uuid7.c tests/unit/unit.h
tests_unit_test_uuid7_LDADD = $(UNIT_LIBS)

EXTRA_DIST += $(SQL_TESTS) $(DOCS_TESTS) $(PLAN_TESTS) $(API_TESTS) $(FAULT_TESTS) $(CONVEX_TESTS) $(SYNC_TESTS) $(LOAD_TESTS) $(WEB_TESTS) $(LINT_TESTS) \
	tests/api/lib/client.mjs \
	tests/api/lib/copies.mjs \
	tests/api/lib/costs.mjs \
	tests/api/lib/csv.mjs \
	tests/api/lib/document.mjs \
	tests/api/lib/evening.mjs \
	tests/api/lib/exchange.mjs \
	tests/api/lib/exports.mjs \
	tests/api/lib/exposition.mjs \
	tests/api/lib/known.mjs \
	tests/api/lib/leftovers.mjs \
	tests/api/lib/ledger.mjs \
	tests/api/lib/listen.mjs \
	tests/api/lib/log.mjs \
	tests/api/lib/operations.mjs \
	tests/api/lib/operations_orders.mjs \
	tests/api/lib/operations_payments.mjs \
	tests/api/lib/operations_sessions.mjs \
	tests/api/lib/paths.mjs \
	tests/api/lib/plans.mjs \
	tests/api/lib/hold.mjs \
	tests/api/lib/processes.mjs \
	tests/api/lib/qr.mjs \
	tests/api/lib/provider.mjs \
	tests/api/lib/random.mjs \
	tests/api/lib/receipts.mjs \
	tests/api/lib/rows_read.mjs \
	tests/api/lib/settings.mjs \
	tests/api/lib/share.mjs \
	tests/api/lib/shared.mjs \
	tests/api/lib/shares.mjs \
	tests/api/lib/sql.mjs \
	tests/api/lib/sql_worker.mjs \
	tests/api/lib/stack.mjs \
	tests/api/lib/statements.mjs \
	tests/api/lib/sums.mjs \
	tests/api/lib/until.mjs \
	tests/api/lib/walk.mjs \
	tests/convex/.npmrc \
	tests/convex/lib/callers.mjs \
	tests/convex/lib/deployment.mjs \
	tests/convex/lib/errors.mjs \
	tests/convex/lib/faults.mjs \
	tests/convex/lib/functions.mjs \
	tests/convex/lib/http_api.mjs \
	tests/convex/lib/journal.mjs \
	tests/convex/lib/limits.mjs \
	tests/convex/lib/modules.mjs \
	tests/convex/lib/null_mode.mjs \
	tests/convex/lib/samples.mjs \
	tests/convex/lib/sign.mjs \
	tests/convex/lib/subscriptions.mjs \
	tests/convex/lib/tokens.mjs \
	tests/convex/load.mjs \
	tests/convex/package-lock.json \
	tests/convex/package.json \
	tests/convex/standin.mjs \
	tests/convex/watch.mjs \
	tests/fuzz/corpus \
	tests/fuzz/accept.c \
	tests/fuzz/accept.dict \
	tests/fuzz/arena.c \
	tests/fuzz/array.c \
	tests/fuzz/card_number.c \
	tests/fuzz/card_number.dict \
	tests/fuzz/conf.c \
	tests/fuzz/conf.dict \
	tests/fuzz/csv.c \
	tests/fuzz/dates.c \
	tests/fuzz/etag.c \
	tests/fuzz/etag.dict \
	tests/fuzz/fields.c \
	tests/fuzz/fields.dict \
	tests/fuzz/fuzz.h \
	tests/fuzz/fuzz.mk \
	tests/fuzz/json_strict.c \
	tests/fuzz/json_strict.dict \
	tests/fuzz/json_text.c \
	tests/fuzz/paging.c \
	tests/fuzz/paging.dict \
	tests/fuzz/percent.c \
	tests/fuzz/percent.dict \
	tests/fuzz/receipt.c \
	tests/fuzz/receipt.dict \
	tests/fuzz/refresh.c \
	tests/fuzz/relay_cursor.c \
	tests/fuzz/route.c \
	tests/fuzz/route.dict \
	tests/fuzz/run \
	tests/fuzz/signature.c \
	tests/fuzz/signature.dict \
	tests/fuzz/site.c \
	tests/fuzz/site.dict \
	tests/fuzz/sync_cursor.c \
	tests/fuzz/sync_cursor.dict \
	tests/fuzz/token.c \
	tests/fuzz/token.dict \
	tests/fuzz/utf8.c \
	tests/fuzz/uuid.c \
	tests/sql/attempt.sql \
	tests/sql/fixture.sql \
	tests/sql/run \
	tests/scratch \
	tests/template \
	tests/sync/lib/mirror.mjs \
	tests/unit/receipts/chf_cash.json \
	tests/unit/receipts/eur_credit_note.json \
	tests/unit/receipts/eur_draft.json \
	tests/unit/receipts/eur_long_names.json \
	tests/unit/receipts/ils_hebrew.json \
	tests/unit/receipts/inr_devanagari.json \
	tests/unit/receipts/jpy_japanese.json \
	tests/unit/receipts/kwd_arabic.json \
	tests/unit/receipts/usd_diner.json \
	tests/lint/run \
	tests/lint/style.lint
