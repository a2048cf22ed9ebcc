/* What an order costs: the one place where it is computed, for quotes and for
 * orders alike. Amounts in minor units, rates in millionths. */
#ifndef OZ_DOMAIN_ORDER_TOTAL_H
#define OZ_DOMAIN_ORDER_TOTAL_H

#include <stddef.h>
#include <stdint.h>

enum { ORDER_LINES_MAX = 100, ORDER_QUANTITY_MAX = 99 };

struct order_line_amounts {
    int64_t price;     /* of one, without its customizations */
    int64_t modifiers; /* sum of the chosen values' price modifiers, of one */
    int64_t quantity;  /* 1..ORDER_QUANTITY_MAX */
    int32_t tax_rate_ppm;
    int64_t subtotal; /* out: (price + modifiers) * quantity */
};

struct order_adjustments {
    int64_t tip_amount, discount_amount, deposit_used; /* none below zero */
};

struct order_tax {
    int32_t rate_ppm;
    int64_t taxable; /* the sum of the lines at this rate, as priced */
    int64_t amount;
};

struct order_figures {
    int64_t subtotal, tax_amount, total_amount;
    struct order_tax taxes[ORDER_LINES_MAX]; /* by rising rate, each once */
    size_t n_taxes;
};

enum order_total_fault {
    ORDER_TOTAL_OK,
    ORDER_TOTAL_LINE_NEGATIVE, /* a line's price with its customizations is below zero */
    ORDER_TOTAL_LINE_OVERFLOW,
    ORDER_TOTAL_OVERFLOW,
    ORDER_TOTAL_NEGATIVE /* discount and deposit exceed the rest */
};

/* Fills in each line's subtotal and *figures. Tax is computed once for each
 * distinct rate on the sum of the lines at that rate, rounding halves away
 * from zero. With `prices_include_tax` the tax is the part of the price that
 * it makes up, and is not added again. On a line's fault *line is its index. n
 * is at most ORDER_LINES_MAX. */
enum order_total_fault order_total_compute(struct order_line_amounts *lines, size_t n,
                                           const struct order_adjustments *adjustments, int prices_include_tax,
                                           struct order_figures *figures, size_t *line);

#endif
