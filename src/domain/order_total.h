/* What an order costs: the one place where it is computed, for quotes, for
 * orders, and for orders computed again after something was taken off them.
 * Amounts in minor units, rates in millionths. */
#ifndef OZ_DOMAIN_ORDER_TOTAL_H
#define OZ_DOMAIN_ORDER_TOTAL_H

#include "domain/tax.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORDER_LINES_MAX = 100, ORDER_QUANTITY_MAX = 99, ORDER_TAXES_MAX = ORDER_LINES_MAX + 1 };

/* What an order is made with. It keeps this when the restaurant's settings change. */
struct order_terms {
    bool prices_include_tax;
    bool discount_reduces_tax; /* VAT directive 2006/112/EC, art. 79(b); CGST act 2017, s. 15(3)(a) */
    int32_t service_charge_ppm;
    int32_t service_tax_rate_ppm; /* NO_RATE: the service charge is not taxed */
    struct tax_parts parts;
};
enum { NO_RATE = -1 };

struct order_line_amounts {
    int64_t price;     /* of one, without its customizations */
    int64_t modifiers; /* sum of the chosen values' price modifiers, of one */
    int64_t quantity;  /* that stands: 0..ORDER_QUANTITY_MAX */
    int32_t tax_rate_ppm;
    int64_t subtotal; /* out: (price + modifiers) * quantity */
    int64_t discount; /* out: its part of the discounts */
};

/* A discount on one line, or on all in proportion to what they come to by then;
 * never more than that. */
struct order_discount {
    int64_t amount;   /* without a rate */
    int32_t rate_ppm; /* NO_RATE: an amount */
    size_t line;      /* WHOLE_ORDER: on all */
};
#define WHOLE_ORDER SIZE_MAX

struct order_extras {
    int64_t tip_amount, deposit_used; /* none below zero, not taxed */
};

/* Of an order that is read again, charged is not known and not needed. */
struct order_tax {
    int32_t rate_ppm;
    int64_t taxable; /* the base: what the order comes to at this rate */
    int64_t charged; /* the same less all discounts, those too that do not reduce the tax */
    int64_t amount;  /* of all parts */
    int64_t parts[TAX_PARTS_MAX];
};

struct order_figures {
    int64_t subtotal, discount_amount, service_charge_amount, tax_amount, total_amount;
    int64_t service_base;                    /* subtotal less discount, where there is a service charge */
    int64_t tip_given_back;                  /* of the tip */
    struct order_tax taxes[ORDER_TAXES_MAX]; /* by rising rate, each once */
    size_t n_taxes;
};

enum order_total_fault {
    ORDER_TOTAL_OK,
    ORDER_TOTAL_LINE_NEGATIVE, /* a line's price with its customizations is below zero */
    ORDER_TOTAL_LINE_OVERFLOW,
    ORDER_TOTAL_OVERFLOW,
    ORDER_TOTAL_DISCOUNT, /* the discount is more than the subtotal */
    ORDER_TOTAL_NEGATIVE  /* the deposit is more than the rest */
};

/* The rule of tax at a rate of the order. */
struct tax_rule order_tax_rule(const struct order_terms *terms, int32_t rate_ppm);

/* Fills in each line's subtotal and discount, and of *figures subtotal, discount,
 * service_base and each rate's taxable without the service charge: all that does not
 * depend on the table. The discounts apply one after the other, each to what the ones
 * before have left; an amount is cut to that. A rate whose lines are all taken off is
 * not listed. n is at most ORDER_LINES_MAX. On a line's fault *line is its index. */
enum order_total_fault order_bases_compute(struct order_line_amounts *lines, size_t n,
                                           const struct order_discount *discounts, size_t n_discounts,
                                           const struct order_terms *terms, struct order_figures *figures,
                                           size_t *line);

/* The whole of a new order, placed at a table whose standing documents come to `table`
 * (empty without a session): its service charge and its tax are what it moves the
 * table's by. discount_amount, if above zero, is on the whole order. */
enum order_total_fault order_total_compute(struct order_line_amounts *lines, size_t n, int64_t discount_amount,
                                           const struct order_extras *extras, const struct order_terms *terms,
                                           const struct table_sums *table, struct order_figures *figures, size_t *line);

/* The entry of the rate, added in rising order if it is new. */
struct order_tax *order_tax_at(struct order_figures *figures, int32_t rate_ppm);

/* Adds to the service charge, and to what is taxed at its rate; may be below zero. */
bool order_service_add(struct order_figures *figures, const struct order_terms *terms, int64_t amount);

/* tax_amount and total_amount from the rest. False where it does not fit. */
bool order_figures_sum(struct order_figures *figures, const struct order_terms *terms,
                       const struct order_extras *extras);

/* A deposit pays at most what the order comes to: what is more is free again. */
void order_fit_deposit(struct order_figures *figures, struct order_extras *extras);

/* Whether the order of these figures might come to `total` as well, had the rounding over
 * its table fallen otherwise: by a unit for each part of each tax, at most. */
bool order_total_may_be(const struct order_figures *figures, const struct order_terms *terms,
                        const struct order_extras *extras, int64_t total);

/* Adds what the order comes to to the table's sums, or takes it out. The arrays need
 * room for n_taxes and one service charge more. */
void order_join_table(struct table_sums *table, const struct order_figures *figures, const struct order_terms *terms);
void order_leave_table(struct table_sums *table, const struct order_figures *figures, const struct order_terms *terms);

#endif
