#include "api/orders/draft.h"

#include "api/offline_change.h"
#include "base/arena.h"
#include "base/text.h"
#include "db/array.h"
#include "domain/account.h"
#include "domain/money.h"
#include "http/request.h"

#include <stdlib.h>
#include <string.h>

void order_draft_queue(struct request *r, struct order_draft *draft, const struct order_input *in)
{
    struct text ids;
    *draft = (struct order_draft){.in = in};
    draft->extras = (struct order_extras){.tip_amount = in->tip_amount.value, .deposit_used = in->deposit_used.value};
    array_init(&ids, r->arena);
    for (size_t i = 0; i < in->n_lines; i++)
        array_add(&ids, in->lines[i].menu_item_id);
    array_end(&ids);
    draft->restaurant = DB_QUEUE(r->db, STMT_RESTAURANT_FOR_ORDER, r->restaurant_id, offline_change_time(r));
    draft->items = DB_QUEUE(r->db, STMT_ITEMS_FOR_ORDER, r->restaurant_id, ids.bytes);
    draft->options = DB_QUEUE(r->db, STMT_OPTIONS_FOR_ORDER, r->restaurant_id, ids.bytes);
}

/* The options of one item, from the rows that are sorted by item and option. */
static size_t read_options(struct request *r, db_slot slot, const char *item_id, struct item_option **out)
{
    int first = 0, n_rows = db_rows(r->db, slot), end;
    while (first < n_rows && strcmp(db_text(r->db, slot, first, COL_OPTIONS_FOR_ORDER_MENU_ITEM_ID), item_id) != 0)
        first++;
    for (end = first;
         end < n_rows && strcmp(db_text(r->db, slot, end, COL_OPTIONS_FOR_ORDER_MENU_ITEM_ID), item_id) == 0;)
        end++;
    struct item_option *options = arena_array(r->arena, (size_t)(end - first), sizeof *options);
    struct option_value *values = arena_array(r->arena, (size_t)(end - first), sizeof *values);
    size_t n = 0;
    for (int row = first; row < end; row++) {
        const char *id = db_text(r->db, slot, row, COL_OPTIONS_FOR_ORDER_ID);
        if (n == 0 || strcmp(options[n - 1].id, id) != 0)
            options[n++] = (struct item_option){
                .id = id,
                .name = db_text(r->db, slot, row, COL_OPTIONS_FOR_ORDER_NAME),
                .min_select = (int)db_int(r->db, slot, row, COL_OPTIONS_FOR_ORDER_MIN_SELECT),
                .max_select = (int)db_int(r->db, slot, row, COL_OPTIONS_FOR_ORDER_MAX_SELECT),
                .allow_repeat = db_bool(r->db, slot, row, COL_OPTIONS_FOR_ORDER_ALLOW_REPEAT),
                .values = &values[row - first],
            };
        if (db_text(r->db, slot, row, COL_OPTIONS_FOR_ORDER_VALUE_ID) == NULL)
            continue; /* an option without values */
        values[row - first] = (struct option_value){
            .id = db_text(r->db, slot, row, COL_OPTIONS_FOR_ORDER_VALUE_ID),
            .name = db_text(r->db, slot, row, COL_OPTIONS_FOR_ORDER_VALUE_NAME),
            .price_modifier = db_int(r->db, slot, row, COL_OPTIONS_FOR_ORDER_PRICE_MODIFIER),
            .is_available = db_bool(r->db, slot, row, COL_OPTIONS_FOR_ORDER_IS_AVAILABLE),
        };
        options[n - 1].n_values++;
    }
    *out = options;
    return n;
}

static void note_selection(struct request *r, const struct selection_fault *fault, size_t line)
{
    const struct item_option *option = fault->option;
    const char *all = arena_printf(r->arena, "/items/%zu/customizations", line);
    const char *one = arena_printf(r->arena, "%s/%zu", all, fault->index);
    switch (fault->kind) {
    case SELECTION_OK:
        break;
    case SELECTION_UNKNOWN_OPTION:
        problem_fault_of(r, ERR_INVALID_SELECTION, one, "this item does not have this option");
        break;
    case SELECTION_UNKNOWN_VALUE:
        problem_fault_of(r, ERR_INVALID_SELECTION, one, "\"%s\" does not have this value", option->name);
        break;
    case SELECTION_UNAVAILABLE:
        problem_fault_of(r, ERR_INVALID_SELECTION, one, "this value of \"%s\" is not available", option->name);
        break;
    case SELECTION_TWICE:
        problem_fault_of(r, ERR_INVALID_SELECTION, one, "this value of \"%s\" is chosen twice", option->name);
        break;
    case SELECTION_TOO_OFTEN:
        problem_fault_of(r, ERR_INVALID_SELECTION, one, "this value of \"%s\" may be chosen at most %d times",
                         option->name, CHOICE_QUANTITY_MAX);
        break;
    case SELECTION_TOO_FEW:
        problem_fault_of(r, ERR_INVALID_SELECTION, all, "\"%s\" needs at least %d", option->name, option->min_select);
        break;
    case SELECTION_TOO_MANY:
        problem_fault_of(r, ERR_INVALID_SELECTION, one, "\"%s\" takes at most %d", option->name, option->max_select);
        break;
    }
}

/* One choice for each value; the parts of a price. */
static void price_choices(struct request *r, struct order_draft *draft, size_t i)
{
    struct draft_line *line = &draft->lines[i];
    size_t n = 0;
    for (size_t k = 0; k < line->n_choices; k++) {
        size_t at = 0;
        int64_t amount;
        while (at < n && line->choices[at].value != line->choices[k].value)
            at++;
        if (!money_multiply(line->choices[k].value->price_modifier, line->choices[k].quantity, &amount) ||
            !money_add(draft->amounts[i].modifiers, amount, &draft->amounts[i].modifiers))
            problem_fault_of(r, ERR_INVALID_TOTAL, arena_printf(r->arena, "/items/%zu", i), "is too large an amount");
        if (at < n)
            line->choices[at].quantity += line->choices[k].quantity;
        else
            line->choices[n++] = line->choices[k];
    }
    line->n_choices = n;
}

static void note_unavailable(struct request *r, size_t line, const char *why)
{
    problem_fault_of(r, ERR_ITEM_UNAVAILABLE, arena_printf(r->arena, "/items/%zu/menu_item_id", line), "%s", why);
}

static void choose(struct request *r, struct order_draft *draft, size_t i)
{
    const struct line_input *in = &draft->in->lines[i];
    struct draft_line *line = &draft->lines[i];
    struct item_option *options;
    struct selection_fault faults[PROBLEM_FAULTS_MAX];
    size_t n_options = read_options(r, draft->options, in->menu_item_id, &options);
    if (!selection_is_possible(options, n_options)) {
        note_unavailable(r, i, "is not available at the moment");
        return;
    }
    line->n_choices = in->n_choices;
    line->choices = arena_array(r->arena, in->n_choices, sizeof *line->choices);
    for (size_t k = 0; k < in->n_choices; k++)
        line->choices[k] =
            (struct choice){.option_id = in->choices[k].option_id,
                            .value_id = in->choices[k].value_id,
                            .quantity = in->choices[k].quantity.is_set ? (int)in->choices[k].quantity.value : 1};
    size_t n_faults = selection_check(options, n_options, line->choices, line->n_choices, faults, PROBLEM_FAULTS_MAX);
    for (size_t k = 0; k < n_faults; k++)
        note_selection(r, &faults[k], i);
    if (n_faults == 0)
        price_choices(r, draft, i);
}

static int find_item(struct request *r, db_slot items, const char *id)
{
    for (int row = 0; row < db_rows(r->db, items); row++)
        if (strcmp(db_text(r->db, items, row, COL_ITEMS_FOR_ORDER_ID), id) == 0)
            return row;
    return -1;
}

/* The first of the columns that is set. */
static int32_t first_rate(struct request *r, db_slot slot, int row, const int *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *rate = db_text(r->db, slot, row, columns[i]);
        if (rate != NULL)
            return (int32_t)strtol(rate, NULL, 10);
    }
    return NO_RATE;
}

/* A line's rate: the item's, else the restaurant's; where it is taken away, theirs for
 * that first. */
static int32_t tax_rate(struct request *r, const struct order_draft *draft, int row)
{
    static const int item[] = {COL_ITEMS_FOR_ORDER_TAKEAWAY_TAX_RATE_PPM, COL_ITEMS_FOR_ORDER_TAX_RATE_PPM};
    static const int restaurant[] = {COL_RESTAURANT_FOR_ORDER_TAKEAWAY_TAX_RATE_PPM,
                                     COL_RESTAURANT_FOR_ORDER_TAX_RATE_PPM};
    size_t first = strcmp(draft->in->order_type, "takeaway") == 0 ? 0 : 1;
    int32_t rate = first_rate(r, draft->items, row, item + first, 2 - first);
    return rate != NO_RATE ? rate : first_rate(r, draft->restaurant, 0, restaurant + first, 2 - first);
}

static void make_line(struct request *r, struct order_draft *draft, size_t i)
{
    const struct line_input *in = &draft->in->lines[i];
    int row = find_item(r, draft->items, in->menu_item_id);
    bool available = row >= 0 && db_bool(r->db, draft->items, row, COL_ITEMS_FOR_ORDER_IS_AVAILABLE);
    if (!available) {
        note_unavailable(r, i, row < 0 ? "is not on the menu" : "is not available at the moment");
        return;
    }
    draft->lines[i] = (struct draft_line){
        .menu_item_id = in->menu_item_id,
        .name = db_text(r->db, draft->items, row, COL_ITEMS_FOR_ORDER_NAME),
        .station = db_text(r->db, draft->items, row, COL_ITEMS_FOR_ORDER_STATION),
    };
    draft->amounts[i] = (struct order_line_amounts){
        .price = db_int(r->db, draft->items, row, COL_ITEMS_FOR_ORDER_PRICE),
        .quantity = in->quantity.value,
        .tax_rate_ppm = tax_rate(r, draft, row),
    };
    choose(r, draft, i);
}

static enum err compute(struct request *r, struct order_draft *draft)
{
    size_t line = 0;
    const char *pointer = "/items";
    enum order_total_fault fault =
        order_total_compute(draft->amounts, draft->in->n_lines, draft->in->discount_amount.value, &draft->extras,
                            &draft->terms, &draft->sums.table, &draft->figures, &line);
    switch (fault) {
    case ORDER_TOTAL_OK:
        break;
    case ORDER_TOTAL_LINE_NEGATIVE:
        pointer = arena_printf(r->arena, "/items/%zu", line);
        problem_fault_of(r, ERR_INVALID_TOTAL, pointer, "has a price below zero with these customizations");
        break;
    case ORDER_TOTAL_LINE_OVERFLOW:
        pointer = arena_printf(r->arena, "/items/%zu", line);
        problem_fault_of(r, ERR_INVALID_TOTAL, pointer, "is too large an amount");
        break;
    case ORDER_TOTAL_OVERFLOW:
        problem_fault_of(r, ERR_INVALID_TOTAL, pointer, "add up to too large an amount");
        break;
    case ORDER_TOTAL_DISCOUNT:
        problem_fault_of(r, ERR_INVALID_TOTAL, "/discount_amount", "is more than the items come to");
        break;
    case ORDER_TOTAL_NEGATIVE:
        problem_fault_of(r, ERR_INVALID_TOTAL, "/deposit_used", "brings the total below zero");
        break;
    }
    return problem_verdict(r);
}

/* A service charge is for those who are served. */
static void read_terms(struct request *r, struct order_draft *draft)
{
    static const int service_tax[] = {COL_RESTAURANT_FOR_ORDER_SERVICE_CHARGE_TAX_RATE_PPM};
    bool charged = strcmp(draft->in->order_type, "dine_in") == 0 && !draft->sums.service_waived;
    draft->terms = (struct order_terms){
        .prices_include_tax = db_bool(r->db, draft->restaurant, 0, COL_RESTAURANT_FOR_ORDER_PRICES_INCLUDE_TAX),
        .discount_reduces_tax = db_bool(r->db, draft->restaurant, 0, COL_RESTAURANT_FOR_ORDER_DISCOUNT_REDUCES_TAX),
        .service_charge_ppm =
            charged ? (int32_t)db_int(r->db, draft->restaurant, 0, COL_RESTAURANT_FOR_ORDER_SERVICE_CHARGE_PPM) : 0,
        .service_tax_rate_ppm = first_rate(r, draft->restaurant, 0, service_tax, 1),
    };
    draft->tax_parts = db_text(r->db, draft->restaurant, 0, COL_RESTAURANT_FOR_ORDER_TAX_PARTS);
    figures_parts_read(r, draft->tax_parts, &draft->terms.parts, &draft->part_names);
}

enum err order_draft_make(struct request *r, struct order_draft *draft, const char *sums)
{
    draft->currency = db_text(r->db, draft->restaurant, 0, COL_RESTAURANT_FOR_ORDER_CURRENCY);
    if (draft->currency == NULL)
        return ERR_NOT_FOUND;
    figures_sums_read(r, sums, &draft->sums);
    read_terms(r, draft);
    draft->takeaway_at_tables = db_bool(r->db, draft->restaurant, 0, COL_RESTAURANT_FOR_ORDER_TAKEAWAY_AT_TABLES);
    draft->is_open = db_bool(r->db, draft->restaurant, 0, COL_RESTAURANT_FOR_ORDER_IS_OPEN);
    draft->business_date = db_text(r->db, draft->restaurant, 0, COL_RESTAURANT_FOR_ORDER_BUSINESS_DATE);
    draft->has_counter = db_bool(r->db, draft->restaurant, 0, COL_RESTAURANT_FOR_ORDER_HAS_COUNTER);
    draft->session_seconds = 60 * db_int(r->db, draft->restaurant, 0, COL_RESTAURANT_FOR_ORDER_SESSION_EXPIRY_MINUTES);
    if (!draft->is_open && r->who.role == ROLE_DINER) /* staff still enter the last orders */
        return ERR_RESTAURANT_CLOSED;
    if (r->who.role == ROLE_DINER && strcmp(draft->in->order_type, "takeaway") == 0 && !draft->takeaway_at_tables)
        problem_fault(r, "/order_type", "invalid_choice", "is not offered to guests at the tables here");
    for (size_t i = 0; i < draft->in->n_lines; i++)
        make_line(r, draft, i);
    TRY(problem_verdict(r));
    return compute(r, draft);
}

const char *order_draft_payment_status(const struct order_draft *draft)
{
    return account_status(&(struct account){.total = draft->figures.total_amount});
}

void order_draft_taxes_json(const struct order_draft *draft, struct text *json)
{
    figures_taxes_json(&draft->figures, &draft->terms.parts, &draft->part_names, json);
}

void order_draft_figures_json(const struct order_draft *draft, struct text *json)
{
    text_json_member(json, "currency", draft->currency);
    text_json_member_bool(json, "prices_include_tax", draft->terms.prices_include_tax);
    text_json_member_int(json, "subtotal", draft->figures.subtotal);
    text_json_member_int(json, "service_charge_ppm", draft->terms.service_charge_ppm);
    text_json_member_int(json, "service_charge_amount", draft->figures.service_charge_amount);
    text_json_member_int(json, "tax_amount", draft->figures.tax_amount);
    text_json_key(json, "taxes");
    order_draft_taxes_json(draft, json);
    text_json_member_int(json, "tip_amount", draft->extras.tip_amount);
    text_json_member_int(json, "discount_amount", draft->figures.discount_amount);
    text_json_member_int(json, "deposit_used", draft->extras.deposit_used);
    text_json_member(json, "deposit_id", draft->in->deposit_id);
    text_json_member_int(json, "total_amount", draft->figures.total_amount);
}

static void add_choices(const struct draft_line *line, struct text *json)
{
    text_json_key(json, "customizations");
    text_puts(json, "[");
    for (size_t i = 0; i < line->n_choices; i++) {
        const struct choice *c = &line->choices[i];
        text_json_comma(json);
        text_puts(json, "{");
        text_json_member(json, "option_id", c->option_id);
        text_json_member(json, "value_id", c->value_id);
        text_json_member(json, "option_name", c->option->name);
        text_json_member(json, "value_name", c->value->name);
        text_json_member_int(json, "price_modifier", c->value->price_modifier);
        text_json_member_int(json, "quantity", c->quantity);
        text_puts(json, "}");
    }
    text_puts(json, "]");
}

void order_draft_line_json(const struct order_draft *draft, size_t i, struct text *json)
{
    text_json_member(json, "menu_item_id", draft->lines[i].menu_item_id);
    text_json_member(json, "name", draft->lines[i].name);
    text_json_member_int(json, "price", draft->amounts[i].price);
    text_json_member_int(json, "quantity", draft->amounts[i].quantity);
    text_json_member_int(json, "subtotal", draft->amounts[i].subtotal);
    text_json_member_int(json, "tax_rate_ppm", draft->amounts[i].tax_rate_ppm);
    text_json_member(json, "special_instructions", draft->in->lines[i].special_instructions);
    add_choices(&draft->lines[i], json);
}

void order_draft_quote_json(const struct order_draft *draft, struct text *json)
{
    text_puts(json, "{");
    text_json_member(json, "order_type", draft->in->order_type);
    order_draft_figures_json(draft, json);
    text_json_key(json, "items");
    text_puts(json, "[");
    for (size_t i = 0; i < draft->in->n_lines; i++) {
        text_json_comma(json);
        text_puts(json, "{");
        order_draft_line_json(draft, i, json);
        text_puts(json, "}");
    }
    text_puts(json, "]}");
}
