/* domain/order_total: cases worked by hand, the edges of what fits, and random
 * orders against a second computation in 128 bits. */
#include "unit.h"

#include "domain/money.h"
#include "domain/order_total.h"

#include <string.h>

/* What is asked for beside the lines. */
struct asked {
    int64_t tip_amount, discount_amount, deposit_used;
};

static const struct order_terms exclusive = {
    .discount_reduces_tax = true, .service_tax_rate_ppm = NO_RATE, .parts = {1, {RATE_ONE}}};
static const struct order_terms included = {.prices_include_tax = true,
                                            .discount_reduces_tax = true,
                                            .service_tax_rate_ppm = NO_RATE,
                                            .parts = {1, {RATE_ONE}}};

/* At a table where nothing was ordered before. */
static enum order_total_fault compute(struct order_line_amounts *lines, size_t n, const struct asked *asked,
                                      int inclusive, struct order_figures *figures, size_t *line)
{
    const struct order_extras extras = {asked->tip_amount, asked->deposit_used};
    const struct table_sums table = {0};
    return order_total_compute(lines, n, asked->discount_amount, &extras, inclusive ? &included : &exclusive, &table,
                               figures, line);
}

/* clang-format off */
struct hand_case {
    const char *about;
    struct order_line_amounts lines[4]; /* price, modifiers, quantity, rate; quantity 0 ends them */
    struct asked adjustments;
    int inclusive;
    int64_t subtotal, tax_amount, total_amount;
    struct {
        int32_t rate_ppm;
        int64_t taxable, amount;
    } taxes[4];
    size_t n_taxes;
};

static const struct hand_case hand_cases[] = {
    {"24900 at 5 %", {{24900, 0, 1, 50000, 0, 0}}, {0, 0, 0}, 0, 24900, 1245, 26145, {{50000, 24900, 1245}}, 1},
    {"an odd amount: 9.95 up", {{199, 0, 1, 50000, 0, 0}}, {0, 0, 0}, 0, 199, 10, 209, {{50000, 199, 10}}, 1},
    {"a half: 10.5 up", {{210, 0, 1, 50000, 0, 0}}, {0, 0, 0}, 0, 210, 11, 221, {{50000, 210, 11}}, 1},
    {"below a half: 0.45 down", {{9, 0, 1, 50000, 0, 0}}, {0, 0, 0}, 0, 9, 0, 9, {{50000, 9, 0}}, 1},
    {"30.75 up", {{205, 0, 3, 50000, 0, 0}}, {0, 0, 0}, 0, 615, 31, 646, {{50000, 615, 31}}, 1},
    {"once on the sum: 4.5 -> 5, not three times 1.5 -> 2",
     {{30, 0, 1, 50000, 0, 0}, {30, 0, 1, 50000, 0, 0}, {30, 0, 1, 50000, 0, 0}},
     {0, 0, 0}, 0, 90, 5, 95, {{50000, 90, 5}}, 1},
    {"three rates, given falling",
     {{333, 0, 1, 180000, 0, 0}, {9900, 0, 1, 120000, 0, 0}, {24900, 0, 2, 50000, 0, 0}},
     {0, 0, 0}, 0, 60033, 3738, 63771,
     {{50000, 49800, 2490}, {120000, 9900, 1188}, {180000, 333, 60}}, 3},
    {"a rate of nought is listed as well",
     {{101, 0, 1, 50000, 0, 0}, {9, 0, 1, 0, 0, 0}, {103, 0, 1, 50000, 0, 0}},
     {0, 0, 0}, 0, 213, 10, 223, {{0, 9, 0}, {50000, 204, 10}}, 2},
    {"nought alone", {{24900, 0, 2, 0, 0, 0}}, {0, 0, 0}, 0, 49800, 0, 49800, {{0, 49800, 0}}, 1},
    {"8.875 %: 97.625", {{1099, 0, 1, 88750, 0, 0}, {1, 0, 1, 88750, 0, 0}}, {0, 0, 0}, 0, 1100, 98, 1198,
     {{88750, 1100, 98}}, 1},
    {"8.875 % with modifiers: 278.23", {{995, 50, 3, 88750, 0, 0}}, {0, 0, 0}, 0, 3135, 278, 3413,
     {{88750, 3135, 278}}, 1},
    {"100 %", {{24901, 0, 1, 1000000, 0, 0}}, {0, 0, 0}, 0, 24901, 24901, 49802, {{1000000, 24901, 24901}}, 1},
    {"the smallest rate: 0.5 of a millionth part", {{500000, 0, 1, 1, 0, 0}}, {0, 0, 0}, 0, 500000, 1, 500001,
     {{1, 500000, 1}}, 1},
    {"a table's evening",
     {{24900, 1500, 3, 50000, 0, 0}, {12500, -500, 2, 50000, 0, 0}, {9900, 0, 1, 180000, 0, 0}},
     {1000, 5000, 2000}, 0, 113100, 6635, 113735, {{50000, 98638, 4932}, {180000, 9462, 1703}}, 2}, /* 4562 and 438 off */

    {"inclusive 5 % of 105.00", {{10500, 0, 1, 50000, 0, 0}}, {0, 0, 0}, 1, 10500, 500, 10500, {{50000, 10500, 500}}, 1},
    {"inclusive 10 % of 105.00: 954.55", {{10500, 0, 1, 100000, 0, 0}}, {0, 0, 0}, 1, 10500, 955, 10500,
     {{100000, 10500, 955}}, 1},
    {"inclusive 12 % of 105.00: 1125", {{10500, 0, 1, 120000, 0, 0}}, {0, 0, 0}, 1, 10500, 1125, 10500,
     {{120000, 10500, 1125}}, 1},
    {"inclusive 5 % of 9.99: 47.57", {{999, 0, 1, 50000, 0, 0}}, {0, 0, 0}, 1, 999, 48, 999, {{50000, 999, 48}}, 1},
    {"inclusive 10 % of 9.99: 90.82", {{999, 0, 1, 100000, 0, 0}}, {0, 0, 0}, 1, 999, 91, 999, {{100000, 999, 91}}, 1},
    {"inclusive 12 % of 9.99: 107.04", {{999, 0, 1, 120000, 0, 0}}, {0, 0, 0}, 1, 999, 107, 999,
     {{120000, 999, 107}}, 1},
    {"inclusive 5 % of 10: 0.476", {{10, 0, 1, 50000, 0, 0}}, {0, 0, 0}, 1, 10, 0, 10, {{50000, 10, 0}}, 1},
    {"inclusive 10 % of 10: 0.909", {{10, 0, 1, 100000, 0, 0}}, {0, 0, 0}, 1, 10, 1, 10, {{100000, 10, 1}}, 1},
    {"inclusive 100 % of 1: a half, up", {{1, 0, 1, 1000000, 0, 0}}, {0, 0, 0}, 1, 1, 1, 1, {{1000000, 1, 1}}, 1},
    {"inclusive 0 %", {{999, 0, 1, 0, 0, 0}}, {0, 0, 0}, 1, 999, 0, 999, {{0, 999, 0}}, 1},
    {"inclusive, mixed, with tip, discount and deposit",
     {{10500, 0, 1, 50000, 0, 0}, {999, 0, 3, 120000, 0, 0}, {777, 0, 1, 0, 0, 0}},
     {100, 50, 25}, 1, 14274, 818, 14299, {{0, 774, 0}, {50000, 10463, 498}, {120000, 2987, 320}}, 3}, /* 3, 37 and 10 off */

    {"a discount of the subtotal leaves no tax", {{24900, 0, 1, 50000, 0, 0}}, {0, 24900, 0}, 0, 24900, 0, 0,
     {{50000, 0, 0}}, 1},
    {"inclusive: a discount of the subtotal leaves nothing", {{24900, 0, 1, 50000, 0, 0}}, {0, 24900, 0}, 1, 24900,
     0, 0, {{50000, 0, 0}}, 1},
    {"a deposit of the total", {{24900, 0, 1, 50000, 0, 0}}, {0, 0, 26145}, 0, 24900, 1245, 0,
     {{50000, 24900, 1245}}, 1},
    {"discount and deposit share the total", {{24900, 0, 1, 50000, 0, 0}}, {0, 100, 26040}, 0, 24900, 1240, 0,
     {{50000, 24800, 1240}}, 1},
    {"a unit off three equal lines: the first bears it",
     {{100, 0, 1, 50000, 0, 0}, {100, 0, 1, 0, 0, 0}, {100, 0, 1, 120000, 0, 0}}, {0, 1, 0}, 0, 300, 17, 316,
     {{0, 100, 0}, {50000, 99, 5}, {120000, 100, 12}}, 3},
    {"a tip is not taxed", {{24900, 0, 1, 50000, 0, 0}}, {5000, 0, 0}, 0, 24900, 1245, 31145, {{50000, 24900, 1245}}, 1},

    {"a modifier down to nothing", {{500, -500, 99, 50000, 0, 0}}, {0, 0, 0}, 0, 0, 0, 0, {{50000, 0, 0}}, 1},
    {"a free item, extras paid", {{0, 250, 2, 50000, 0, 0}}, {0, 0, 0}, 0, 500, 25, 525, {{50000, 500, 25}}, 1},
    {"no lines, a tip", {{0}}, {700, 0, 0}, 0, 0, 0, 700, {{0}}, 0},
    {"the largest amount", {{MONEY_MAX, 0, 1, 0, 0, 0}}, {0, 0, 0}, 0, MONEY_MAX, 0, MONEY_MAX, {{0, MONEY_MAX, 0}}, 1},
    {"the largest amount, inclusive", {{MONEY_MAX, 0, 1, 50000, 0, 0}}, {0, 0, 0}, 1, MONEY_MAX,
     INT64_C(428914250225761), MONEY_MAX, {{50000, MONEY_MAX, INT64_C(428914250225761)}}, 1},
    {"the largest amount from a modifier", {{-5, MONEY_MAX, 1, 0, 0, 0}}, {5, 0, 0}, 0, MONEY_MAX - 5, 0, MONEY_MAX,
     {{0, MONEY_MAX - 5, 0}}, 1},
    {"just fits with its tax", {{INT64_C(8578285004515229), 0, 1, 50000, 0, 0}}, {1, 0, 0}, 0,
     INT64_C(8578285004515229), INT64_C(428914250225761), MONEY_MAX,
     {{50000, INT64_C(8578285004515229), INT64_C(428914250225761)}}, 1},
};
/* clang-format on */

static size_t count_lines(const struct order_line_amounts *lines)
{
    size_t n = 0;
    while (n < 4 && lines[n].quantity != 0)
        n++;
    return n;
}

static void test_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(hand_cases); i++) {
        struct hand_case c = hand_cases[i];
        struct order_figures f;
        size_t line, n = count_lines(c.lines);
        int fault = (int)compute(c.lines, n, &c.adjustments, c.inclusive, &f, &line);
        CHECK(fault == ORDER_TOTAL_OK, "%s: fault %d", c.about, fault);
        CHECK(f.subtotal == c.subtotal, "%s: subtotal %lld", c.about, (long long)f.subtotal);
        CHECK(f.tax_amount == c.tax_amount, "%s: tax %lld", c.about, (long long)f.tax_amount);
        CHECK(f.total_amount == c.total_amount, "%s: total %lld", c.about, (long long)f.total_amount);
        CHECK(f.n_taxes == c.n_taxes, "%s: %zu rates", c.about, f.n_taxes);
        for (size_t k = 0; k < c.n_taxes; k++)
            CHECK(f.taxes[k].rate_ppm == c.taxes[k].rate_ppm && f.taxes[k].taxable == c.taxes[k].taxable &&
                      f.taxes[k].amount == c.taxes[k].amount,
                  "%s: tax %zu: %lld of %lld", c.about, k, (long long)f.taxes[k].amount, (long long)f.taxes[k].taxable);
        for (size_t k = 0; k < n; k++)
            CHECK(c.lines[k].subtotal == (c.lines[k].price + c.lines[k].modifiers) * c.lines[k].quantity,
                  "%s: line %zu", c.about, k);
    }
}

/* clang-format off */
static const struct fault_case {
    const char *about;
    struct order_line_amounts lines[4];
    struct asked adjustments;
    int inclusive;
    enum order_total_fault fault;
    size_t line; /* of a line's fault */
} fault_cases[] = {
    {"modifier below zero", {{500, -501, 1, 0, 0, 0}}, {0, 0, 0}, 0, ORDER_TOTAL_LINE_NEGATIVE, 0},
    {"the third line", {{1, 0, 1, 0, 0, 0}, {1, 0, 1, 0, 0, 0}, {0, -1, 1, 0, 0, 0}}, {0, 0, 0}, 0, ORDER_TOTAL_LINE_NEGATIVE, 2},
    {"the first of two", {{1, 0, 1, 0, 0, 0}, {0, -1, 1, 0, 0, 0}, {0, -1, 1, 0, 0, 0}}, {0, 0, 0}, 0,
     ORDER_TOTAL_LINE_NEGATIVE, 1},
    {"a line below zero is not made up for by others", {{100, 0, 9, 0, 0, 0}, {10, -11, 1, 0, 0, 0}}, {0, 0, 0}, 1,
     ORDER_TOTAL_LINE_NEGATIVE, 1},
    {"price and modifier", {{MONEY_MAX, 1, 1, 0, 0, 0}}, {0, 0, 0}, 0, ORDER_TOTAL_LINE_OVERFLOW, 0},
    {"price and quantity", {{1, 0, 1, 0, 0, 0}, {MONEY_MAX / 99 + 1, 0, 99, 0, 0, 0}}, {0, 0, 0}, 0,
     ORDER_TOTAL_LINE_OVERFLOW, 1},
    {"far beyond 64 bits", {{INT64_MAX, INT64_MAX, 99, 0, 0, 0}}, {0, 0, 0}, 0, ORDER_TOTAL_LINE_OVERFLOW, 0},
    {"the sum", {{MONEY_MAX, 0, 1, 0, 0, 0}, {1, 0, 1, 0, 0, 0}}, {0, 0, 0}, 0, ORDER_TOTAL_OVERFLOW, SIZE_MAX},
    {"the sum of two rates", {{MONEY_MAX, 0, 1, 0, 0, 0}, {1, 0, 1, 50000, 0, 0}}, {0, 0, 0}, 0, ORDER_TOTAL_OVERFLOW,
     SIZE_MAX},
    {"its tax", {{MONEY_MAX, 0, 1, 50000, 0, 0}}, {0, 0, 0}, 0, ORDER_TOTAL_OVERFLOW, SIZE_MAX},
    {"its tax, by one", {{INT64_C(8578285004515230), 0, 1, 50000, 0, 0}}, {0, 0, 0}, 0, ORDER_TOTAL_OVERFLOW, SIZE_MAX},
    {"the tip", {{MONEY_MAX, 0, 1, 0, 0, 0}}, {1, 0, 0}, 0, ORDER_TOTAL_OVERFLOW, SIZE_MAX},
    {"the tip, inclusive", {{MONEY_MAX, 0, 1, 50000, 0, 0}}, {1, 0, 0}, 1, ORDER_TOTAL_OVERFLOW, SIZE_MAX},
    {"tip alone", {{1, 0, 1, 0, 0, 0}}, {INT64_MAX, 0, 0}, 0, ORDER_TOTAL_OVERFLOW, SIZE_MAX},
    {"discount one above the subtotal", {{24900, 0, 1, 50000, 0, 0}}, {0, 24901, 0}, 0, ORDER_TOTAL_DISCOUNT, SIZE_MAX},
    {"a tip is not discounted", {{100, 0, 1, 0, 0, 0}}, {50, 150, 0}, 0, ORDER_TOTAL_DISCOUNT, SIZE_MAX},
    {"inclusive: one above the subtotal", {{24900, 0, 1, 50000, 0, 0}}, {0, 24901, 0}, 1, ORDER_TOTAL_DISCOUNT, SIZE_MAX},
    {"deposit one above the total", {{24900, 0, 1, 50000, 0, 0}}, {0, 0, 26146}, 0, ORDER_TOTAL_NEGATIVE, SIZE_MAX},
    {"both together", {{24900, 0, 1, 50000, 0, 0}}, {0, 13073, 13073}, 0, ORDER_TOTAL_NEGATIVE, SIZE_MAX},
    {"a discount on nothing", {{0}}, {0, 1, 0}, 0, ORDER_TOTAL_DISCOUNT, SIZE_MAX},
    {"all the discounts of the world", {{1, 0, 1, 0, 0, 0}}, {0, MONEY_MAX, MONEY_MAX}, 0, ORDER_TOTAL_DISCOUNT, SIZE_MAX},
};
/* clang-format on */

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(fault_cases); i++) {
        struct fault_case c = fault_cases[i];
        struct order_figures f;
        size_t line = SIZE_MAX;
        int fault = (int)compute(c.lines, count_lines(c.lines), &c.adjustments, c.inclusive, &f, &line);
        CHECK(fault == (int)c.fault, "%s: fault %d", c.about, fault);
        if (c.line != SIZE_MAX)
            CHECK(line == c.line, "%s: line %zu", c.about, line);
    }
}

static void test_largest_order(void **state)
{
    struct order_line_amounts lines[ORDER_LINES_MAX];
    const struct asked none = {0, 0, 0};
    struct order_figures f;
    size_t line;
    (void)state;
    for (size_t i = 0; i < ORDER_LINES_MAX; i++)
        lines[i] =
            (struct order_line_amounts){.price = 99999999, .quantity = ORDER_QUANTITY_MAX, .tax_rate_ppm = 50000};
    assert_int_equal(compute(lines, ORDER_LINES_MAX, &none, 0, &f, &line), ORDER_TOTAL_OK);
    assert_true(f.subtotal == INT64_C(989999990100));
    assert_true(f.tax_amount == INT64_C(49499999505));
    assert_true(f.total_amount == INT64_C(1039499989605));
    assert_int_equal(f.n_taxes, 1);

    for (size_t i = 0; i < ORDER_LINES_MAX; i++)
        lines[i] = (struct order_line_amounts){.price = MONEY_MAX / 9900, .quantity = ORDER_QUANTITY_MAX};
    assert_int_equal(compute(lines, ORDER_LINES_MAX, &none, 0, &f, &line), ORDER_TOTAL_OK);
    assert_true(f.total_amount == INT64_C(9007199254736100));
    for (size_t i = 0; i < ORDER_LINES_MAX; i++)
        lines[i].price++;
    assert_int_equal(compute(lines, ORDER_LINES_MAX, &none, 0, &f, &line), ORDER_TOTAL_OVERFLOW);
}

static void test_a_hundred_rates(void **state)
{
    struct order_line_amounts lines[ORDER_LINES_MAX];
    const struct asked none = {0, 0, 0};
    struct order_figures f;
    size_t line;
    (void)state;
    for (int i = 0; i < ORDER_LINES_MAX; i++)
        lines[i] = (struct order_line_amounts){
            .price = 10000, .quantity = 1, .tax_rate_ppm = (i * 37 % ORDER_LINES_MAX) * 10000};
    assert_int_equal(compute(lines, ORDER_LINES_MAX, &none, 0, &f, &line), ORDER_TOTAL_OK);
    assert_int_equal(f.n_taxes, ORDER_LINES_MAX);
    for (int i = 0; i < ORDER_LINES_MAX; i++) {
        assert_int_equal(f.taxes[i].rate_ppm, i * 10000);
        assert_int_equal(f.taxes[i].amount, i * 100);
    }
    assert_int_equal(f.tax_amount, 495000);
}

/* The figures start from zero, whatever was in them. */
static void test_figures_are_set_not_added_to(void **state)
{
    struct order_line_amounts line_a = {.price = 100, .quantity = 2, .tax_rate_ppm = 50000, .subtotal = 999};
    const struct asked none = {0, 0, 0};
    struct order_figures f;
    size_t line;
    (void)state;
    memset(&f, 0x5a, sizeof f);
    assert_int_equal(compute(&line_a, 1, &none, 0, &f, &line), ORDER_TOTAL_OK);
    assert_int_equal(line_a.subtotal, 200);
    assert_int_equal(f.n_taxes, 1);
    assert_int_equal(f.total_amount, 210);
}

/* --- random orders ------------------------------------------------------- */

__extension__ typedef __int128 wide;

struct order {
    struct order_line_amounts lines[ORDER_LINES_MAX];
    size_t n;
    struct asked adjustments;
    int inclusive;
};

/* A number of up to `bits` bits, small ones as likely as large ones. */
static int64_t amount_of(uint64_t *seed, unsigned bits)
{
    return (int64_t)unit_below(seed, UINT64_C(1) << unit_below(seed, bits + 1));
}

static void make_order(uint64_t *seed, struct order *o)
{
    static const int32_t common[] = {0, 50000, 50000, 88750, 100000, 120000, 180000};
    unsigned bits = unit_below(seed, 40) == 0 ? 52 : 24; /* now and then one that does not fit */
    bool any_rate = unit_below(seed, 4) == 0;
    memset(o, 0, sizeof *o);
    o->inclusive = (int)unit_below(seed, 2);
    o->n = 1 + unit_below(seed, unit_below(seed, 4) == 0 ? ORDER_LINES_MAX : 8);
    for (size_t i = 0; i < o->n; i++) {
        struct order_line_amounts *l = &o->lines[i];
        l->price = amount_of(seed, bits);
        l->modifiers = unit_below(seed, 3) == 0 ? amount_of(seed, bits / 2) : 0;
        if (unit_below(seed, 5) == 0) /* down to nought, hardly ever below */
            l->modifiers = -(int64_t)unit_below(seed, (uint64_t)l->price + (unit_below(seed, 30) == 0 ? 2 : 1));
        l->quantity = 1 + (int64_t)unit_below(seed, ORDER_QUANTITY_MAX);
        l->tax_rate_ppm = any_rate ? (int32_t)unit_below(seed, RATE_ONE + 1) : common[unit_below(seed, LENGTH(common))];
    }
    o->adjustments.tip_amount = unit_below(seed, 2) == 0 ? amount_of(seed, bits) : 0;
    o->adjustments.discount_amount = unit_below(seed, 3) == 0 ? amount_of(seed, bits) : 0;
    o->adjustments.deposit_used = unit_below(seed, 3) == 0 ? amount_of(seed, bits) : 0;
}

struct expected {
    enum order_total_fault fault;
    size_t line;
    wide subtotal, tax_amount, total;
};

/* Written apart from the code it checks: no sorting, a walk over all lines for
 * each rate, rounding by doubling. */
static wide line_amount(const struct order_line_amounts *l)
{
    return ((wide)l->price + l->modifiers) * l->quantity;
}

/* The line's part of the discount: its floor, and a unit if fewer lines than units left have
 * a larger remainder, or the same and come earlier. */
static wide part_of_discount(const struct order *o, size_t line)
{
    wide whole = 0, left = o->adjustments.discount_amount, ahead = 0;
    for (size_t i = 0; i < o->n; i++)
        whole += line_amount(&o->lines[i]);
    if (whole == 0)
        return 0;
    wide mine = o->adjustments.discount_amount * line_amount(&o->lines[line]) % whole;
    for (size_t i = 0; i < o->n; i++) {
        wide product = o->adjustments.discount_amount * line_amount(&o->lines[i]), rest = product % whole;
        left -= product / whole;
        ahead += rest > mine || (rest == mine && i < line);
    }
    return o->adjustments.discount_amount * line_amount(&o->lines[line]) / whole + (ahead < left ? 1 : 0);
}

static wide tax_at(const struct order *o, int32_t rate, wide *taxable)
{
    *taxable = 0;
    for (size_t i = 0; i < o->n; i++)
        if (o->lines[i].tax_rate_ppm == rate)
            *taxable += line_amount(&o->lines[i]) - part_of_discount(o, i);
    wide whole = o->inclusive ? 1000000 + rate : 1000000;
    return (2 * *taxable * rate + whole) / (2 * whole);
}

static bool seen_before(const struct order *o, size_t line)
{
    for (size_t i = 0; i < line; i++)
        if (o->lines[i].tax_rate_ppm == o->lines[line].tax_rate_ppm)
            return true;
    return false;
}

static bool too_large(wide amount)
{
    return amount > MONEY_MAX;
}

static struct expected expect(const struct order *o)
{
    struct expected e = {.fault = ORDER_TOTAL_OK};
    wide taxable;
    for (e.line = 0; e.line < o->n; e.line++) {
        const struct order_line_amounts *l = &o->lines[e.line];
        wide each = (wide)l->price + l->modifiers;
        e.subtotal += each * l->quantity;
        e.fault = each < 0                                           ? ORDER_TOTAL_LINE_NEGATIVE
                  : too_large(each) || too_large(each * l->quantity) ? ORDER_TOTAL_LINE_OVERFLOW
                  : too_large(e.subtotal)                            ? ORDER_TOTAL_OVERFLOW
                                                                     : ORDER_TOTAL_OK;
        if (e.fault != ORDER_TOTAL_OK)
            return e;
    }
    if (o->adjustments.discount_amount > e.subtotal) {
        e.fault = ORDER_TOTAL_DISCOUNT;
        return e;
    }
    for (size_t i = 0; i < o->n; i++)
        if (!seen_before(o, i))
            e.tax_amount += tax_at(o, o->lines[i].tax_rate_ppm, &taxable);
    wide due = e.subtotal - o->adjustments.discount_amount + (o->inclusive ? 0 : e.tax_amount);
    wide with_tip = due + o->adjustments.tip_amount;
    e.total = with_tip - o->adjustments.deposit_used;
    if (too_large(e.tax_amount) || too_large(due) || too_large(with_tip) || e.total < -MONEY_MAX)
        e.fault = ORDER_TOTAL_OVERFLOW;
    else if (e.total < 0)
        e.fault = ORDER_TOTAL_NEGATIVE;
    return e;
}

static void check_parts(const struct order *o, const struct order_figures *f)
{
    int64_t taxes = 0, taxable = 0, lines = 0;
    for (size_t i = 0; i < f->n_taxes; i++) {
        wide wanted;
        taxes += f->taxes[i].amount;
        taxable += f->taxes[i].taxable;
        assert_true(i == 0 || f->taxes[i - 1].rate_ppm < f->taxes[i].rate_ppm);
        assert_true(tax_at(o, f->taxes[i].rate_ppm, &wanted) == f->taxes[i].amount);
        assert_true(wanted == f->taxes[i].taxable);
    }
    for (size_t i = 0; i < o->n; i++)
        lines += o->lines[i].subtotal;
    assert_true(taxes == f->tax_amount);
    assert_true(taxable == f->subtotal - f->discount_amount);
    assert_true(f->discount_amount == o->adjustments.discount_amount);
    assert_true(lines == f->subtotal);
    assert_true(!o->inclusive || f->tax_amount <= f->subtotal - f->discount_amount);
    assert_true(f->subtotal + (o->inclusive ? 0 : f->tax_amount) + o->adjustments.tip_amount -
                    o->adjustments.discount_amount - o->adjustments.deposit_used ==
                f->total_amount);
}

static bool same_figures(const struct order_figures *a, const struct order_figures *b)
{
    bool same = a->subtotal == b->subtotal && a->tax_amount == b->tax_amount && a->total_amount == b->total_amount &&
                a->n_taxes == b->n_taxes;
    for (size_t i = 0; same && i < a->n_taxes; i++)
        same = a->taxes[i].rate_ppm == b->taxes[i].rate_ppm && a->taxes[i].taxable == b->taxes[i].taxable &&
               a->taxes[i].amount == b->taxes[i].amount;
    return same;
}

static void shuffle(uint64_t *seed, struct order *o)
{
    for (size_t i = o->n; i > 1; i--) {
        size_t k = unit_below(seed, i);
        struct order_line_amounts kept = o->lines[i - 1];
        o->lines[i - 1] = o->lines[k];
        o->lines[k] = kept;
    }
}

static void check_permuted(uint64_t *seed, struct order *o, const struct order_figures *f)
{
    struct order_figures again;
    size_t line;
    if (o->adjustments.discount_amount > 0)
        return; /* a tie of remainders goes to the earlier line */
    shuffle(seed, o);
    assert_int_equal(compute(o->lines, o->n, &o->adjustments, o->inclusive, &again, &line), ORDER_TOTAL_OK);
    assert_true(same_figures(&again, f));
}

static void test_random_orders(void **state)
{
    uint64_t seed = unit_seed();
    int outcomes[6] = {0};
    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct order o;
        struct order_figures f;
        size_t line = SIZE_MAX;
        make_order(&seed, &o);
        struct expected e = expect(&o);
        enum order_total_fault fault = compute(o.lines, o.n, &o.adjustments, o.inclusive, &f, &line);
        CHECK(fault == e.fault, "order %d: fault %d, not %d", round, (int)fault, (int)e.fault);
        outcomes[fault]++;
        if (fault == ORDER_TOTAL_LINE_NEGATIVE || fault == ORDER_TOTAL_LINE_OVERFLOW)
            assert_int_equal(line, e.line);
        if (fault != ORDER_TOTAL_OK)
            continue;
        CHECK(f.subtotal == e.subtotal && f.tax_amount == e.tax_amount && f.total_amount == e.total,
              "order %d: total %lld", round, (long long)f.total_amount);
        check_parts(&o, &f);
        check_permuted(&seed, &o, &f);
    }
    for (int i = 0; i < 6; i++) /* the orders were as varied as meant */
        CHECK(outcomes[i] > 0, "no order with the outcome %d", i);
    CHECK(outcomes[ORDER_TOTAL_OK] > 10000, "only %d good orders", outcomes[ORDER_TOTAL_OK]);
}

/* What one line of q pieces costs is what q lines of one piece cost. */
static void test_split_lines_cost_the_same(void **state)
{
    uint64_t seed = unit_seed();
    const struct asked none = {0, 0, 0};
    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct order o = {.n = 1 + unit_below(&seed, ORDER_QUANTITY_MAX), .inclusive = round % 2};
        struct order_figures whole, split;
        size_t line;
        struct order_line_amounts one = {.price = amount_of(&seed, 30),
                                         .quantity = (int64_t)o.n,
                                         .tax_rate_ppm = (int32_t)unit_below(&seed, RATE_ONE + 1)};
        assert_int_equal(compute(&one, 1, &none, o.inclusive, &whole, &line), ORDER_TOTAL_OK);
        one.quantity = 1;
        for (size_t i = 0; i < o.n; i++)
            o.lines[i] = one;
        assert_int_equal(compute(o.lines, o.n, &none, o.inclusive, &split, &line), ORDER_TOTAL_OK);
        assert_true(same_figures(&whole, &split));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_largest_order),
        cmocka_unit_test(test_a_hundred_rates),
        cmocka_unit_test(test_figures_are_set_not_added_to),
        cmocka_unit_test(test_random_orders),
        cmocka_unit_test(test_split_lines_cost_the_same),
    };
    return cmocka_run_group_tests_name("order_total", tests, NULL, NULL);
}
