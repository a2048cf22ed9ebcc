/* domain/standing and domain/tax: tables worked by hand, and random evenings of which
 * all parts add up after each step. */
#include "unit.h"

#include "domain/money.h"
#include "domain/standing.h"

#include <string.h>

enum { ORDERS = 12, LINES = 4 };

static const struct order_terms plain = {
    .discount_reduces_tax = true, .service_tax_rate_ppm = NO_RATE, .parts = {1, {RATE_ONE}}};

/* An order as its restaurant remembers it: what stands of its lines, what was taken off. */
struct order {
    struct order_line_amounts lines[LINES];
    size_t n_lines;
    struct order_discount discounts[8];
    size_t n_discounts;
    struct order_terms terms;
    struct order_extras extras;
    struct order_figures settled;
    int64_t given;
    bool stands;
};

struct table {
    struct order orders[ORDERS];
    size_t n;
};

static void sum_up(const struct table *t, struct tax_sum *taxes, struct service_sum *services, struct table_sums *sums)
{
    *sums = (struct table_sums){.taxes = taxes, .services = services};
    for (size_t i = 0; i < t->n; i++)
        if (t->orders[i].stands)
            order_join_table(sums, &t->orders[i].settled, &t->orders[i].terms);
}

static enum order_total_fault place(struct table *t, struct order o, int64_t discount)
{
    struct tax_sum taxes[ORDERS * (LINES + 1) + ORDER_TAXES_MAX];
    struct service_sum services[ORDERS + 1];
    struct table_sums sums;
    size_t line;
    sum_up(t, taxes, services, &sums);
    o.discounts[0] = (struct order_discount){discount, NO_RATE, WHOLE_ORDER};
    o.n_discounts = 1;
    o.stands = true;
    enum order_total_fault fault =
        order_total_compute(o.lines, o.n_lines, discount, &o.extras, &o.terms, &sums, &o.settled, &line);
    if (fault == ORDER_TOTAL_OK)
        t->orders[t->n++] = o;
    return fault;
}

/* Computes the table again after orders[changed] has changed. */
static void settle(struct table *t, size_t changed)
{
    struct standing_order standing[ORDERS];
    memset(standing, 0, sizeof standing);
    for (size_t i = 0; i < t->n; i++) {
        struct order *o = &t->orders[i];
        size_t line;
        standing[i] = (struct standing_order){.terms = &o->terms, .extras = o->extras, .is_changed = i == changed};
        if (!o->stands)
            continue;
        assert_int_equal(order_bases_compute(o->lines, o->n_lines, o->discounts, o->n_discounts, &o->terms,
                                             &standing[i].figures, &line),
                         ORDER_TOTAL_OK);
        order_carry_over(&standing[i].figures, &o->settled, &o->terms);
    }
    assert_true(table_settle(standing, t->n));
    for (size_t i = 0; i < t->n; i++)
        t->orders[i].settled = standing[i].figures;
}

static const struct order_tax *tax_of(const struct order *o, const struct tax_rule *rule)
{
    for (size_t i = 0; o->stands && i < o->settled.n_taxes; i++) {
        struct tax_rule own = order_tax_rule(&o->terms, o->settled.taxes[i].rate_ppm);
        if (tax_rule_equal(&own, rule))
            return &o->settled.taxes[i];
    }
    return NULL;
}

/* At one rule: the orders' parts add up to the table's rounded one, each its own exact one
 * rounded down or up. */
static void check_rule(const struct table *t, const struct tax_rule *rule)
{
    for (size_t part = 0; part < rule->parts.n; part++) {
        int64_t base = 0, sum = 0, low, high, wanted;
        for (size_t i = 0; i < t->n; i++) {
            const struct order_tax *tax = tax_of(&t->orders[i], rule);
            if (tax == NULL)
                continue;
            base += tax->taxable;
            sum += tax->parts[part];
            assert_true(tax_part_floor(rule, part, tax->taxable, &low));
            assert_true(tax_part_ceiling(rule, part, tax->taxable, &high));
            CHECK(low <= tax->parts[part] && tax->parts[part] <= high, "order %zu bears %lld of %lld", i,
                  (long long)tax->parts[part], (long long)tax->taxable);
        }
        assert_true(tax_part(rule, part, base, &wanted));
        CHECK(sum == wanted, "the table bears %lld, not %lld", (long long)sum, (long long)wanted);
    }
}

static void check_service(const struct table *t, int32_t rate_ppm)
{
    int64_t base = 0, sum = 0, wanted;
    for (size_t i = 0; i < t->n; i++) {
        const struct order *o = &t->orders[i];
        int64_t low, high;
        if (!o->stands || o->terms.service_charge_ppm != rate_ppm)
            continue;
        base += o->settled.service_base;
        sum += o->settled.service_charge_amount;
        assert_true(money_share_floor(o->settled.service_base, rate_ppm, RATE_ONE, &low));
        assert_true(money_share_ceiling(o->settled.service_base, rate_ppm, RATE_ONE, &high));
        assert_true(low <= o->settled.service_charge_amount && o->settled.service_charge_amount <= high);
    }
    assert_true(money_share(base, rate_ppm, RATE_ONE, &wanted));
    assert_int_equal(sum, wanted);
}

/* What is given back lowers the bill by just that, and nothing of it below zero. */
static void check_order(const struct order *o)
{
    struct order_figures f = o->settled;
    int64_t sale = f.total_amount - o->extras.tip_amount + o->extras.deposit_used, tip = o->given / 3, taxes = 0;
    int64_t given = (o->given < sale ? o->given : sale) + (tip < o->extras.tip_amount ? tip : o->extras.tip_amount);
    assert_true(f.total_amount >= 0 && f.discount_amount <= f.subtotal);
    order_give_back(&f, &o->terms, &o->extras, o->given, tip);
    assert_int_equal(f.total_amount, o->settled.total_amount - given);
    assert_true(f.tip_given_back >= 0 && f.tip_given_back <= o->extras.tip_amount);
    assert_true(f.discount_amount <= f.subtotal + f.service_charge_amount);
    for (size_t i = 0; i < f.n_taxes; i++) {
        assert_true(f.taxes[i].taxable >= 0 && f.taxes[i].amount >= 0);
        for (size_t k = 0; k < o->terms.parts.n; k++)
            assert_true(f.taxes[i].parts[k] >= 0);
        taxes += f.taxes[i].amount;
    }
    assert_int_equal(taxes, f.tax_amount);
}

static void check_table(const struct table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        if (!t->orders[i].stands)
            continue;
        check_order(&t->orders[i]);
        check_service(t, t->orders[i].terms.service_charge_ppm);
        for (size_t k = 0; k < t->orders[i].settled.n_taxes; k++) {
            struct tax_rule rule = order_tax_rule(&t->orders[i].terms, t->orders[i].settled.taxes[k].rate_ppm);
            check_rule(t, &rule);
        }
    }
}

static int64_t total_tax(const struct table *t)
{
    int64_t sum = 0;
    for (size_t i = 0; i < t->n; i++)
        sum += t->orders[i].stands ? t->orders[i].settled.tax_amount : 0;
    return sum;
}

static struct order one_line(int64_t price, int64_t quantity, int32_t rate_ppm)
{
    struct order o = {.n_lines = 1, .terms = plain};
    o.lines[0] = (struct order_line_amounts){.price = price, .quantity = quantity, .tax_rate_ppm = rate_ppm};
    return o;
}

/* EN 16931, BT-117: ten times 1.05 at 10 % is 11.55, ordered at once or one by one. */
static void test_ten_coffees(void **state)
{
    struct table one = {.n = 0}, many = {.n = 0};
    (void)state;
    place(&one, one_line(105, 10, 100000), 0);
    assert_int_equal(one.orders[0].settled.total_amount, 1155);
    int64_t sum = 0;
    for (int i = 0; i < 10; i++) {
        place(&many, one_line(105, 1, 100000), 0);
        sum += many.orders[i].settled.total_amount;
    }
    assert_int_equal(sum, 1155);
    check_table(&many);
}

/* Seven of 1.04, of which three are cancelled: round(41.6), however each was rounded. */
static void test_cancelled(void **state)
{
    (void)state;
    for (size_t first = 0; first < 5; first++) {
        struct table t = {.n = 0};
        for (int i = 0; i < 7; i++)
            place(&t, one_line(104, 1, 100000), 0);
        assert_int_equal(total_tax(&t), 73);
        for (size_t i = first; i < first + 3; i++) {
            t.orders[i].stands = false;
            settle(&t, i);
            check_table(&t);
        }
        assert_int_equal(total_tax(&t), 42);
    }
}

/* What rounding leaves on an order with nothing else on it moves to the newest. */
static void test_nothing_left(void **state)
{
    struct table t = {.n = 0};
    (void)state;
    place(&t, one_line(5, 1, 100000), 0); /* 0.5: 1 */
    place(&t, one_line(5, 1, 100000), 0); /* 1.0: nothing more */
    place(&t, one_line(4, 1, 100000), 0); /* 1.4: nothing more */
    assert_int_equal(t.orders[0].settled.tax_amount, 1);
    assert_int_equal(t.orders[1].settled.tax_amount, 0);
    t.orders[0].lines[0].quantity = 0;
    settle(&t, 0);
    assert_int_equal(t.orders[0].settled.total_amount, 0);
    assert_int_equal(t.orders[1].settled.tax_amount, 0);
    assert_int_equal(t.orders[2].settled.tax_amount, 1); /* round(0.9) */
    check_table(&t);
}

/* CGST and SGST, 2.5 % each, on 1.10 and once more: 2.75 is 3 and 3, 5.5 is 6 and 6. */
static void test_parts(void **state)
{
    struct table t = {.n = 0};
    struct order o = one_line(110, 1, 50000);
    (void)state;
    o.terms.parts = (struct tax_parts){2, {500000, 500000}};
    place(&t, o, 0);
    assert_int_equal(t.orders[0].settled.taxes[0].parts[0], 3);
    assert_int_equal(t.orders[0].settled.taxes[0].parts[1], 3);
    assert_int_equal(t.orders[0].settled.total_amount, 116);
    place(&t, o, 0);
    assert_int_equal(t.orders[1].settled.tax_amount, 6);
    check_table(&t);
}

/* 10 % for service on 12.34 less 2.34, itself taxed at 20 %. */
static void test_service(void **state)
{
    struct table t = {.n = 0};
    struct order o = one_line(1234, 1, 100000);
    (void)state;
    o.terms.service_charge_ppm = 100000;
    o.terms.service_tax_rate_ppm = 200000;
    place(&t, o, 234);
    const struct order_figures *f = &t.orders[0].settled;
    assert_int_equal(f->service_charge_amount, 100);
    assert_int_equal(f->n_taxes, 2);
    assert_true(f->taxes[0].taxable == 1000 && f->taxes[0].amount == 100);
    assert_true(f->taxes[1].taxable == 100 && f->taxes[1].amount == 20);
    assert_int_equal(f->total_amount, 1000 + 100 + 120);
    t.orders[0].terms.service_charge_ppm = 0; /* waived */
    settle(&t, 0);
    assert_int_equal(t.orders[0].settled.total_amount, 1100);
    check_table(&t);
}

/* VAT directive, art. 90: 12.20 of 52.20 given back holds 22 % of what was taxed so. */
static void test_given_back(void **state)
{
    struct order o = one_line(4000, 1, 100000);
    struct table t = {.n = 0};
    (void)state;
    o.terms.prices_include_tax = true;
    o.lines[1] = (struct order_line_amounts){.price = 1220, .quantity = 1, .tax_rate_ppm = 220000};
    o.n_lines = 2;
    place(&t, o, 0);
    struct order_figures f = t.orders[0].settled;
    assert_int_equal(f.tax_amount, 364 + 220);
    order_give_back(&f, &o.terms, &o.extras, 5220, 0);
    assert_true(f.tax_amount == 0 && f.total_amount == 0);
    f = t.orders[0].settled;
    order_give_back(&f, &o.terms, &o.extras, 2610, 0); /* 2000 at 10 %, 610 at 22 % */
    assert_int_equal(f.total_amount, 2610);
    assert_true(f.taxes[0].amount == 364 - 182 && f.taxes[1].amount == 220 - 110);
}

/* A tip is no sale: what is given back of it is no discount, and has no tax in it. */
static void test_tip_given_back(void **state)
{
    struct order o = one_line(1000, 1, 100000);
    struct table t = {.n = 0};
    (void)state;
    o.extras.tip_amount = 220;
    place(&t, o, 0); /* 1000, 100 tax, 220 tip */
    struct order_figures f = t.orders[0].settled;
    order_give_back(&f, &o.terms, &o.extras, 550, 0);
    assert_true(f.discount_amount == 500 && f.tax_amount == 50 && f.tip_given_back == 0 && f.total_amount == 770);
    f = t.orders[0].settled;
    order_give_back(&f, &o.terms, &o.extras, 1100, 100);
    assert_true(f.discount_amount == 1000 && f.tax_amount == 0 && f.tip_given_back == 100 && f.total_amount == 120);
    f = t.orders[0].settled;
    order_give_back(&f, &o.terms, &o.extras, 1200, 330); /* more than there is of both */
    assert_true(f.discount_amount == 1000 && f.tax_amount == 0 && f.tip_given_back == 220 && f.total_amount == 0);
}

static struct order random_order(uint64_t *seed)
{
    static const int32_t rates[] = {0, 25000, 50000, 88750, 100000, 220000, 1000000};
    static const int64_t prices[] = {1, 5, 104, 105, 999, 12345, 1000000};
    struct order o = {.n_lines = 1 + unit_below(seed, LINES), .terms = plain};
    o.terms.prices_include_tax = unit_below(seed, 4) == 0;
    o.terms.discount_reduces_tax = unit_below(seed, 5) > 0;
    o.terms.service_charge_ppm = unit_below(seed, 2) == 0 ? 0 : 125000;
    o.terms.service_tax_rate_ppm = unit_below(seed, 2) == 0 ? NO_RATE : 50000;
    if (unit_below(seed, 4) == 0)
        o.terms.parts = (struct tax_parts){2, {500000, 500000}};
    o.extras = (struct order_extras){(int64_t)unit_below(seed, 3) * 50, 0};
    for (size_t i = 0; i < o.n_lines; i++)
        o.lines[i] = (struct order_line_amounts){.price = prices[unit_below(seed, LENGTH(prices))],
                                                 .quantity = 1 + (int64_t)unit_below(seed, 5),
                                                 .tax_rate_ppm = rates[unit_below(seed, LENGTH(rates))]};
    return o;
}

static void take_off(uint64_t *seed, struct order *o)
{
    struct order_line_amounts *line = &o->lines[unit_below(seed, o->n_lines)];
    switch (unit_below(seed, 6)) {
    case 0:
        o->stands = false;
        break;
    case 1:
        o->given += (int64_t)unit_below(seed, (uint64_t)o->settled.total_amount + 1);
        break;
    case 2:
        if (o->n_discounts < LENGTH(o->discounts))
            o->discounts[o->n_discounts++] =
                (struct order_discount){(int64_t)unit_below(seed, 500), NO_RATE, WHOLE_ORDER};
        break;
    case 3:
        if (o->n_discounts < LENGTH(o->discounts))
            o->discounts[o->n_discounts++] = (struct order_discount){0, 333333, unit_below(seed, o->n_lines)};
        break;
    default:
        line->quantity -= (int64_t)unit_below(seed, (uint64_t)line->quantity + 1);
    }
}

static void test_random_evenings(void **state)
{
    uint64_t seed = unit_seed();
    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct table t = {.n = 0};
        for (int step = 0; step < 30; step++) {
            size_t i = t.n > 0 ? unit_below(&seed, t.n) : 0;
            if (t.n == 0 || (t.n < ORDERS && unit_below(&seed, 2) == 0)) {
                place(&t, random_order(&seed), (int64_t)unit_below(&seed, 2) * (int64_t)unit_below(&seed, 100));
            } else if (t.orders[i].stands) {
                take_off(&seed, &t.orders[i]);
                settle(&t, i);
            }
            check_table(&t);
        }
    }
}

/* An order computed again with nothing taken off is what it was, and the quote for it is
 * within what rounding may move. */
static void test_again_the_same(void **state)
{
    uint64_t seed = unit_seed();
    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct table t = {.n = 0}, alone = {.n = 0};
        for (int i = 0; i < 5; i++) {
            struct order o = random_order(&seed);
            size_t before = t.n;
            alone.n = 0;
            if (place(&t, o, 0) != ORDER_TOTAL_OK)
                continue;
            place(&alone, o, 0);
            assert_true(order_total_may_be(&t.orders[before].settled, &o.terms, &o.extras,
                                           alone.orders[0].settled.total_amount));
            struct order_figures was = t.orders[before].settled;
            settle(&t, before);
            assert_int_equal(t.orders[before].settled.total_amount, was.total_amount);
            assert_int_equal(t.orders[before].settled.tax_amount, was.tax_amount);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_coffees),    cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_nothing_left),   cmocka_unit_test(test_parts),
        cmocka_unit_test(test_service),        cmocka_unit_test(test_given_back),
        cmocka_unit_test(test_tip_given_back), cmocka_unit_test(test_random_evenings),
        cmocka_unit_test(test_again_the_same),
    };
    return cmocka_run_group_tests_name("standing", tests, NULL, NULL);
}
