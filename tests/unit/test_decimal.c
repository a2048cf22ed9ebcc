/* base/decimal: amounts and percentages as text. */
#include "unit.h"

#include "base/decimal.h"

static void test_decimals(void **state)
{
    static const struct {
        int64_t value;
        int decimals;
        const char *text;
    } cases[] = {
        {1230, 2, "12.30"},
        {0, 2, "0.00"},
        {5, 2, "0.05"},
        {-5, 2, "-0.05"},
        {-1230, 2, "-12.30"},
        {0, 0, "0"},
        {-1230, 0, "-1230"},
        {1230, -1, "1230"},
        {1, 3, "0.001"},
        {INT64_MAX, 4, "922337203685477.5807"},
        {INT64_MIN, 0, "-9223372036854775808"},
        {INT64_MIN, 18, "-9.223372036854775808"},
        {1, 18, "0.000000000000000001"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(decimal_text(*state, cases[i].value, cases[i].decimals), cases[i].text);
}

static void test_percentages(void **state)
{
    static const struct {
        int64_t ppm;
        const char *text;
    } cases[] = {
        {0, "0"},          {1, "0.0001"},    {88750, "8.875"}, {100000, "10"},
        {100100, "10.01"}, {1000000, "100"}, {-50000, "-5"},   {INT64_MIN, "-922337203685477.5808"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(decimal_percent(*state, cases[i].ppm), cases[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_decimals),
        ARENA_TEST(test_percentages),
    };
    return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
