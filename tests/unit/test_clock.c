/* base/clock: the days of the calendar. */
#include "unit.h"

#include "base/clock.h"

#include <stdio.h>

static void test_day_numbers(void **state)
{
    static const struct {
        const char *date;
        int number;
    } cases[] = {
        {"0001-01-01", 1},      {"0001-12-31", 365},    {"0004-02-29", 1155},
        {"1970-01-01", 719163}, {"1970-12-31", 719527}, {"2000-02-29", 730179},
        {"2000-03-01", 730180}, {"2026-01-31", 739647}, {"9999-12-31", 3652059},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int number = 0;
        CHECK(clock_day_number(cases[i].date, &number), "%s", cases[i].date);
        CHECK(number == cases[i].number, "%s: %d", cases[i].date, number);
    }
}

/* Every day that exists is one more than the one before; no other is one. */
static void test_days_follow_one_another(void **state)
{
    int last = 0, number;
    (void)state;
    for (int year = 1; year <= 9999; year += year == 2200 ? 7700 : 1)
        for (int month = 0; month <= 13; month++)
            for (int day = 0; day <= 32; day++) {
                char date[40];
                snprintf(date, sizeof date, "%04d-%02d-%02d", year, month, day);
                bool exists = clock_date_exists(year, month, day);
                CHECK(clock_day_number(date, &number) == exists, "%s", date);
                if (!exists)
                    continue;
                CHECK(number == last + 1 || year == 9900, "%s: %d after %d", date, number, last);
                last = number;
            }
    assert_int_equal(last, 3652059);
}

static void test_what_is_no_day(void **state)
{
    static const char *const cases[] = {
        "",
        "2026-01-3",
        "2026-1-031",
        "2026-01-311",
        " 2026-01-31",
        "2026-01-31 ",
        "2026-01-31T",
        "2026/01/31",
        "2026-01_31",
        "20260131",
        "26-01-31",
        "2026-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-04-31",
        "0000-01-01",
        "-026-01-31",
        "+026-01-31",
        "2026--1-31",
        "2026-01-+1",
        "2026-01- 1",
        "2026-0a-31",
        "today",
        "infinity",
        "2026-01-31T00:00:00Z",
        "2026-1-1",
        "12026-01-1",
        "2026-01-3\n",
        "2026-01-3\xc3",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int number;
        CHECK(!clock_day_number(cases[i], &number), "'%s'", cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_day_numbers),
        cmocka_unit_test(test_days_follow_one_another),
        cmocka_unit_test(test_what_is_no_day),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
