/* domain/lockout: how long a door stays shut after so many wrong tries. */
#include "unit.h"

#include "domain/lockout.h"

static void test_table(void **state)
{
    static const struct {
        int failures, allowed, first, seconds;
    } cases[] = {
        {0, 5, 60, 0},    {1, 5, 60, 0},    {4, 5, 60, 0},      {5, 5, 60, 60},      {6, 5, 60, 0},
        {9, 5, 60, 0},    {10, 5, 60, 120}, {11, 5, 60, 0},     {15, 5, 60, 240},    {20, 5, 60, 480},
        {25, 5, 60, 900}, {30, 5, 60, 900}, {500, 5, 60, 900},  {501, 5, 60, 0},     {1, 1, 1, 1},
        {2, 1, 1, 2},     {10, 1, 1, 512},  {11, 1, 1, 900},    {3, 3, 900, 900},    {6, 3, 900, 900},
        {3, 3, 901, 901}, {6, 3, 901, 901}, {5, 5, 3600, 3600}, {50, 5, 3600, 3600}, {100, 100, 60, 60},
        {-5, 5, 60, 0},   {-1, 1, 60, 0},   {2, 1, 450, 900},   {2, 1, 451, 900},    {3, 1, 1, 4},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int seconds = lockout_seconds(cases[i].failures, cases[i].allowed, cases[i].first);
        CHECK(seconds == cases[i].seconds, "%d failures of %d, first %d: %d", cases[i].failures, cases[i].allowed,
              cases[i].first, seconds);
    }
}

/* Within all that the settings allow: only at multiples, never shorter than
 * the last, never beyond the longest, and no overflow with years of tries. */
static void test_properties(void **state)
{
    static const int firsts[] = {1, 2, 59, 60, 61, 899, 900, 901, 3600};
    (void)state;
    for (int allowed = 1; allowed <= 100; allowed++) {
        for (size_t i = 0; i < LENGTH(firsts); i++) {
            int last = 0, longest = firsts[i] > LOCKOUT_SECONDS_MAX ? firsts[i] : LOCKOUT_SECONDS_MAX;
            for (int failures = 1; failures <= allowed * 20; failures++) {
                int seconds = lockout_seconds(failures, allowed, firsts[i]);
                assert_int_equal(seconds > 0, failures % allowed == 0);
                if (seconds == 0)
                    continue;
                assert_true(last == 0 ? seconds == firsts[i] : seconds == (last * 2 < longest ? last * 2 : longest));
                last = seconds;
            }
            assert_int_equal(last, longest);
        }
    }
    assert_int_equal(lockout_seconds(INT32_MAX, 1, 3600), 3600);
    assert_int_equal(lockout_seconds(INT32_MAX, 1, 1), LOCKOUT_SECONDS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_properties),
    };
    return cmocka_run_group_tests_name("lockout", tests, NULL, NULL);
}
