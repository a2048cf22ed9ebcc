#include "api/payments/split_lines.h"

#include "base/arena.h"
#include "base/json_arena.h"
#include "domain/money.h"
#include "domain/spread.h"
#include "http/request.h"

#include <json-c/json.h>
#include <string.h>

/* What a line comes to with its tax, by which its order is divided. The tax is of the price
 * before the discount where that does not lower it. */
static int64_t weight_of(const struct ledger_order *o, const struct order_line_amounts *line)
{
    int64_t net = line->subtotal - line->discount, tax = 0;
    int64_t base = o->terms.discount_reduces_tax ? net : line->subtotal;
    if (!o->terms.prices_include_tax && !money_share(base, line->tax_rate_ppm, RATE_ONE, &tax))
        tax = 0;
    return net + tax;
}

static enum err add_order(struct request *r, struct ledger_order *o, struct split_lines *lines)
{
    struct order_line_amounts amounts[ORDER_LINES_MAX];
    struct order_figures *figures = arena_alloc(r->arena, sizeof *figures);
    int64_t weights[ORDER_LINES_MAX] = {0}, values[ORDER_LINES_MAX];
    size_t line;
    TRY(ledger_read_lines(r, o));
    for (size_t i = 0; i < o->n_lines; i++)
        amounts[i] = o->lines[i].amounts;
    if (order_bases_compute(amounts, o->n_lines, o->discounts, o->n_discounts, &o->terms, figures, &line) !=
        ORDER_TOTAL_OK)
        return ERR_INTERNAL; /* it was placed with more */
    for (size_t i = 0; i < o->n_lines; i++)
        weights[i] = weight_of(o, &amounts[i]);
    spread_by_weight(o->account.total, weights, o->n_lines, values);
    for (size_t i = 0; i < o->n_lines; i++)
        if (amounts[i].quantity > 0)
            lines->list[lines->n++] = (struct split_line){
                .id = o->lines[i].id, .order = o, .ordered = amounts[i].quantity, .value = values[i]};
    return ERR_OK;
}

struct split_line *split_lines_find(const struct split_lines *lines, const char *id)
{
    for (size_t i = 0; i < lines->n; i++)
        if (strcmp(lines->list[i].id, id) == 0)
            return &lines->list[i];
    return NULL;
}

/* What an item of a stored share comes to, and its line; NULL if that does not stand. */
static struct split_line *line_of(const struct split_lines *lines, struct json_object *item, int64_t *quantity,
                                  int64_t *value)
{
    struct json_object *id = json_object_object_get(item, "item_id"), *parts = json_object_object_get(item, "parts");
    struct split_line *line = split_lines_find(lines, json_object_get_string(id));
    *quantity = parts == NULL ? json_object_get_int64(json_object_object_get(item, "quantity")) : 0;
    *value = 0;
    if (line != NULL && parts != NULL)
        *value = line->value / json_object_get_int64(parts);
    else if (line != NULL && !money_share_floor(line->value, *quantity, line->ordered, value))
        *value = line->value; /* cannot be */
    return line;
}

/* Whether a share of before is for items, and has paid for some of them. */
static bool has_paid(const struct shares *old, size_t i)
{
    return old->list[i].items != NULL && old->amounts[i].paid > 0;
}

/* A share that was paid keeps what it had: its pieces, if it is paid in full, and of their
 * lines' values what it has paid. */
static void keep(struct request *r, const struct share *share, const struct split_share *amounts,
                 struct split_lines *lines)
{
    struct json_object *items = json_arena_parse(r->arena, share->items);
    size_t n = json_object_array_length(items);
    int64_t *values = arena_array(r->arena, n + 1, sizeof *values), *paid = arena_array(r->arena, n + 1, sizeof *paid);
    struct split_line **of = arena_array(r->arena, n + 1, sizeof *of);
    for (size_t i = 0; i < n; i++) {
        int64_t quantity;
        of[i] = line_of(lines, json_object_array_get_idx(items, i), &quantity, &values[i]);
        if (of[i] != NULL && !share->is_cut && amounts->paid >= amounts->amount)
            of[i]->had += quantity;
    }
    spread_by_weight(amounts->paid, values, n, paid);
    for (size_t i = 0; i < n; i++)
        if (of[i] != NULL)
            of[i]->covered += paid[i];
}

/* What of a line's value no share has: all of it is paid with its last piece. */
static int64_t open_of(const struct split_line *line)
{
    int64_t with_pieces, covered = line->covered;
    if (line->had >= line->ordered)
        return 0;
    if (money_share_floor(line->value, line->had, line->ordered, &with_pieces) && with_pieces > covered)
        covered = with_pieces;
    return line->value > covered ? line->value - covered : 0;
}

/* Divides what is due of an order among what is left of its lines; it is of nobody's line only
 * where nothing is left of any. */
static void divide_due(const struct ledger_order *o, struct split_lines *lines)
{
    int64_t weights[ORDER_LINES_MAX] = {0}, due[ORDER_LINES_MAX], open = 0;
    struct split_line *of[ORDER_LINES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < lines->n; i++) {
        struct split_line *l = &lines->list[i];
        if (l->order != o)
            continue;
        weights[n] = open_of(l);
        open += weights[n];
        of[n++] = l;
    }
    for (size_t i = 0; i < n && open == 0; i++)
        weights[i] = of[i]->had < of[i]->ordered ? of[i]->value : 0;
    spread_by_weight(account_due(&o->account), weights, n, due);
    lines->rest += account_due(&o->account);
    for (size_t i = 0; i < n; i++) {
        bool is_left = of[i]->had < of[i]->ordered && (weights[i] > 0 || of[i]->value == 0);
        of[i]->quantity = is_left ? of[i]->ordered - of[i]->had : 0;
        of[i]->due = is_left ? due[i] : 0;
        lines->rest -= of[i]->due;
    }
}

enum err split_lines_read(struct request *r, struct ledger *ledger, const struct shares *old, struct split_lines *lines)
{
    bool any_kept = false;
    for (size_t i = 0; i < old->n; i++)
        any_kept = any_kept || has_paid(old, i);
    *lines = (struct split_lines){.list = arena_array(r->arena, ledger->n * ORDER_LINES_MAX, sizeof *lines->list)};
    for (size_t i = 0; i < ledger->n; i++)
        if (ledger->orders[i].stands && (any_kept || account_due(&ledger->orders[i].account) > 0))
            TRY(add_order(r, &ledger->orders[i], lines));
    for (size_t i = 0; i < old->n; i++)
        if (has_paid(old, i))
            keep(r, &old->list[i], &old->amounts[i], lines);
    for (size_t i = 0; i < ledger->n; i++)
        if (ledger->orders[i].stands && account_due(&ledger->orders[i].account) > 0)
            divide_due(&ledger->orders[i], lines);
    return ERR_OK;
}
