#include "api/payments/split_items.h"

#include "base/arena.h"
#include "base/text.h"
#include "domain/money.h"
#include "domain/spread.h"
#include "http/fields.h"
#include "http/request.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

enum { ITEMS_MAX = 100 };

struct share_input {
    const char *label;
    struct json_object *items;
};

struct item_input {
    const char *item_id;
    struct optional_int quantity, parts;
};

static const struct field share_fields[] = {
    {AT(share_input, label), .type = FIELD_LINE, .required = true, .min = 1, .max = 60},
    {AT(share_input, items), .type = FIELD_ARRAY, .required = true, .min = 1, .max = ITEMS_MAX},
};

static const struct field item_fields[] = {
    {AT(item_input, item_id), .type = FIELD_UUID, .required = true},
    {AT(item_input, quantity), .type = FIELD_INT, .min = 1, .max = ORDER_QUANTITY_MAX},
    {AT(item_input, parts), .type = FIELD_INT, .min = 1, .max = ITEMS_MAX},
};

/* A line that stands, what is due of it, and how far it was handed out. */
struct line {
    const char *id;
    const struct ledger_order *order;
    int64_t ordered, value;     /* what of it stands, and what that comes to with all that goes along */
    int64_t had, covered;       /* pieces of shares that are paid, and what shares have paid of the value */
    int64_t quantity, due;      /* what is left of it; 0: nothing */
    int64_t pieces;             /* handed out whole */
    int64_t parts, parts_taken; /* the rest of it, divided */
};

struct lines {
    struct line *list;
    size_t n;
    int64_t rest; /* what is due of lines of which nothing is left */
};

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

static enum err add_order(struct request *r, struct ledger_order *o, struct lines *lines)
{
    struct order_line_amounts amounts[ORDER_LINES_MAX];
    struct order_figures *figures = arena_alloc(r->arena, sizeof *figures);
    int64_t weights[ORDER_LINES_MAX], values[ORDER_LINES_MAX];
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
            lines->list[lines->n++] =
                (struct line){.id = o->lines[i].id, .order = o, .ordered = amounts[i].quantity, .value = values[i]};
    return ERR_OK;
}

static struct line *find_line(const struct lines *lines, const char *id)
{
    for (size_t i = 0; i < lines->n; i++)
        if (strcmp(lines->list[i].id, id) == 0)
            return &lines->list[i];
    return NULL;
}

/* What an item of a stored share comes to, and its line; NULL if that does not stand. */
static struct line *line_of(const struct lines *lines, struct json_object *item, int64_t *quantity, int64_t *value)
{
    struct json_object *id = json_object_object_get(item, "item_id"), *parts = json_object_object_get(item, "parts");
    struct line *line = find_line(lines, json_object_get_string(id));
    *quantity = parts == NULL ? json_object_get_int64(json_object_object_get(item, "quantity")) : 0;
    *value = 0;
    if (line != NULL && parts != NULL)
        *value = line->value / json_object_get_int64(parts);
    else if (line != NULL && !money_share_floor(line->value, *quantity, line->ordered, value))
        *value = line->value; /* cannot be */
    return line;
}

/* A share that was paid keeps what it had: its pieces, if it is paid in full, and of their
 * lines' values what it has paid. */
static enum err keep(struct request *r, const struct share *share, const struct split_share *amounts,
                     struct lines *lines)
{
    struct json_object *items = json_tokener_parse(share->items);
    size_t n = items != NULL ? json_object_array_length(items) : 0;
    int64_t *values = arena_array(r->arena, n + 1, sizeof *values), *paid = arena_array(r->arena, n + 1, sizeof *paid);
    struct line **of = arena_array(r->arena, n + 1, sizeof *of);
    if (items == NULL)
        return ERR_INTERNAL;
    for (size_t i = 0; i < n; i++) {
        int64_t quantity;
        of[i] = line_of(lines, json_object_array_get_idx(items, i), &quantity, &values[i]);
        if (of[i] != NULL && amounts->paid >= amounts->amount)
            of[i]->had += quantity;
    }
    json_object_put(items);
    spread_by_weight(amounts->paid, values, n, paid);
    for (size_t i = 0; i < n; i++)
        if (of[i] != NULL)
            of[i]->covered += paid[i];
    return ERR_OK;
}

/* Divides what is due of an order among what is left of its lines. */
static void divide_due(const struct ledger_order *o, struct lines *lines)
{
    int64_t weights[ORDER_LINES_MAX], due[ORDER_LINES_MAX], open = 0;
    struct line *of[ORDER_LINES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < lines->n; i++) {
        struct line *l = &lines->list[i];
        if (l->order != o)
            continue;
        weights[n] = l->value > l->covered ? l->value - l->covered : 0;
        open += weights[n];
        of[n++] = l;
    }
    for (size_t i = 0; i < n && open == 0; i++)
        weights[i] = of[i]->value;
    spread_by_weight(account_due(&o->account), weights, n, due);
    for (size_t i = 0; i < n; i++) {
        bool is_left = of[i]->ordered > of[i]->had && (weights[i] > 0 || of[i]->value == 0);
        of[i]->quantity = is_left ? of[i]->ordered - of[i]->had : 0;
        of[i]->due = is_left ? due[i] : 0;
        lines->rest += is_left ? 0 : due[i];
    }
}

static enum err read_lines(struct request *r, struct ledger *ledger, const struct shares *old, struct lines *lines)
{
    bool any_kept = false;
    for (size_t i = 0; i < old->n; i++)
        any_kept = any_kept || (old->list[i].items != NULL && old->amounts[i].paid > 0);
    *lines = (struct lines){.list = arena_array(r->arena, ledger->n * ORDER_LINES_MAX, sizeof *lines->list)};
    for (size_t i = 0; i < ledger->n; i++)
        if (ledger->orders[i].stands && (any_kept || account_due(&ledger->orders[i].account) > 0))
            TRY(add_order(r, &ledger->orders[i], lines));
    for (size_t i = 0; i < old->n; i++)
        if (old->list[i].items != NULL && old->amounts[i].paid > 0)
            TRY(keep(r, &old->list[i], &old->amounts[i], lines));
    for (size_t i = 0; i < ledger->n; i++)
        if (ledger->orders[i].stands && account_due(&ledger->orders[i].account) > 0)
            divide_due(&ledger->orders[i], lines);
    return ERR_OK;
}

/* What pieces first, first + 1, ... of n equal ones come to: the first are a unit larger. */
static int64_t pieces_of(int64_t whole, int64_t n, int64_t first, int64_t count)
{
    int64_t large = whole % n, end = first + count;
    int64_t larger = (end < large ? end : large) - (first < large ? first : large);
    return whole / n * count + larger;
}

/* Whole pieces first, so that what is divided is what is left of the line. */
static int64_t take_pieces(struct request *r, struct line *line, const struct item_input *in, const char *pointer)
{
    int64_t quantity = in->quantity.is_set ? in->quantity.value : line->quantity - line->pieces;
    if (line->parts > 0 || quantity == 0 || line->pieces + quantity > line->quantity) {
        problem_fault(r, pointer, "out_of_range", "only %" PRId64 " of it is left",
                      line->parts > 0 ? 0 : line->quantity - line->pieces);
        return 0;
    }
    int64_t amount = pieces_of(line->due, line->quantity, line->pieces, quantity);
    line->pieces += quantity;
    return amount;
}

static int64_t take_part(struct request *r, struct line *line, const struct item_input *in, const char *pointer)
{
    int64_t left = line->quantity - line->pieces;
    if (line->parts == 0)
        line->parts = in->parts.value;
    if (left == 0 || line->parts != in->parts.value || line->parts_taken == line->parts) {
        problem_fault(r, pointer, "out_of_range", "does not divide what is left of it into as many parts");
        return 0;
    }
    int64_t whole = pieces_of(line->due, line->quantity, line->pieces, left);
    return pieces_of(whole, line->parts, line->parts_taken++, 1);
}

static int64_t take_item(struct request *r, const struct lines *lines, struct json_object *json, const char *pointer,
                         struct text *stored)
{
    struct item_input in = {0};
    if (!fields_read(r, json, pointer, FIELDS(item_fields), &in))
        return 0;
    struct line *line = find_line(lines, in.item_id);
    const char *id = arena_printf(r->arena, "%s/item_id", pointer);
    if (line == NULL || line->quantity == 0) {
        problem_fault(r, id, "not_found", "is not on the bill, or was paid");
        return 0;
    }
    if (in.parts.is_set && in.quantity.is_set) {
        problem_fault(r, arena_printf(r->arena, "%s/parts", pointer), "mismatch",
                      "must not be given together with quantity");
        return 0;
    }
    text_json_comma(stored);
    text_puts(stored, "{");
    text_json_member(stored, "item_id", in.item_id);
    if (in.parts.is_set)
        text_json_member_int(stored, "parts", in.parts.value);
    else
        text_json_member_int(stored, "quantity",
                             in.quantity.is_set ? in.quantity.value : line->quantity - line->pieces);
    text_puts(stored, "}");
    return in.parts.is_set ? take_part(r, line, &in, id) : take_pieces(r, line, &in, id);
}

static void take_share(struct request *r, const struct ledger *ledger, const struct lines *lines,
                       struct json_object *json, size_t index, struct shares *shares)
{
    struct share_input in = {0};
    struct text stored;
    const char *pointer = arena_printf(r->arena, "/shares/%zu", index);
    int64_t amount = 0;
    fields_read(r, json, pointer, FIELDS(share_fields), &in);
    if (in.items == NULL)
        return;
    text_init(&stored, r->arena);
    text_puts(&stored, "[");
    for (size_t i = 0; i < json_object_array_length(in.items); i++)
        amount += take_item(r, lines, json_object_array_get_idx(in.items, i),
                            arena_printf(r->arena, "%s/items/%zu", pointer, i), &stored);
    text_puts(&stored, "]");
    const struct share share = {.split_by = "item", .items = stored.bytes};
    shares_add(r, ledger, shares, &share, in.label, amount);
}

/* What nobody had. */
static int64_t left_of(const struct line *line)
{
    if (line->quantity == 0)
        return 0;
    int64_t left = line->quantity - line->pieces, whole = pieces_of(line->due, line->quantity, line->pieces, left);
    return line->parts == 0 ? whole : pieces_of(whole, line->parts, line->parts_taken, line->parts - line->parts_taken);
}

enum err split_items(struct request *r, struct json_object *list, struct ledger *ledger, const struct shares *old,
                     struct shares *shares)
{
    struct lines lines;
    TRY(read_lines(r, ledger, old, &lines));
    int64_t rest = lines.rest;
    for (size_t i = 0; i < json_object_array_length(list); i++)
        take_share(r, ledger, &lines, json_object_array_get_idx(list, i), i, shares);
    TRY(problem_verdict(r));
    for (size_t i = 0; i < lines.n; i++)
        rest += left_of(&lines.list[i]);
    const struct share share = {.split_by = "item", .is_rest = true};
    if (rest > 0)
        shares_add(r, ledger, shares, &share, "rest", rest);
    return ERR_OK;
}
