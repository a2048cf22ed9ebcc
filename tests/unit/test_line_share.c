/* domain/line_share: what each line of an order bears, worked by hand; and random
 * orders of which the lines bear all that is theirs, and no more. */
#include "unit.h"

#include "domain/line_share.h"
#include "domain/money.h"

enum { LINES = 6 };

static const struct order_terms plain = {
    .discount_reduces_tax = true, .service_tax_rate_ppm = NO_RATE, .parts = {1, {RATE_ONE}}};
static const struct order_extras nothing = {0, 0};

static struct order_line_amounts line(int64_t price, int64_t quantity, int32_t rate)
{
    return (struct order_line_amounts){.price = price, .quantity = quantity, .tax_rate_ppm = rate};
}

static void compute(struct order_line_amounts *lines, size_t n, int64_t discount, const struct order_terms *terms,
                    struct order_figures *f)
{
    static const struct table_sums empty = {0};
    size_t fault;
    assert_int_equal(order_total_compute(lines, n, discount, &nothing, terms, &empty, f, &fault), ORDER_TOTAL_OK);
}

static void assert_share(const struct line_share *s, int64_t quantity, int64_t subtotal, int64_t discount, int64_t tax)
{
    assert_int_equal(s->quantity, quantity);
    assert_int_equal(s->subtotal, subtotal);
    assert_int_equal(s->discount, discount);
    assert_int_equal(s->tax, tax);
}

/* A discount of 100 on 200 and 100; taxes of 10 % on 133 and of 20 % on 67. */
static void test_two_rates(void **state)
{
    (void)state;
    struct order_line_amounts lines[] = {line(100, 2, 100000), line(100, 1, 200000)};
    struct order_figures f;
    struct line_share out[2];
    compute(lines, 2, 100, &plain, &f);
    order_lines_share(lines, 2, &f, &plain, out);
    assert_share(&out[0], 2, 200, 67, 13);
    assert_share(&out[1], 1, 100, 33, 13);
}

/* Three lines of one rate: 1 of tax for the first of those with the largest remainder. */
static void test_largest_remainder(void **state)
{
    (void)state;
    struct order_line_amounts lines[] = {line(4, 1, 100000), line(5, 1, 100000), line(4, 1, 100000)};
    struct order_figures f;
    struct line_share out[3];
    compute(lines, 3, 0, &plain, &f);
    order_lines_share(lines, 3, &f, &plain, out);
    assert_share(&out[0], 1, 4, 0, 0);
    assert_share(&out[1], 1, 5, 0, 1);
    assert_share(&out[2], 1, 4, 0, 0);
}

/* A service charge of 10 %, taxed at the rate of the line: its tax is no line's. */
static void test_service_charge(void **state)
{
    (void)state;
    struct order_terms terms = plain;
    struct order_line_amounts lines[] = {line(1000, 1, 100000)};
    struct order_figures f;
    struct line_share out[1];
    terms.service_charge_ppm = 100000;
    terms.service_tax_rate_ppm = 100000;
    compute(lines, 1, 0, &terms, &f);
    assert_int_equal(f.tax_amount, 110);
    order_lines_share(lines, 1, &f, &terms, out);
    assert_share(&out[0], 1, 1000, 0, 100);
}

/* What was given back with the sale is a discount on all lines; the rest of it, on a service charge, is none's. */
static void test_given_back(void **state)
{
    (void)state;
    struct order_line_amounts lines[] = {line(300, 1, 0), line(100, 1, 0)};
    struct order_figures f;
    struct line_share out[2];
    compute(lines, 2, 0, &plain, &f);
    f.discount_amount += 100;
    order_lines_share(lines, 2, &f, &plain, out);
    assert_share(&out[0], 1, 300, 75, 0);
    assert_share(&out[1], 1, 100, 25, 0);
    f.discount_amount = 500;
    order_lines_share(lines, 2, &f, &plain, out);
    assert_share(&out[0], 1, 300, 300, 0);
    assert_share(&out[1], 1, 100, 100, 0);
}

static void test_random(void **state)
{
    (void)state;
    uint64_t seed = unit_seed();
    for (int round = 0; round < 2000; round++) {
        struct order_line_amounts lines[LINES];
        struct order_terms terms = plain;
        struct order_figures f;
        struct line_share out[LINES];
        size_t n = 1 + (size_t)unit_below(&seed, LINES);
        int64_t subtotal = 0, discount = 0, tax = 0;
        terms.prices_include_tax = (int64_t)unit_below(&seed, 2) == 0;
        for (size_t i = 0; i < n; i++) {
            lines[i] = line((int64_t)unit_below(&seed, 2000), 1 + (int64_t)unit_below(&seed, 3),
                            (int32_t)unit_below(&seed, 3) * 88750);
            subtotal += lines[i].price * lines[i].quantity;
        }
        int64_t given = subtotal > 0 ? (int64_t)unit_below(&seed, (uint64_t)subtotal + 1) : 0;
        compute(lines, n, given, &terms, &f);
        order_lines_share(lines, n, &f, &terms, out);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(out[i].discount, lines[i].discount);
            assert_true(out[i].tax >= 0);
            discount += out[i].discount;
            tax += out[i].tax;
        }
        assert_int_equal(discount, given);
        /* A rate at which everything was taken off has no tax; all of the rest is the lines'. */
        assert_int_equal(tax, f.tax_amount);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_rates),      cmocka_unit_test(test_largest_remainder),
        cmocka_unit_test(test_service_charge), cmocka_unit_test(test_given_back),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
