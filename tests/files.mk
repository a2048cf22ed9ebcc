# The tests: unit tests of each tier, the schema in pgTAP, the API and its
# faults on the real stack, the programs, checks of the source. All speak TAP.

TEST_EXTENSIONS = .sql .mjs .lint
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SQL_LOG_DRIVER = $(TAP_DRIVER)
SQL_LOG_COMPILER = $(srcdir)/tests/sql/run
MJS_LOG_DRIVER = $(TAP_DRIVER)
MJS_LOG_COMPILER = node --test-reporter=tap
LINT_LOG_DRIVER = $(TAP_DRIVER)
LINT_LOG_COMPILER = $(srcdir)/tests/lint/run
AM_TESTS_ENVIRONMENT = \
	BUILD_DIR='$(abs_builddir)'; export BUILD_DIR; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	G_SLICE=always-malloc; export G_SLICE;

SQL_TESTS = \
	tests/sql/changes.test.sql \
	tests/sql/immutability.test.sql \
	tests/sql/outbox.test.sql \
	tests/sql/row_level_security.test.sql \
	tests/sql/schema.test.sql

API_TESTS = \
	tests/api/flow.test.mjs \
	tests/api/kitchen.test.mjs \
	tests/api/menu.test.mjs \
	tests/api/menu_manage.test.mjs \
	tests/api/offline.test.mjs \
	tests/api/order_lists.test.mjs \
	tests/api/order_states.test.mjs \
	tests/api/order_totals.test.mjs \
	tests/api/orders.test.mjs \
	tests/api/qr.test.mjs \
	tests/api/restaurant.test.mjs \
	tests/api/service_calls.test.mjs \
	tests/api/session_changes.test.mjs \
	tests/api/sessions.test.mjs \
	tests/api/sign_in.test.mjs \
	tests/api/staff.test.mjs \
	tests/api/strict_json.test.mjs \
	tests/api/tables.test.mjs \
	tests/api/tables_manage.test.mjs \
	tests/api/tenancy.test.mjs \
	tests/api/tokens.test.mjs \
	tests/faults/concurrency.test.mjs \
	tests/faults/database.test.mjs \
	tests/faults/kill.test.mjs \
	tests/faults/nginx.test.mjs \
	tests/faults/offline.test.mjs \
	tests/faults/queue.test.mjs \
	tests/faults/signals.test.mjs \
	tests/programs/ctl.test.mjs \
	tests/programs/demo.test.mjs \
	tests/programs/guide.test.mjs \
	tests/programs/qr_sheet.test.mjs

LINT_TESTS = \
	tests/lint/lists.lint \
	tests/lint/scale.lint \
	tests/lint/scale_bites.lint \
	tests/lint/tiers.lint

if HAVE_CMOCKA
UNIT_TESTS = \
	tests/unit/test_arena \
	tests/unit/test_array \
	tests/unit/test_card_number \
	tests/unit/test_conf \
	tests/unit/test_digest \
	tests/unit/test_err \
	tests/unit/test_fields \
	tests/unit/test_gzip \
	tests/unit/test_json_strict \
	tests/unit/test_keys \
	tests/unit/test_lockout \
	tests/unit/test_log \
	tests/unit/test_money \
	tests/unit/test_order_state \
	tests/unit/test_order_total \
	tests/unit/test_password \
	tests/unit/test_pin \
	tests/unit/test_principal \
	tests/unit/test_problem \
	tests/unit/test_qr \
	tests/unit/test_refresh \
	tests/unit/test_request \
	tests/unit/test_response \
	tests/unit/test_seal \
	tests/unit/test_selection \
	tests/unit/test_sqlstate \
	tests/unit/test_text \
	tests/unit/test_token \
	tests/unit/test_uuid7
else
UNIT_TESTS =
endif

TESTS = $(UNIT_TESTS) $(LINT_TESTS) $(SQL_TESTS) $(API_TESTS)
check_PROGRAMS = $(UNIT_TESTS)
$(SQL_TESTS:.sql=.log) $(API_TESTS:.mjs=.log) $(LINT_TESTS:.lint=.log): orderzapd orderzapctl

UNIT_LIBS = libhttp.a $(OZ_LOW_LIBS) $(OZ_FOREIGN_LIBS) $(CMOCKA_LIBS)
tests_unit_test_arena_SOURCES = tests/unit/test_arena.c tests/unit/unit.h
tests_unit_test_arena_LDADD = $(UNIT_LIBS)
tests_unit_test_array_SOURCES = tests/unit/test_array.c tests/unit/unit.h
tests_unit_test_array_LDADD = $(UNIT_LIBS)
tests_unit_test_card_number_SOURCES = tests/unit/test_card_number.c tests/unit/unit.h
tests_unit_test_card_number_LDADD = $(UNIT_LIBS)
tests_unit_test_conf_SOURCES = tests/unit/test_conf.c tests/unit/unit.h
tests_unit_test_conf_LDADD = $(UNIT_LIBS)
tests_unit_test_digest_SOURCES = tests/unit/test_digest.c tests/unit/unit.h
tests_unit_test_digest_LDADD = $(UNIT_LIBS)
tests_unit_test_err_SOURCES = tests/unit/test_err.c tests/unit/unit.h
tests_unit_test_err_LDADD = $(UNIT_LIBS)
tests_unit_test_fields_SOURCES = tests/unit/test_fields.c tests/unit/unit.h
tests_unit_test_fields_LDADD = $(UNIT_LIBS)
tests_unit_test_gzip_SOURCES = tests/unit/test_gzip.c tests/unit/unit.h
tests_unit_test_gzip_LDADD = $(UNIT_LIBS)
tests_unit_test_json_strict_SOURCES = tests/unit/test_json_strict.c tests/unit/unit.h
tests_unit_test_json_strict_LDADD = $(UNIT_LIBS)
tests_unit_test_keys_SOURCES = tests/unit/test_keys.c tests/unit/unit.h
tests_unit_test_keys_LDADD = $(UNIT_LIBS)
tests_unit_test_lockout_SOURCES = tests/unit/test_lockout.c tests/unit/unit.h
tests_unit_test_lockout_LDADD = $(UNIT_LIBS)
tests_unit_test_log_SOURCES = tests/unit/test_log.c tests/unit/unit.h
tests_unit_test_log_LDADD = $(UNIT_LIBS)
tests_unit_test_money_SOURCES = tests/unit/test_money.c tests/unit/unit.h
tests_unit_test_money_LDADD = $(UNIT_LIBS)
tests_unit_test_order_state_SOURCES = tests/unit/test_order_state.c tests/unit/unit.h
tests_unit_test_order_state_LDADD = $(UNIT_LIBS)
tests_unit_test_order_total_SOURCES = tests/unit/test_order_total.c tests/unit/unit.h
tests_unit_test_order_total_LDADD = $(UNIT_LIBS)
tests_unit_test_password_SOURCES = tests/unit/test_password.c tests/unit/unit.h
tests_unit_test_password_LDADD = $(UNIT_LIBS)
tests_unit_test_pin_SOURCES = tests/unit/test_pin.c tests/unit/unit.h
tests_unit_test_pin_LDADD = $(UNIT_LIBS)
tests_unit_test_principal_SOURCES = tests/unit/test_principal.c tests/unit/unit.h
tests_unit_test_principal_LDADD = $(UNIT_LIBS)
tests_unit_test_problem_SOURCES = tests/unit/test_problem.c tests/unit/unit.h
tests_unit_test_problem_LDADD = $(UNIT_LIBS)
tests_unit_test_qr_SOURCES = tests/unit/test_qr.c tests/unit/unit.h
tests_unit_test_qr_CFLAGS = $(AM_CFLAGS) $(PANGOCAIRO_CFLAGS)
tests_unit_test_qr_LDADD = $(OZ_QR_LIBS) $(UNIT_LIBS)
tests_unit_test_refresh_SOURCES = tests/unit/test_refresh.c tests/unit/unit.h
tests_unit_test_refresh_LDADD = $(UNIT_LIBS)
tests_unit_test_request_SOURCES = tests/unit/test_request.c tests/unit/unit.h
tests_unit_test_request_LDADD = $(UNIT_LIBS)
tests_unit_test_response_SOURCES = tests/unit/test_response.c tests/unit/unit.h
tests_unit_test_response_LDADD = $(UNIT_LIBS)
tests_unit_test_seal_SOURCES = tests/unit/test_seal.c tests/unit/unit.h
tests_unit_test_seal_LDADD = $(UNIT_LIBS)
tests_unit_test_selection_SOURCES = tests/unit/test_selection.c tests/unit/unit.h
tests_unit_test_selection_LDADD = $(UNIT_LIBS)
tests_unit_test_sqlstate_SOURCES = tests/unit/test_sqlstate.c tests/unit/unit.h
tests_unit_test_sqlstate_LDADD = $(UNIT_LIBS)
tests_unit_test_text_SOURCES = tests/unit/test_text.c tests/unit/unit.h
tests_unit_test_text_LDADD = $(UNIT_LIBS)
tests_unit_test_token_SOURCES = tests/unit/test_token.c tests/unit/unit.h
tests_unit_test_token_LDADD = $(UNIT_LIBS)
tests_unit_test_uuid7_SOURCES = tests/unit/test_uuid7.c tests/unit/unit.h
tests_unit_test_uuid7_LDADD = $(UNIT_LIBS)

EXTRA_DIST += $(SQL_TESTS) $(API_TESTS) $(LINT_TESTS) \
	tests/api/lib/client.mjs \
	tests/api/lib/hold.mjs \
	tests/api/lib/processes.mjs \
	tests/api/lib/qr.mjs \
	tests/api/lib/random.mjs \
	tests/api/lib/stack.mjs \
	tests/api/lib/until.mjs \
	tests/sql/run \
	tests/lint/run \
	tests/lint/style.lint
