/* What of an order's amounts is of which line, for reports by item. Amounts in minor
 * units. */
#ifndef OZ_DOMAIN_LINE_SHARE_H
#define OZ_DOMAIN_LINE_SHARE_H

#include "domain/order_total.h"

struct line_share {
    int64_t quantity, subtotal, discount, tax;
};

/* The lines as order_bases_compute() left them, and the order's figures. What the discount
 * is beyond that of the lines (money given back with the sale) is spread over what they come to; each rate's
 * tax over its lines and the service charge taxed at it, in proportion to what they come to. By largest
 * remainder. What falls to no line is of the order as a whole. */
void order_lines_share(const struct order_line_amounts *lines, size_t n, const struct order_figures *figures,
                       const struct order_terms *terms, struct line_share *out);

#endif
