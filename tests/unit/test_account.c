/* domain/account: what is due, open and may be paid, case by case; spreading
 * and sharing over random amounts. */
#include "unit.h"

#include "domain/account.h"
#include "domain/money.h"

#include <string.h>

/* clang-format off */
static const struct {
    const char *about;
    struct account account; /* total, paid, refunded, held, cancelled */
    int64_t due, open, room;
    const char *status;
} cases[] = {
    {"nothing yet", {100, 0, 0, 0, false}, 100, 100, 100, "unpaid"},
    {"a part", {100, 1, 0, 0, false}, 99, 99, 99, "partially_paid"},
    {"all but one", {100, 99, 0, 0, false}, 1, 1, 1, "partially_paid"},
    {"all", {100, 100, 0, 0, false}, 0, 0, 0, "paid"},
    {"more than all", {100, 101, 0, 0, false}, 0, 0, 0, "paid"},
    {"nothing to pay", {0, 0, 0, 0, false}, 0, 0, 0, "unpaid"},
    {"held", {100, 0, 0, 40, false}, 100, 60, 60, "unpaid"},
    {"all held", {100, 0, 0, 100, false}, 100, 0, 0, "unpaid"},
    {"more held than is due", {100, 70, 0, 40, false}, 30, 0, 0, "partially_paid"},
    {"a refund asks for nothing", {100, 100, 1, 0, false}, 0, 0, 1, "partially_refunded"},
    {"nearly all refunded", {100, 100, 99, 0, false}, 0, 0, 99, "partially_refunded"},
    {"all refunded", {100, 100, 100, 0, false}, 0, 0, 100, "refunded"},
    {"taken again", {100, 200, 100, 0, false}, 0, 0, 0, "paid"},
    {"taken again in part", {100, 160, 100, 0, false}, 0, 0, 40, "partially_refunded"},
    {"a part refunded of a part", {100, 60, 10, 0, false}, 40, 40, 50, "partially_refunded"},
    {"the part refunded", {100, 60, 60, 0, false}, 40, 40, 100, "refunded"},
    {"room and holds", {100, 100, 50, 20, false}, 0, 0, 30, "partially_refunded"},
    {"room that is held", {100, 60, 60, 50, false}, 40, 0, 50, "refunded"},
    {"cancelled", {100, 0, 0, 0, true}, 0, 0, 0, "unpaid"},
    {"cancelled, paid", {100, 100, 0, 0, true}, 0, 0, 0, "paid"},
    {"cancelled, refunded", {100, 100, 100, 0, true}, 0, 0, 0, "refunded"},
    {"the largest", {MONEY_MAX, 0, 0, 0, false}, MONEY_MAX, MONEY_MAX, MONEY_MAX, "unpaid"},
    {"the largest but one", {MONEY_MAX, MONEY_MAX - 1, 0, 0, false}, 1, 1, 1, "partially_paid"},
};
/* clang-format on */

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct account *account = &cases[i].account;
        CHECK(account_due(account) == cases[i].due, "%s: due %lld", cases[i].about, (long long)account_due(account));
        CHECK(account_open(account) == cases[i].open, "%s: open %lld", cases[i].about,
              (long long)account_open(account));
        CHECK(account_room(account) == cases[i].room, "%s: room %lld", cases[i].about,
              (long long)account_room(account));
        CHECK(strcmp(account_status(account), cases[i].status) == 0, "%s: %s", cases[i].about, account_status(account));
    }
}

/* Whatever payments and refunds come, none above the room: what is kept never
 * exceeds the total, and nothing due and nothing refunded is "paid". */
static void test_histories(void **state)
{
    uint64_t seed = unit_seed();
    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct account a = {.total = 1 + (int64_t)unit_below(&seed, 1000)};
        for (int step = 0; step < 12; step++) {
            int64_t kept = a.paid - a.refunded;
            a.held = (int64_t)unit_below(&seed, 3) == 0 ? (int64_t)unit_below(&seed, 500) : 0;
            if (unit_below(&seed, 3) > 0)
                a.paid += (int64_t)unit_below(&seed, (uint64_t)account_room(&a) + 1);
            else
                a.refunded += (int64_t)unit_below(&seed, (uint64_t)kept + 1);
            kept = a.paid - a.refunded;
            assert_true(kept >= 0 && kept <= a.total);
            assert_true(account_open(&a) <= account_due(&a) && account_due(&a) <= a.total);
            assert_true(account_open(&a) <= account_room(&a) && account_room(&a) <= a.total - kept);
            assert_int_equal(strcmp(account_status(&a), "paid") == 0, kept == a.total);
            assert_int_equal(strcmp(account_status(&a), "unpaid") == 0, a.paid == 0);
            assert_int_equal(strcmp(account_status(&a), "refunded") == 0, a.paid > 0 && kept == 0);
        }
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
        int64_t left = account_spread(amount, room, n, out);
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
        account_shares(amount, n, out);
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
    account_shares(100, 3, out);
    assert_memory_equal(out, of_100, sizeof out);
    account_shares(2, 3, out);
    assert_memory_equal(out, of_2, sizeof out);
    account_shares(0, 3, out);
    assert_memory_equal(out, of_0, sizeof out);
    account_shares(MONEY_MAX, 1, out);
    assert_int_equal(out[0], MONEY_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),  cmocka_unit_test(test_histories),      cmocka_unit_test(test_spread),
        cmocka_unit_test(test_shares), cmocka_unit_test(test_shares_by_hand),
    };
    return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
