/* domain/money: sums, products and shares within 2^53 - 1, halves away from
 * zero. */
#include "unit.h"

#include "domain/money.h"

#define UNTOUCHED INT64_C(-12345)
#define NO        INT64_MIN /* the case has no result */

struct sum {
    int64_t a, b, result;
};

static void test_add(void **state)
{
    static const struct sum cases[] = {
        {0, 0, 0},
        {1, 2, 3},
        {-1, 1, 0},
        {24900, -24901, -1},
        {MONEY_MAX, 0, MONEY_MAX},
        {MONEY_MAX - 1, 1, MONEY_MAX},
        {-MONEY_MAX, 0, -MONEY_MAX},
        {-MONEY_MAX + 1, -1, -MONEY_MAX},
        {MONEY_MAX, -MONEY_MAX, 0},
        {MONEY_MAX, 1, NO},
        {1, MONEY_MAX, NO},
        {-MONEY_MAX, -1, NO},
        {MONEY_MAX, MONEY_MAX, NO},
        {-MONEY_MAX, -MONEY_MAX, NO},
        {INT64_MAX, 1, NO},
        {INT64_MAX, INT64_MAX, NO},
        {INT64_MIN, -1, NO},
        {INT64_MIN, INT64_MIN, NO},
        {INT64_MAX, 0, NO},
        {INT64_MAX, INT64_MIN, -1}, /* only the result counts */
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int64_t out = UNTOUCHED;
        bool fits = money_add(cases[i].a, cases[i].b, &out);
        CHECK(fits == (cases[i].result != NO), "row %zu", i);
        CHECK(out == (fits ? cases[i].result : UNTOUCHED), "row %zu: %lld", i, (long long)out);
    }
}

static void test_multiply(void **state)
{
    static const struct sum cases[] = {
        {0, 99, 0},
        {24900, 3, 74700},
        {-250, 4, -1000},
        {MONEY_MAX, 1, MONEY_MAX},
        {MONEY_MAX, 0, 0},
        {MONEY_MAX, -1, -MONEY_MAX},
        {1, MONEY_MAX, MONEY_MAX},
        {MONEY_MAX / 99, 99, MONEY_MAX / 99 * 99},
        {MONEY_MAX / 99 + 1, 99, NO},
        {MONEY_MAX, 2, NO},
        {-MONEY_MAX, 2, NO},
        {(MONEY_MAX + 1) / 2, 2, NO}, /* one too many */
        {INT64_MAX, 2, NO},
        {INT64_MIN, -1, NO},
        {INT64_MAX, INT64_MAX, NO},
        {INT64_C(1) << 32, INT64_C(1) << 32, NO}, /* 2^64: nought in 64 bits */
        {INT64_MIN, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int64_t out = UNTOUCHED;
        bool fits = money_multiply(cases[i].a, cases[i].b, &out);
        CHECK(fits == (cases[i].result != NO), "row %zu", i);
        CHECK(out == (fits ? cases[i].result : UNTOUCHED), "row %zu: %lld", i, (long long)out);
    }
}

static void test_share(void **state)
{
    static const struct {
        int64_t amount, numerator, denominator, result;
    } cases[] = {
        {0, 50000, RATE_ONE, 0},
        {24900, 50000, RATE_ONE, 1245},
        {24900, 0, RATE_ONE, 0},
        {24900, RATE_ONE, RATE_ONE, 24900},
        /* 5 % of 9, 10, 11, 29, 30, 31: 0.45, 0.5, 0.55, 1.45, 1.5, 1.55 */
        {9, 50000, RATE_ONE, 0},
        {10, 50000, RATE_ONE, 1},
        {11, 50000, RATE_ONE, 1},
        {29, 50000, RATE_ONE, 1},
        {30, 50000, RATE_ONE, 2},
        {31, 50000, RATE_ONE, 2},
        /* halves: away from zero, not to even */
        {1, 1, 2, 1},
        {3, 1, 2, 2},
        {5, 1, 2, 3},
        {-1, 1, 2, -1},
        {-3, 1, 2, -2},
        {-5, 1, 2, -3},
        {1, -1, 2, -1},
        {-1, -1, 2, 1},
        {-9, 50000, RATE_ONE, 0},
        {-10, 50000, RATE_ONE, -1},
        {-11, 50000, RATE_ONE, -1},
        /* odd denominators have no halves */
        {1, 1, 3, 0},
        {2, 1, 3, 1},
        {4, 1, 3, 1},
        {5, 1, 3, 2},
        {-1, 1, 3, 0},
        {-2, 1, 3, -1},
        {2, 1, 5, 0},
        {3, 1, 5, 1},
        {3, 1, 7, 0},
        {4, 1, 7, 1},
        {-3, 1, 7, 0},
        {-4, 1, 7, -1},
        {7, 1, 1, 7},
        {-7, 3, 1, -21},
        /* 8.875 % */
        {1000, 88750, RATE_ONE, 89}, /* 88.75 */
        {4, 88750, RATE_ONE, 0},     /* 0.355 */
        {6, 88750, RATE_ONE, 1},     /* 0.5325 */
        /* the part of 105.00 that is tax at 5 %: 5.00; of 100.00: 4.76 */
        {10500, 50000, 1050000, 500},
        {10000, 50000, 1050000, 476},
        /* at the edge, beyond 64 bits in between */
        {MONEY_MAX, RATE_ONE, RATE_ONE, MONEY_MAX},
        {-MONEY_MAX, RATE_ONE, RATE_ONE, -MONEY_MAX},
        {MONEY_MAX, 50000, RATE_ONE, INT64_C(450359962737050)}, /* ...049.55 */
        {MONEY_MAX, 1, 2, (MONEY_MAX + 1) / 2},
        {-MONEY_MAX, 1, 2, -(MONEY_MAX + 1) / 2},
        {MONEY_MAX, INT64_MAX, INT64_MAX, MONEY_MAX},
        {INT64_MAX, 1, INT64_MAX, 1},
        {INT64_MAX / 2, 1, INT64_MAX, 0},
        {INT64_MAX / 2 + 1, 1, INT64_MAX, 1},
        {INT64_MIN, 1, INT64_MAX, -1},
        {MONEY_MAX, RATE_ONE + 1, RATE_ONE, NO},
        {-MONEY_MAX, RATE_ONE + 1, RATE_ONE, NO},
        {MONEY_MAX, 3, 2, NO},
        {INT64_MAX, INT64_MAX, 1, NO},
        {INT64_MIN, INT64_MIN, 1, NO},
        {INT64_MAX, INT64_MIN, 1, NO},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int64_t out = UNTOUCHED;
        bool fits = money_share(cases[i].amount, cases[i].numerator, cases[i].denominator, &out);
        CHECK(fits == (cases[i].result != NO), "row %zu", i);
        CHECK(out == (fits ? cases[i].result : UNTOUCHED), "row %zu: %lld", i, (long long)out);
    }
}

/* |2 * (result * d - a * n)| <= d, and where it is d, the result is the larger
 * of the two; its sign goes with the amount's. */
static void test_share_is_the_nearest(void **state)
{
    __extension__ typedef __int128 wide;
    uint64_t seed = unit_seed();
    (void)state;
    for (int i = 0; i < 200000; i++) {
        int64_t amount = (int64_t)unit_below(&seed, UINT64_C(1) << (1 + i % 52));
        int64_t numerator = (int64_t)unit_below(&seed, RATE_ONE + 1);
        int64_t denominator = (int64_t)unit_below(&seed, 2 * RATE_ONE) + numerator + 1, out, mirrored;
        assert_true(money_share(amount, numerator, denominator, &out));
        wide twice = 2 * ((wide)out * denominator - (wide)amount * numerator);
        CHECK(twice <= denominator && twice > -(wide)denominator, "%lld * %lld / %lld = %lld", (long long)amount,
              (long long)numerator, (long long)denominator, (long long)out);
        assert_true(money_share(-amount, numerator, denominator, &mirrored));
        assert_true(mirrored == -out);
    }
}

static void test_the_edge_is_what_json_holds(void **state)
{
    (void)state;
    assert_true(MONEY_MAX == (INT64_C(1) << 53) - 1);
    assert_true((int64_t)(double)MONEY_MAX == MONEY_MAX);
    assert_int_equal(RATE_ONE, 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_multiply),
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_share_is_the_nearest),
        cmocka_unit_test(test_the_edge_is_what_json_holds),
    };
    return cmocka_run_group_tests_name("money", tests, NULL, NULL);
}
