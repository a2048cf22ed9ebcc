/* The lines of the orders, and what happened to them later. */
#include "base/arena.h"
#include "receipt/figure.h"
#include "receipt/make.h"
#include "receipt/read.h"

#include <inttypes.h>
#include <string.h>

#define TIMES " \xc3\x97"

/* "2 ×" */
static const char *times(struct maker *m, int64_t quantity)
{
    return arena_printf(m->arena, "%s" TIMES, figure_amount(m->arena, quantity, 0));
}

static void add_detail(struct maker *m, struct section *section, const char *text)
{
    section_add(m, section, &(struct row){.style = ROW_DETAIL, .text = text});
}

/* "Order 12, 2026-11-30 20:15, takeaway" */
static void add_heading(struct maker *m, struct section *section, struct json_object *order)
{
    static const struct word types[] = {{"dine_in", "dine in"}, {"takeaway", "takeaway"}};
    int64_t number;
    const char *text = NULL;
    if (read_int(order, "order_number", &number))
        text = arena_printf(m->arena, "Order %" PRId64, number);
    text = make_joined(m, text, ", ", make_isolated(m, read_text(m->arena, order, "placed_local")));
    text = make_joined(m, text, ", ", make_word(m, order, "order_type", types, sizeof types / sizeof types[0]));
    if (text != NULL)
        section_add(m, section, &(struct row){.style = ROW_HEADING, .text = text});
}

/* "Extras: Cheese × 2 (+1.50)": what it adds is in the price already. */
static void add_customization(struct maker *m, struct section *section, struct json_object *chosen)
{
    const char *option = read_text(m->arena, chosen, "option_name");
    const char *text =
        make_isolated(m, make_joined(m, option, ": ", read_text(m->arena, chosen, "value_name"))); /* read as one */
    int64_t quantity, price = read_amount(chosen, "price_modifier");
    if (text == NULL)
        return;
    if (read_int(chosen, "quantity", &quantity) && quantity != 1)
        text = arena_printf(m->arena, "%s" TIMES " %s", text, figure_amount(m->arena, quantity, 0));
    if (price != 0)
        text = arena_printf(m->arena, "%s (%s%s)", text, price > 0 ? "+" : "", make_amount(m, price));
    add_detail(m, section, text);
}

/* The code of the goods or services; its name is India's, which requires it. */
static const char *code_of(struct maker *m, struct json_object *item)
{
    const char *code = make_isolated(m, read_text(m->arena, item, "item_code"));
    const char *name = strcmp(m->currency, "INR") == 0 ? "HSN/SAC" : "Code";
    return code != NULL ? arena_printf(m->arena, "%s %s", name, code) : NULL;
}

/* "60.00 each, HSN/SAC 996331, tax 5 %" */
static void add_particulars(struct maker *m, struct section *section, struct json_object *item, bool with_rate)
{
    int64_t quantity, price, rate;
    const char *text = NULL;
    if (read_int(item, "quantity", &quantity) && quantity != 1 && read_int(item, "price", &price))
        text = arena_printf(m->arena, "%s each", make_amount(m, price));
    text = make_joined(m, text, ", ", code_of(m, item));
    if (with_rate && read_int(item, "tax_rate_ppm", &rate))
        text = make_joined(m, text, ", ", arena_printf(m->arena, "tax %s", figure_rate(m->arena, rate)));
    if (text != NULL)
        add_detail(m, section, text);
}

static void add_item(struct maker *m, struct section *section, struct json_object *item, bool with_rate)
{
    int64_t quantity, subtotal;
    const char *name = read_text(m->arena, item, "name");
    bool counted = read_int(item, "quantity", &quantity), charged = read_int(item, "subtotal", &subtotal);
    if (name == NULL && !charged)
        return;
    section_add(m, section,
                &(struct row){.count = counted ? times(m, quantity) : NULL,
                              .text = name != NULL ? name : "Item",
                              .foreign = name != NULL,
                              .value = charged ? make_amount(m, subtotal) : NULL});
    for (size_t i = 0, n = read_count(item, "customizations"); i < n; i++)
        add_customization(m, section, read_entry(item, "customizations", i));
    add_particulars(m, section, item, with_rate);
}

/* Each line says its rate where there are several. */
static bool rates_differ(struct maker *m)
{
    int64_t first = 0, rate;
    bool any = false;
    for (size_t i = 0, n = read_count(m->document, "orders"); i < n; i++) {
        struct json_object *order = read_entry(m->document, "orders", i);
        for (size_t k = 0, items = read_count(order, "items"); k < items; k++) {
            if (!read_int(read_entry(order, "items", k), "tax_rate_ppm", &rate))
                continue;
            if (any && rate != first)
                return true;
            first = rate;
            any = true;
        }
    }
    return false;
}

/* "Void: 1 × Soda, spilled" */
static void add_adjustment(struct maker *m, struct section *section, struct json_object *adjustment)
{
    static const struct word kinds[] = {{"void", "Void"},
                                        {"comp", "On the house"},
                                        {"discount", "Discount"},
                                        {"service_charge_waived", "Service charge waived"},
                                        {"cancelled", "Order cancelled"},
                                        {"deleted", "Order deleted"},
                                        {"rounding", "Rounding of tax"}};
    int64_t quantity, amount;
    bool moved = read_int(adjustment, "amount", &amount);
    const char *kind = make_word(m, adjustment, "kind", kinds, sizeof kinds / sizeof kinds[0]);
    const char *what = make_isolated(m, read_text(m->arena, adjustment, "name"));
    if (what != NULL && read_int(adjustment, "quantity", &quantity))
        what = make_joined(m, times(m, quantity), " ", what);
    what = make_joined(m, what, ", ", make_isolated(m, read_text(m->arena, adjustment, "reason")));
    const char *text = make_joined(m, kind, ": ", what);
    if (text != NULL)
        section_add(m, section, &(struct row){.text = text, .value = moved ? make_amount(m, amount) : NULL});
}

static void make_adjustments(struct maker *m)
{
    struct section section = section_of(SECTION_AMOUNTS, "Changes to the total, included below");
    size_t n = read_count(m->document, "orders");
    for (size_t i = 0; i < n; i++) {
        struct json_object *order = read_entry(m->document, "orders", i);
        int64_t number;
        size_t changes = read_count(order, "adjustments");
        if (changes > 0 && n > 1 && read_int(order, "order_number", &number))
            section_add(m, &section,
                        &(struct row){.style = ROW_HEADING, .text = arena_printf(m->arena, "Order %" PRId64, number)});
        for (size_t k = 0; k < changes; k++)
            add_adjustment(m, &section, read_entry(order, "adjustments", k));
    }
    section_end(m, &section);
}

void make_orders(struct maker *m)
{
    struct row *columns = arena_alloc(m->arena, sizeof *columns);
    *columns = (struct row){.style = ROW_HEADING, .count = "Qty", .text = "Item", .value = m->currency};
    struct section section = section_of(SECTION_LINES, NULL);
    section.columns = columns;
    bool with_rate = rates_differ(m);
    for (size_t i = 0, n = read_count(m->document, "orders"); i < n; i++) {
        struct json_object *order = read_entry(m->document, "orders", i);
        add_heading(m, &section, order);
        for (size_t k = 0, items = read_count(order, "items"); k < items; k++)
            add_item(m, &section, read_entry(order, "items", k), with_rate);
    }
    section_end(m, &section);
    make_adjustments(m);
}
