#include "api/payments/split_items.h"

#include "api/card_guard.h"
#include "api/payments/split_lines.h"
#include "base/arena.h"
#include "base/text.h"
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

/* What pieces first, first + 1, ... of n equal ones come to: the first are a unit larger. */
static int64_t pieces_of(int64_t whole, int64_t n, int64_t first, int64_t count)
{
    int64_t large = whole % n, end = first + count;
    int64_t larger = (end < large ? end : large) - (first < large ? first : large);
    return whole / n * count + larger;
}

/* Whole pieces first, so that what is divided is what is left of the line. */
static int64_t take_pieces(struct request *r, struct split_line *line, const struct item_input *in, const char *pointer)
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

static int64_t take_part(struct request *r, struct split_line *line, const struct item_input *in, const char *pointer)
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

static void put_item(struct text *json, const struct split_line *line, const char *member, int64_t value)
{
    text_json_comma(json);
    text_puts(json, "{");
    text_json_member(json, "item_id", line->id);
    text_json_member_int(json, member, value);
    text_puts(json, "}");
}

static int64_t take_item(struct request *r, const struct split_lines *lines, struct json_object *json,
                         const char *pointer, struct text *stored)
{
    struct item_input in = {0};
    if (!fields_read(r, json, pointer, FIELDS(item_fields), &in))
        return 0;
    struct split_line *line = split_lines_find(lines, in.item_id);
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
    if (in.parts.is_set)
        put_item(stored, line, "parts", in.parts.value);
    else
        put_item(stored, line, "quantity", in.quantity.is_set ? in.quantity.value : line->quantity - line->pieces);
    return in.parts.is_set ? take_part(r, line, &in, id) : take_pieces(r, line, &in, id);
}

static void take_share(struct request *r, const struct ledger *ledger, const struct split_lines *lines,
                       struct json_object *json, size_t index, struct shares *shares)
{
    struct share_input in = {0};
    struct text stored;
    const char *pointer = arena_printf(r->arena, "/shares/%zu", index);
    int64_t amount = 0;
    fields_read(r, json, pointer, FIELDS(share_fields), &in);
    card_guard_check(r, in.label, arena_printf(r->arena, "%s/label", pointer));
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

/* What nobody had of a line, and what it comes to. */
static int64_t leave(const struct split_line *line, struct text *stored)
{
    int64_t left = line->quantity - line->pieces;
    if (left == 0)
        return 0;
    int64_t whole = pieces_of(line->due, line->quantity, line->pieces, left);
    if (line->parts == 0) {
        put_item(stored, line, "quantity", left);
        return whole;
    }
    for (int64_t i = line->parts_taken; i < line->parts; i++)
        put_item(stored, line, "parts", line->parts);
    return pieces_of(whole, line->parts, line->parts_taken, line->parts - line->parts_taken);
}

enum err split_items(struct request *r, struct json_object *list, struct ledger *ledger, const struct shares *old,
                     struct shares *shares)
{
    struct split_lines lines;
    struct text stored;
    TRY(split_lines_read(r, ledger, old, &lines));
    for (size_t i = 0; i < json_object_array_length(list); i++)
        take_share(r, ledger, &lines, json_object_array_get_idx(list, i), i, shares);
    TRY(problem_verdict(r));
    int64_t rest = lines.rest;
    text_init(&stored, r->arena);
    text_puts(&stored, "[");
    for (size_t i = 0; i < lines.n; i++)
        rest += leave(&lines.list[i], &stored);
    text_puts(&stored, "]");
    const struct share share = {.split_by = "item", .is_rest = true, .items = stored.bytes};
    if (rest > 0)
        shares_add(r, ledger, shares, &share, "rest", rest);
    return ERR_OK;
}
