/* db/sqlstate: what PostgreSQL's codes (its manual, appendix A) mean to a
 * client. */
#include "unit.h"

#include "db/sqlstate.h"

static void test_codes(void **state)
{
    static const struct {
        const char *sqlstate;
        enum err err;
    } cases[] = {
        {NULL, ERR_DATABASE_UNAVAILABLE}, /* the connection is gone */
        {"", ERR_DATABASE_UNAVAILABLE},
        /* busy: try again */
        {"57014", ERR_BUSY},
        {"55P03", ERR_BUSY},
        {"40001", ERR_BUSY},
        {"40P01", ERR_BUSY},
        /* away */
        {"08000", ERR_DATABASE_UNAVAILABLE},
        {"08003", ERR_DATABASE_UNAVAILABLE},
        {"08006", ERR_DATABASE_UNAVAILABLE},
        {"53000", ERR_DATABASE_UNAVAILABLE},
        {"53100", ERR_DATABASE_UNAVAILABLE},
        {"53200", ERR_DATABASE_UNAVAILABLE},
        {"53300", ERR_DATABASE_UNAVAILABLE},
        {"57P01", ERR_DATABASE_UNAVAILABLE},
        {"57P02", ERR_DATABASE_UNAVAILABLE},
        {"57P03", ERR_DATABASE_UNAVAILABLE},
        {"58030", ERR_DATABASE_UNAVAILABLE},
        {"25P03", ERR_DATABASE_UNAVAILABLE},
        {"25006", ERR_DATABASE_UNAVAILABLE},
        /* a client's value: never a 500 */
        {"22000", ERR_VALIDATION_FAILED},
        {"22001", ERR_VALIDATION_FAILED},
        {"22003", ERR_VALIDATION_FAILED},
        {"22007", ERR_VALIDATION_FAILED},
        {"22008", ERR_VALIDATION_FAILED},
        {"22021", ERR_VALIDATION_FAILED},
        {"22P02", ERR_VALIDATION_FAILED},
        {"22P05", ERR_VALIDATION_FAILED},
        /* what is stored says no */
        {"23505", ERR_CONFLICT},
        {"23503", ERR_CONFLICT},
        {"OZ001", ERR_ORDER_IMMUTABLE},
        {"OZ002", ERR_DAY_CLOSED},
        /* our own mistakes */
        {"23502", ERR_INTERNAL},
        {"23514", ERR_INTERNAL},
        {"25P02", ERR_INTERNAL},
        {"26000", ERR_INTERNAL},
        {"42601", ERR_INTERNAL},
        {"42501", ERR_INTERNAL},
        {"42P01", ERR_INTERNAL},
        {"P0001", ERR_INTERNAL},
        {"XX000", ERR_INTERNAL},
        {"00000", ERR_INTERNAL},
        {"OZ999", ERR_INTERNAL},
        {"2", ERR_INTERNAL},
        {"5701", ERR_INTERNAL},
        {"oz001", ERR_INTERNAL},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        enum err err = sqlstate_to_err(cases[i].sqlstate);
        CHECK(err == cases[i].err, "%s: %s", cases[i].sqlstate != NULL ? cases[i].sqlstate : "NULL", err_code(err));
    }
}

/* Whatever comes, it is an error. */
static void test_nothing_is_success(void **state)
{
    static const char characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    (void)state;
    for (size_t a = 0; a < 36; a++)
        for (size_t b = 0; b < 36; b++)
            for (size_t c = 0; c < 36; c++) {
                const char code[] = {characters[a], characters[b], characters[c], '0', '1', '\0'};
                enum err err = sqlstate_to_err(code);
                CHECK(err_status(err) >= 400 && err < ERR_COUNT, "%s", code);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_nothing_is_success),
    };
    return cmocka_run_group_tests_name("sqlstate", tests, NULL, NULL);
}
