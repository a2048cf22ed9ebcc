/* An order before it is placed: the body combined with the menu, and priced.
 * Quotes and orders are made from the same draft. */
#ifndef OZ_API_ORDERS_DRAFT_H
#define OZ_API_ORDERS_DRAFT_H

#include "api/figures.h"
#include "api/orders/input.h"
#include "db/db.h"
#include "domain/order_total.h"
#include "domain/selection.h"

#include <stdbool.h>

struct text;

struct draft_line {
    const char *menu_item_id, *name, *station; /* station may be NULL */
    struct choice *choices;
    size_t n_choices;
};

struct order_draft {
    const struct order_input *in;
    const char *currency, *business_date;
    int64_t session_seconds; /* how long a session lasts that nobody uses */
    bool is_open, takeaway_at_tables;
    struct order_terms terms;
    const char *tax_parts; /* as stored, NULL: undivided */
    struct part_names part_names;
    bool has_counter; /* of order numbers, for the business day */
    struct draft_line lines[ORDER_LINES_MAX];
    struct order_line_amounts amounts[ORDER_LINES_MAX];
    struct session_sums sums; /* of the table, before the order */
    struct order_figures figures;
    struct order_extras extras;

    db_slot restaurant, items, options; /* what order_draft_queue() asked for */
};

/* Queues the reads it needs. */
void order_draft_queue(struct request *r, struct order_draft *draft, const struct order_input *in);

/* After that ran: finds items and choices and computes the figures. `sums`: as the
 * session stores them, NULL without one. Notes every fault. */
enum err order_draft_make(struct request *r, struct order_draft *draft, const char *sums);

/* An order that costs nothing is paid at once. */
const char *order_draft_payment_status(const struct order_draft *draft);

/* The figures as members of a JSON object. */
void order_draft_figures_json(const struct order_draft *draft, struct text *json);
/* taxes: [{rate_ppm, taxable, amount}] */
void order_draft_taxes_json(const struct order_draft *draft, struct text *json);
/* A priced line as members of a JSON object. */
void order_draft_line_json(const struct order_draft *draft, size_t i, struct text *json);
/* The quote: figures and priced lines. */
void order_draft_quote_json(const struct order_draft *draft, struct text *json);

#endif
