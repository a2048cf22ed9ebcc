#include "api/orders/write.h"

#include "api/activity.h"
#include "api/offline_change.h"
#include "api/orders/answer.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "db/array.h"
#include "http/fields.h"
#include "http/request.h"

static void write_header(struct request *r, const struct order_draft *draft, const struct order_place *place,
                         const char *order_id)
{
    struct text taxes;
    const struct order_input *in = draft->in;
    bool diner = r->who.role == ROLE_DINER;
    text_init(&taxes, r->arena);
    order_draft_taxes_json(draft, &taxes);
    if (!draft->has_counter)
        DB_QUEUE(r->db, STMT_ORDER_COUNTER_START, r->restaurant_id, draft->business_date);
    DB_QUEUE(r->db, STMT_ORDER_NUMBER_NEXT, r->restaurant_id, draft->business_date);
    DB_QUEUE(
        r->db, STMT_ORDER_INSERT, r->restaurant_id, order_id, draft->business_date, place->table_id, place->session_id,
        diner ? r->who.id : NULL, diner ? NULL : r->who.id, in->order_type, draft->currency,
        bool_text(draft->prices_include_tax), request_int_text(r, draft->figures.subtotal),
        request_int_text(r, draft->figures.tax_amount), taxes.bytes, request_int_text(r, draft->adjustments.tip_amount),
        request_int_text(r, draft->adjustments.discount_amount), request_int_text(r, draft->adjustments.deposit_used),
        request_int_text(r, draft->figures.total_amount), in->payment_method, in->customer_name, in->customer_phone,
        in->notes, in->special_instructions, offline_change_time(r));
}

static void write_lines(struct request *r, const struct order_draft *draft, const char *order_id,
                        const char *const *line_ids)
{
    struct text ids, items, names, prices, modifiers, quantities, subtotals, taxes, stations, notes;
    struct text *const all[] = {&ids,        &items,     &names, &prices,   &modifiers,
                                &quantities, &subtotals, &taxes, &stations, &notes};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        array_init(all[i], r->arena);
    for (size_t i = 0; i < draft->in->n_lines; i++) {
        const struct order_line_amounts *a = &draft->amounts[i];
        array_add(&ids, line_ids[i]);
        array_add(&items, draft->lines[i].menu_item_id);
        array_add(&names, draft->lines[i].name);
        array_add_int(&prices, a->price);
        array_add_int(&modifiers, a->modifiers);
        array_add_int(&quantities, a->quantity);
        array_add_int(&subtotals, a->subtotal);
        array_add_int(&taxes, a->tax_rate_ppm);
        array_add(&stations, draft->lines[i].station);
        array_add(&notes, draft->in->lines[i].special_instructions);
    }
    DB_QUEUE(r->db, STMT_ORDER_ITEMS_INSERT, r->restaurant_id, order_id, array_end(&ids), array_end(&items),
             array_end(&names), array_end(&prices), array_end(&modifiers), array_end(&quantities),
             array_end(&subtotals), array_end(&taxes), array_end(&stations), array_end(&notes));
}

static void write_choices(struct request *r, const struct order_draft *draft, const char *const *line_ids)
{
    struct text ids, lines, options, values, option_names, value_names, modifiers;
    struct text *const all[] = {&ids, &lines, &options, &values, &option_names, &value_names, &modifiers};
    size_t n = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        array_init(all[i], r->arena);
    for (size_t i = 0; i < draft->in->n_lines; i++) {
        for (size_t k = 0; k < draft->lines[i].n_choices; k++, n++) {
            const struct choice *c = &draft->lines[i].choices[k];
            array_add(&ids, request_new_id(r));
            array_add(&lines, line_ids[i]);
            array_add(&options, c->option_id);
            array_add(&values, c->value_id);
            array_add(&option_names, c->option->name);
            array_add(&value_names, c->value->name);
            array_add_int(&modifiers, c->value->price_modifier);
        }
    }
    if (n == 0)
        return;
    DB_QUEUE(r->db, STMT_ORDER_CUSTOMIZATIONS_INSERT, r->restaurant_id, array_end(&ids), array_end(&lines),
             array_end(&options), array_end(&values), array_end(&option_names), array_end(&value_names),
             array_end(&modifiers));
}

void order_write(struct request *r, const struct order_draft *draft, const struct order_place *place,
                 const char *order_id)
{
    const char **line_ids = arena_array(r->arena, draft->in->n_lines, sizeof *line_ids);
    for (size_t i = 0; i < draft->in->n_lines; i++)
        line_ids[i] = request_new_id(r);
    if (place->session_id != NULL)
        activity_queue(r, place->session_id, "order_placed", arena_printf(r->arena, "{\"order_id\":\"%s\"}", order_id));
    write_lines(r, draft, order_id, line_ids);
    write_choices(r, draft, line_ids);
    history_queue(r, order_id, NULL, "pending", NULL);
    write_header(r, draft, place, order_id); /* the last, since the next order waits for its number */
    order_answer(r, draft, place, order_id, line_ids);
}
