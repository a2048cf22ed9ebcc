/* What stands at a table after something was taken off its orders: their service
 * charges and taxes add up to the table's rounded ones again, and each order bears
 * its own within a unit. */
#ifndef OZ_DOMAIN_STANDING_H
#define OZ_DOMAIN_STANDING_H

#include "domain/order_total.h"

struct standing_order {
    const struct order_terms *terms;
    struct order_extras extras;
    bool is_changed;
    /* In: the bases as they are now, taxable without the service charge; the service
     * charge and the parts of the tax as they were. Out: all of it as it is now. */
    struct order_figures figures;

    int64_t value, low, high; /* for table_settle() */
    bool counts;
};

/* Settles the orders of a table, oldest first. For each rate of service charge, then for
 * each part of each rule of tax: the orders' amounts add up to the rounded amount of the
 * table's base, and an order's is its own exact one, rounded down or up. What a change
 * moves falls to the changed orders; what is left of it, to the newest that can take it. So
 * an order with nothing on it bears nothing. False where an amount does not fit. */
bool table_settle(struct standing_order *orders, size_t n);

/* Gives bases that were computed again the service charge and the taxes that the order
 * bore: as table_settle() wants it. */
void order_carry_over(struct order_figures *figures, const struct order_figures *settled,
                      const struct order_terms *terms);

/* Takes the service charge out of what is taxed: as table_settle() wants it. */
void order_service_out(struct order_figures *figures, const struct order_terms *terms);

/* Lowers settled figures by money given back (VAT directive 2006/112/EC, art. 90). `of_sale`
 * counts as a discount, at most the sale: spread over what was charged by rate, an untaxed
 * service charge included; the tax in it is given * r / (1 + r), at most the order's.
 * `of_tip`, which is no sale, lowers the tip, at most to nothing. The settled figures stay
 * the table's. */
void order_give_back(struct order_figures *figures, const struct order_terms *terms, const struct order_extras *extras,
                     int64_t of_sale, int64_t of_tip);

#endif
