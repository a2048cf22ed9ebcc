/* base/err: the list of errors is one that clients can rely on. */
#include "unit.h"

#include "base/err.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static void test_no_error(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, 0);
    assert_int_equal(err_status(ERR_OK), 200);
    assert_int_equal(err_status(ERR_ANSWERED), 200);
}

static void test_codes_are_unique(void **state)
{
    (void)state;
    for (int i = 0; i < ERR_COUNT; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(err_code((enum err)i), err_code((enum err)k));
}

static void test_codes_are_snake_case(void **state)
{
    (void)state;
    for (int i = 0; i < ERR_COUNT; i++) {
        const char *code = err_code((enum err)i);
        size_t len = strlen(code);
        CHECK(len >= 2 && len <= 40 && strspn(code, "abcdefghijklmnopqrstuvwxyz_") == len, "'%s'", code);
        CHECK(code[0] != '_' && code[len - 1] != '_' && strstr(code, "__") == NULL, "'%s'", code);
    }
}

static void test_statuses(void **state)
{
    static const int statuses[] = {400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 429, 500, 503};
    (void)state;
    for (int i = ERR_ANSWERED + 1; i < ERR_COUNT; i++) {
        bool known = false;
        for (size_t k = 0; k < LENGTH(statuses); k++)
            known = known || err_status((enum err)i) == statuses[k];
        CHECK(known, "%s: %d", err_code((enum err)i), err_status((enum err)i));
    }
}

/* One sentence for people: a capital, no full stop, nothing of the inside. */
static void test_titles(void **state)
{
    static const char *const insides[] = {"SQL", "Postgre", "libpq", ".c", "/", "errno", "\n"};
    (void)state;
    for (int i = ERR_ANSWERED + 1; i < ERR_COUNT; i++) {
        const char *title = err_title((enum err)i);
        CHECK(strlen(title) > 5 && isupper((unsigned char)title[0]), "'%s'", title);
        CHECK(title[strlen(title) - 1] != '.', "'%s'", title);
        for (size_t k = 0; k < LENGTH(insides); k++)
            CHECK(strstr(title, insides[k]) == NULL || strcmp(title, "The body must be application/json") == 0, "'%s'",
                  title);
    }
}

/* The ones that the contract names, with their statuses. */
static void test_contract(void **state)
{
    static const struct {
        enum err err;
        const char *code;
        int status;
    } cases[] = {
        {ERR_INVALID_JSON, "invalid_json", 400},
        {ERR_INSUFFICIENT_ROLE, "insufficient_role", 403},
        {ERR_FORBIDDEN_FIELD, "forbidden_field", 403},
        {ERR_STAFF_OPENS_SESSIONS, "staff_opens_sessions", 403},
        {ERR_WRONG_PIN, "wrong_pin", 401},
        {ERR_WRONG_CODE, "wrong_code", 401},
        {ERR_PIN_LOCKED, "pin_locked", 429},
        {ERR_SESSION_ACTIVE, "session_active", 409},
        {ERR_SESSION_CLOSED, "session_closed", 409},
        {ERR_RESTAURANT_CLOSED, "restaurant_closed", 409},
        {ERR_UNPAID_ORDERS, "unpaid_orders", 409},
        {ERR_ORDER_PAID, "order_paid", 409},
        {ERR_INVALID_TRANSITION, "invalid_transition", 409},
        {ERR_TOTAL_CHANGED, "total_changed", 409},
        {ERR_IDEMPOTENCY_IN_PROGRESS, "idempotency_in_progress", 409},
        {ERR_IDEMPOTENCY_KEY_REUSED, "idempotency_key_reused", 422},
        {ERR_ORDER_IMMUTABLE, "order_immutable", 422},
        {ERR_ITEM_UNAVAILABLE, "item_unavailable", 422},
        {ERR_INVALID_SELECTION, "invalid_selection", 422},
        {ERR_CARD_NUMBER_REJECTED, "card_number_rejected", 422},
        {ERR_NOT_FOUND, "not_found", 404},
        {ERR_METHOD_NOT_ALLOWED, "method_not_allowed", 405},
        {ERR_VERSION_MISMATCH, "version_mismatch", 412},
        {ERR_BODY_TOO_LARGE, "body_too_large", 413},
        {ERR_UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", 415},
        {ERR_VALIDATION_FAILED, "validation_failed", 422},
        {ERR_DATABASE_UNAVAILABLE, "database_unavailable", 503},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        assert_string_equal(err_code(cases[i].err), cases[i].code);
        assert_int_equal(err_status(cases[i].err), cases[i].status);
    }
}

static enum err tried(enum err inner, int *went_on)
{
    TRY(inner);
    ++*went_on;
    return ERR_CONFLICT;
}

static void test_try(void **state)
{
    int went_on = 0;
    (void)state;
    assert_int_equal(tried(ERR_NOT_FOUND, &went_on), ERR_NOT_FOUND);
    assert_int_equal(tried(ERR_ANSWERED, &went_on), ERR_ANSWERED);
    assert_int_equal(went_on, 0);
    assert_int_equal(tried(ERR_OK, &went_on), ERR_CONFLICT);
    assert_int_equal(went_on, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_error),
        cmocka_unit_test(test_codes_are_unique),
        cmocka_unit_test(test_codes_are_snake_case),
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_contract),
        cmocka_unit_test(test_try),
    };
    return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
