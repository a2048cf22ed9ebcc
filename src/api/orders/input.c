#include "api/orders/input.h"

#include "api/card_guard.h"
#include "base/arena.h"
#include "domain/account.h"
#include "domain/money.h"
#include "domain/order_total.h"
#include "domain/selection.h"
#include "http/request.h"

#include <json-c/json.h>

enum { CHOICES_MAX = 100 };

const char *const order_types[] = {"dine_in", "takeaway", NULL};

static const struct field order_fields[] = {
    {AT(order_input, id), .type = FIELD_UUID},
    {AT(order_input, table_id), .type = FIELD_UUID},
    {AT(order_input, session_id), .type = FIELD_UUID},
    {AT(order_input, diner_id), .type = FIELD_UUID, .roles = ROLES_STAFF},
    {AT(order_input, order_type), .type = FIELD_CHOICE, .choices = order_types},
    {AT(order_input, items), .type = FIELD_ARRAY, .required = true, .min = 1, .max = ORDER_LINES_MAX},
    {AT(order_input, tip_amount), .type = FIELD_INT, .min = 0, .max = MONEY_MAX},
    {AT(order_input, discount_amount), .type = FIELD_INT, .min = 0, .max = MONEY_MAX, .roles = ROLES_CASHIERS},
    {AT(order_input, deposit_used), .type = FIELD_INT, .min = 0, .max = MONEY_MAX, .roles = ROLES_CASHIERS},
    {AT(order_input, deposit_id), .type = FIELD_UUID, .roles = ROLES_CASHIERS},
    {AT(order_input, expected_total), .type = FIELD_INT, .min = 0, .max = MONEY_MAX},
    {AT(order_input, payment_method), .type = FIELD_CHOICE, .choices = payment_methods},
    {AT(order_input, customer_name), .type = FIELD_LINE, .max = 120},
    {AT(order_input, customer_phone), .type = FIELD_LINE, .max = 40},
    {AT(order_input, notes), .type = FIELD_TEXT, .max = 1000},
    {AT(order_input, special_instructions), .type = FIELD_TEXT, .max = 1000},
    {.name = "price", .type = FIELD_NEVER},
    {.name = "subtotal", .type = FIELD_NEVER},
    {.name = "service_charge_amount", .type = FIELD_NEVER},
    {.name = "tax_amount", .type = FIELD_NEVER},
    {.name = "tax_rate_ppm", .type = FIELD_NEVER},
    {.name = "tax", .type = FIELD_NEVER},
    {.name = "taxes", .type = FIELD_NEVER},
    {.name = "total", .type = FIELD_NEVER},
    {.name = "total_amount", .type = FIELD_NEVER},
};

static const struct field line_fields[] = {
    {AT(line_input, menu_item_id), .type = FIELD_UUID, .required = true},
    {AT(line_input, quantity), .type = FIELD_INT, .required = true, .min = 1, .max = ORDER_QUANTITY_MAX},
    {AT(line_input, customizations), .type = FIELD_ARRAY, .max = CHOICES_MAX},
    {AT(line_input, special_instructions), .type = FIELD_TEXT, .max = 500},
    {.name = "price", .type = FIELD_NEVER},
    {.name = "subtotal", .type = FIELD_NEVER},
    {.name = "tax_amount", .type = FIELD_NEVER},
    {.name = "tax_rate_ppm", .type = FIELD_NEVER},
};

static const struct field choice_fields[] = {
    {AT(choice_input, option_id), .type = FIELD_UUID, .required = true},
    {AT(choice_input, value_id), .type = FIELD_UUID, .required = true},
    {AT(choice_input, quantity), .type = FIELD_INT, .min = 1, .max = CHOICE_QUANTITY_MAX},
    {.name = "price_modifier", .type = FIELD_NEVER},
};

static void read_choices(struct request *r, struct line_input *line, const char *line_pointer)
{
    if (line->customizations == NULL)
        return;
    line->n_choices = json_object_array_length(line->customizations);
    line->choices = arena_array(r->arena, line->n_choices, sizeof *line->choices);
    for (size_t i = 0; i < line->n_choices; i++)
        fields_read(r, json_object_array_get_idx(line->customizations, i),
                    arena_printf(r->arena, "%s/customizations/%zu", line_pointer, i), FIELDS(choice_fields),
                    &line->choices[i]);
}

static void read_lines(struct request *r, struct order_input *in)
{
    if (in->items == NULL)
        return;
    in->n_lines = json_object_array_length(in->items);
    in->lines = arena_array(r->arena, in->n_lines, sizeof *in->lines);
    for (size_t i = 0; i < in->n_lines; i++) {
        const char *pointer = arena_printf(r->arena, "/items/%zu", i);
        struct line_input *line = &in->lines[i];
        fields_read(r, json_object_array_get_idx(in->items, i), pointer, FIELDS(line_fields), line);
        read_choices(r, line, pointer);
        card_guard_check(r, line->special_instructions, arena_printf(r->arena, "%s/special_instructions", pointer));
    }
}

static bool is_sent(struct request *r, const char *field)
{
    struct json_object *value;
    return json_object_object_get_ex(r->json, field, &value) && value != NULL;
}

/* Where guests sit they eat; without a session and a table the type has to be
 * said. */
static void default_order_type(struct request *r, struct order_input *in)
{
    if (!json_object_is_type(r->json, json_type_object) || is_sent(r, "order_type"))
        return;
    if (r->who.role == ROLE_DINER || is_sent(r, "session_id") || is_sent(r, "table_id"))
        in->order_type = "dine_in";
    else
        problem_fault(r, "/order_type", "required", "must be given where there is no session and no table");
}

enum err order_input_read(struct request *r, struct order_input *in)
{
    *in = (struct order_input){0};
    fields_read(r, r->json, "", FIELDS(order_fields), in);
    default_order_type(r, in);
    read_lines(r, in);
    card_guard_check(r, in->customer_name, "/customer_name");
    card_guard_check_phone(r, in->customer_phone, "/customer_phone");
    card_guard_check(r, in->notes, "/notes");
    card_guard_check(r, in->special_instructions, "/special_instructions");
    return problem_verdict(r);
}
