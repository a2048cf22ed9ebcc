/* Figures of orders as JSON: what orders and sessions store of them, and what
 * answers show. */
#ifndef OZ_API_FIGURES_H
#define OZ_API_FIGURES_H

#include "domain/order_total.h"

struct json_object;
struct request;
struct text;

/* The names of the parts of a tax, NULL where it is not divided. */
struct part_names {
    const char *name[TAX_PARTS_MAX];
};

/* tax_parts as stored: [{name, share_ppm}]; NULL: undivided. */
void figures_parts_read(struct request *r, const char *json, struct tax_parts *parts, struct part_names *names);

/* taxes: [{rate_ppm, taxable, amount, parts?: [{name, amount}]}] */
void figures_taxes_json(const struct order_figures *figures, const struct tax_parts *parts,
                        const struct part_names *names, struct text *json);
void figures_taxes_read(struct request *r, const char *taxes, const struct tax_parts *parts,
                        struct order_figures *figures);

/* The figures as members of a JSON object. */
void figures_members_json(const struct order_figures *figures, const struct order_extras *extras,
                          const struct tax_parts *parts, const struct part_names *names, struct text *json);

/* An order's standing: what it comes to after documents have changed it, as the table's
 * rounding counts it (settled), and as it is shown (adjusted). */
const char *figures_standing_text(struct request *r, const struct order_figures *settled,
                                  const struct order_figures *adjusted, const struct order_extras *extras,
                                  const struct tax_parts *parts, const struct part_names *names);
void figures_standing_read(struct request *r, const char *standing, const struct tax_parts *parts,
                           struct order_figures *settled, struct order_figures *adjusted, struct order_extras *extras);

/* What a session stores of its table (domain/tax.h), and what orders have to know of it. */
struct session_sums {
    struct table_sums table;
    bool service_waived; /* no service charge, on later orders neither */
    bool has_credit;     /* an order that was paid came to less: later ones are paid by it */
    bool has_split;      /* shares take up what is ordered */
};

/* `stored` may be NULL. There is room for one more order. */
void figures_sums_read(struct request *r, const char *stored, struct session_sums *sums);
const char *figures_sums_text(struct request *r, const struct session_sums *sums);

#endif
