/* The lines of a bill that is split by item: what is left of each, after what shares of
 * before have paid. */
#ifndef OZ_API_PAYMENTS_SPLIT_LINES_H
#define OZ_API_PAYMENTS_SPLIT_LINES_H

#include "api/ledger.h"
#include "api/shares.h"

/* A line that stands, what is due of it, and how far it was handed out. */
struct split_line {
    const char *id;
    const struct ledger_order *order;
    int64_t ordered, value;     /* what of it stands, and what that comes to with all that goes along */
    int64_t had, covered;       /* pieces of shares that are paid, and what shares have paid of the value */
    int64_t quantity, due;      /* what is left of it; 0: nothing */
    int64_t pieces;             /* handed out whole */
    int64_t parts, parts_taken; /* the rest of it, divided */
};

struct split_lines {
    struct split_line *list;
    size_t n;
    int64_t rest; /* what is due of lines of which nothing is left */
};

/* The lines of the ledger's orders, with what is due of each. A share of `old` that has paid
 * keeps its pieces, if it has paid all of it, and of its lines' values what it has paid. What
 * is due of an order is divided among what is left of its lines, by what they come to with their
 * tax; discount, service charge, deposit and tip go along, by largest remainder. */
enum err split_lines_read(struct request *r, struct ledger *ledger, const struct shares *old,
                          struct split_lines *lines);

/* NULL: none of them. */
struct split_line *split_lines_find(const struct split_lines *lines, const char *id);

#endif
