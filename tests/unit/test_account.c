/* domain/account: what is due, open and owed back, case by case; domain/spread: over
 * random amounts. */
#include "unit.h"

#include "domain/account.h"
#include "domain/money.h"
#include "domain/spread.h"

#include <string.h>

/* clang-format off */
static const struct {
    const char *about;
    struct account account; /* total, kept, held, refunded, cancelled, returned */
    int64_t due, credit, open;
    const char *status;
} cases[] = {
    {"nothing yet", {100, 0, 0, false, false, false}, 100, 0, 100, "unpaid"},
    {"a part", {100, 1, 0, false, false, false}, 99, 0, 99, "partially_paid"},
    {"all but one", {100, 99, 0, false, false, false}, 1, 0, 1, "partially_paid"},
    {"all", {100, 100, 0, false, false, false}, 0, 0, 0, "paid"},
    {"more than all", {100, 101, 0, false, false, false}, 0, 1, 0, "paid"},
    {"nothing to pay", {0, 0, 0, false, false, false}, 0, 0, 0, "paid"},
    {"held", {100, 0, 40, false, false, false}, 100, 0, 60, "unpaid"},
    {"all held", {100, 0, 100, false, false, false}, 100, 0, 0, "unpaid"},
    {"more held than is due", {100, 70, 40, false, false, false}, 30, 0, 0, "partially_paid"},
    {"given back with the sale", {99, 99, 0, true, false, false}, 0, 0, 0, "partially_refunded"},
    {"given back with the sale, the rest open", {99, 49, 0, true, false, false}, 50, 0, 50, "partially_paid"},
    {"all given back", {0, 0, 0, true, false, false}, 0, 0, 0, "refunded"},
    {"taken off the bill after it was paid", {70, 100, 0, false, false, false}, 0, 30, 0, "paid"},
    {"that was given back", {70, 70, 0, false, false, false}, 0, 0, 0, "paid"},
    {"the payment was wrong and given back", {100, 0, 0, false, false, false}, 100, 0, 100, "unpaid"},
    {"cancelled", {0, 0, 0, false, true, false}, 0, 0, 0, "unpaid"},
    {"cancelled, its money still there", {0, 100, 0, false, true, false}, 0, 100, 0, "paid"},
    {"cancelled after its money was given back", {0, 0, 0, true, true, false}, 0, 0, 0, "refunded"},
    {"cancelled, its credit given back", {0, 0, 0, false, true, true}, 0, 0, 0, "refunded"},
    {"standing, its credit given back", {70, 70, 0, false, false, true}, 0, 0, 0, "paid"},
    {"the payment was wrong, another is due", {100, 0, 0, false, false, true}, 100, 0, 100, "unpaid"},
    {"the largest", {MONEY_MAX, 0, 0, false, false, false}, MONEY_MAX, 0, MONEY_MAX, "unpaid"},
    {"the largest but one", {MONEY_MAX, MONEY_MAX - 1, 0, false, false, false}, 1, 0, 1, "partially_paid"},
};
/* clang-format on */

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct account *account = &cases[i].account;
        CHECK(account_due(account) == cases[i].due, "%s: due %lld", cases[i].about, (long long)account_due(account));
        CHECK(account_credit(account) == cases[i].credit, "%s: credit %lld", cases[i].about,
              (long long)account_credit(account));
        CHECK(account_open(account) == cases[i].open, "%s: open %lld", cases[i].about,
              (long long)account_open(account));
        CHECK(strcmp(account_status(account), cases[i].status) == 0, "%s: %s", cases[i].about, account_status(account));
    }
}

/* Coins: a half goes up. CHF 10.02 and 9.98 are 10.00 where five rappen are the smallest. */
static void test_cash(void **state)
{
    static const int64_t cash[][3] = {{1002, 5, 1000},   {998, 5, 1000},    {1003, 5, 1005}, {1000, 5, 1000},
                                      {334, 5, 335},     {333, 5, 335},     {2, 5, 0},       {0, 5, 0},
                                      {1250, 100, 1300}, {1249, 100, 1200}, {17, 1, 17},     {50, 100, 100}};
    (void)state;
    for (size_t i = 0; i < LENGTH(cash); i++)
        CHECK(cash_rounded(cash[i][0], cash[i][1]) == cash[i][2], "%lld in %lld", (long long)cash[i][0],
              (long long)cash[i][1]);
}

/* Credit pays what is due, and nothing is made or lost. */
static void test_netting(void **state)
{
    uint64_t seed = unit_seed();
    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct account accounts[8];
        int64_t out[8], sum = 0, credit = 0, due = 0, left_credit = 0, left_due = 0;
        size_t n = 1 + unit_below(&seed, 8);
        for (size_t i = 0; i < n; i++) {
            accounts[i] =
                (struct account){.total = (int64_t)unit_below(&seed, 100), .kept = (int64_t)unit_below(&seed, 100)};
            credit += account_credit(&accounts[i]);
            due += account_due(&accounts[i]);
        }
        int64_t moved = accounts_net(accounts, n, out);
        assert_int_equal(moved, credit < due ? credit : due);
        for (size_t i = 0; i < n; i++) {
            sum += out[i];
            accounts[i].kept += out[i];
            assert_true(accounts[i].kept >= 0);
            left_credit += account_credit(&accounts[i]);
            left_due += account_due(&accounts[i]);
        }
        assert_int_equal(sum, 0);
        assert_int_equal(left_credit, credit - moved);
        assert_int_equal(left_due, due - moved);
    }
}

/* What is nobody's in particular: who has paid an equal part owes nothing more of it. */
static void test_sharing(void **state)
{
    static const int64_t nobody[] = {0, 0, 0}, first[] = {34, 0, 0}, asked[] = {17, 0, 0}, half[] = {50, 0, 0};
    int64_t out[3];
    (void)state;
    accounts_share(100, nobody, 3, out);
    assert_true(out[0] == 34 && out[1] == 33 && out[2] == 33);
    accounts_share(66, first, 3, out);
    assert_true(out[0] == 0 && out[1] == 33 && out[2] == 33);
    accounts_share(50, nobody, 3, out); /* somebody paid for all */
    assert_true(out[0] == 17 && out[1] == 17 && out[2] == 16);
    accounts_share(33, asked, 3, out); /* then one what was asked */
    assert_true(out[0] == 0 && out[1] == 17 && out[2] == 16);
    accounts_share(50, half, 3, out); /* one paid for two, then a third came */
    assert_true(out[0] == 0 && out[1] == 25 && out[2] == 25);
    accounts_share(0, nobody, 3, out);
    assert_true(out[0] == 0 && out[1] == 0 && out[2] == 0);
}

static void test_random_sharing(void **state)
{
    uint64_t seed = unit_seed();
    (void)state;
    for (int round = 0; round < 20000; round++) {
        int64_t paid[6] = {0}, out[6], sum = 0, kept = 0;
        int64_t total = (int64_t)unit_below(&seed, 500);
        size_t n = 1 + unit_below(&seed, 6);
        for (size_t i = 0; i < n; i++) {
            paid[i] = (int64_t)unit_below(&seed, 2) * (int64_t)unit_below(&seed, (uint64_t)(total - kept) + 1);
            kept += paid[i];
        }
        int64_t due = (int64_t)unit_below(&seed, (uint64_t)(total - kept) + 1);
        accounts_share(due, paid, n, out);
        for (size_t i = 0; i < n; i++) {
            assert_true(out[i] >= 0);
            sum += out[i];
        }
        assert_int_equal(sum, due);
    }
}

enum { ROOMS = 20 };

static int64_t random_amount(uint64_t *seed)
{
    static const uint64_t limits[] = {2, 100, 1000000, MONEY_MAX / ROOMS};
    return (int64_t)unit_below(seed, limits[unit_below(seed, LENGTH(limits))]);
}

static void test_spread(void **state)
{
    uint64_t seed = unit_seed();
    (void)state;
    for (int round = 0; round < 50000; round++) {
        int64_t room[ROOMS], out[ROOMS], all = 0, spread = 0;
        size_t n = (size_t)unit_below(&seed, ROOMS + 1);
        for (size_t i = 0; i < n; i++)
            all += room[i] = random_amount(&seed);
        int64_t amount = unit_below(&seed, 4) == 0 ? all + (int64_t)unit_below(&seed, 2)
                                                   : (int64_t)unit_below(&seed, (uint64_t)all + 2);
        int64_t left = spread_in_order(amount, room, n, out);
        bool used_up = false;
        for (size_t i = 0; i < n; i++) {
            assert_true(out[i] >= 0 && out[i] <= room[i]);
            assert_true(out[i] == 0 || !used_up); /* none before an older one is full */
            used_up = used_up || out[i] < room[i];
            spread += out[i];
        }
        assert_int_equal(spread + left, amount);
        assert_int_equal(left, amount > all ? amount - all : 0);
    }
}

static void test_shares(void **state)
{
    uint64_t seed = unit_seed();
    (void)state;
    for (int round = 0; round < 50000; round++) {
        int64_t out[ROOMS], sum = 0, amount = random_amount(&seed);
        size_t n = 1 + (size_t)unit_below(&seed, ROOMS);
        spread_equally(amount, n, out);
        for (size_t i = 0; i < n; i++) {
            assert_true(i == 0 || out[i] <= out[i - 1]);
            sum += out[i];
        }
        assert_int_equal(sum, amount);
        assert_true(out[0] - out[n - 1] <= 1);
    }
}

static void test_shares_by_hand(void **state)
{
    static const int64_t of_100[] = {34, 33, 33}, of_2[] = {1, 1, 0}, of_0[] = {0, 0, 0};
    int64_t out[3];
    (void)state;
    spread_equally(100, 3, out);
    assert_memory_equal(out, of_100, sizeof out);
    spread_equally(2, 3, out);
    assert_memory_equal(out, of_2, sizeof out);
    spread_equally(0, 3, out);
    assert_memory_equal(out, of_0, sizeof out);
    spread_equally(MONEY_MAX, 1, out);
    assert_int_equal(out[0], MONEY_MAX);
}

/* By largest remainder: within a unit of the exact part, never more than the weight. */
static void test_by_weight(void **state)
{
    static const int64_t equal[] = {100, 100, 100}, zeros[] = {0, 0};
    int64_t out[ROOMS];
    uint64_t seed = unit_seed();
    (void)state;
    spread_by_weight(100, equal, 3, out);
    assert_true(out[0] == 34 && out[1] == 33 && out[2] == 33);
    spread_by_weight(7, zeros, 2, out);
    assert_true(out[0] == 0 && out[1] == 0);
    for (int round = 0; round < 20000; round++) {
        int64_t weights[ROOMS], whole = 0, sum = 0;
        size_t n = 1 + unit_below(&seed, ROOMS);
        for (size_t i = 0; i < n; i++)
            whole += weights[i] = random_amount(&seed);
        int64_t amount = (int64_t)unit_below(&seed, (uint64_t)whole + 1);
        spread_by_weight(amount, weights, n, out);
        for (size_t i = 0; i < n; i++) {
            int64_t down = 0;
            assert_true(whole == 0 || money_share_floor(amount, weights[i], whole, &down));
            assert_true(out[i] >= down && out[i] <= down + 1 && out[i] <= weights[i]);
            sum += out[i];
        }
        assert_int_equal(sum, amount);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),   cmocka_unit_test(test_cash),           cmocka_unit_test(test_netting),
        cmocka_unit_test(test_sharing), cmocka_unit_test(test_random_sharing), cmocka_unit_test(test_spread),
        cmocka_unit_test(test_shares),  cmocka_unit_test(test_shares_by_hand), cmocka_unit_test(test_by_weight),
    };
    return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
