#include "api/orders/write.h"

#include "api/activity.h"
#include "api/ledger.h"
#include "api/offline_change.h"
#include "api/orders/answer.h"
#include "api/session_push.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "db/array.h"
#include "http/fields.h"
#include "http/request.h"

static const char *service_tax_rate(struct request *r, const struct order_draft *draft)
{
    int32_t rate = draft->terms.service_tax_rate_ppm;
    return rate != NO_RATE ? request_int_text(r, rate) : NULL;
}

/* Whose it is: the guest's who orders, or for whom staff do. */
static const char *diner_of(const struct request *r, const struct order_input *in)
{
    return r->who.role == ROLE_DINER ? r->who.id : in->diner_id;
}

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
    DB_QUEUE(r->db, STMT_ORDER_INSERT, r->restaurant_id, order_id, draft->business_date, place->table_id,
             place->session_id, diner_of(r, in), diner ? NULL : r->who.id, in->order_type, draft->currency,
             bool_text(draft->terms.prices_include_tax), request_int_text(r, draft->figures.subtotal),
             request_int_text(r, draft->figures.tax_amount), taxes.bytes, request_int_text(r, draft->extras.tip_amount),
             request_int_text(r, draft->figures.discount_amount), request_int_text(r, draft->extras.deposit_used),
             request_int_text(r, draft->figures.total_amount), in->payment_method, in->customer_name,
             in->customer_phone, in->notes, in->special_instructions, offline_change_time(r),
             bool_text(draft->terms.discount_reduces_tax), request_int_text(r, draft->terms.service_charge_ppm),
             service_tax_rate(r, draft), request_int_text(r, draft->figures.service_charge_amount), draft->tax_parts,
             order_draft_payment_status(draft), in->deposit_id);
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
    struct text ids, lines, options, values, option_names, value_names, modifiers, quantities;
    struct text *const all[] = {&ids, &lines, &options, &values, &option_names, &value_names, &modifiers, &quantities};
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
            array_add_int(&quantities, c->quantity);
        }
    }
    if (n == 0)
        return;
    DB_QUEUE(r->db, STMT_ORDER_CUSTOMIZATIONS_INSERT, r->restaurant_id, array_end(&ids), array_end(&lines),
             array_end(&options), array_end(&values), array_end(&option_names), array_end(&value_names),
             array_end(&modifiers), array_end(&quantities));
}

/* What the table's documents come to with this one; others of the table wait for it. A
 * session in use goes on. */
static void write_sums(struct request *r, const struct order_draft *draft, const struct order_place *place)
{
    struct session_sums sums = draft->sums;
    order_join_table(&sums.table, &draft->figures, &draft->terms);
    DB_QUEUE(r->db, STMT_SESSION_SUMS_SET, r->restaurant_id, place->session_id, figures_sums_text(r, &sums));
    session_push(r, place->session_id, place->session_seconds_left, draft->session_seconds);
}

/* Guests who paid for what was taken off the bill later do not pay again; and what is
 * ordered joins a share of a bill that is split. */
static enum err join_bill(struct request *r, const struct order_draft *draft, const struct order_place *place,
                          const char *order_id)
{
    struct ledger ledger = {0};
    TRY(ledger_lock_session(r, place->session_id, &ledger));
    ledger.concern.diner_id = diner_of(r, draft->in);
    TRY(ledger_write(r, &ledger));
    r->response.location = arena_printf(r->arena, "/api/orders/%s", order_id);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_ORDER_GET, r->restaurant_id, order_id, NULL, "false"));
    return ERR_OK;
}

enum err order_write(struct request *r, const struct order_draft *draft, const struct order_place *place,
                     const char *order_id)
{
    const char **line_ids = arena_array(r->arena, draft->in->n_lines, sizeof *line_ids);
    for (size_t i = 0; i < draft->in->n_lines; i++)
        line_ids[i] = request_new_id(r);
    if (place->session_id != NULL) {
        activity_queue(r, place->session_id, "order_placed", arena_printf(r->arena, "{\"order_id\":\"%s\"}", order_id));
        write_sums(r, draft, place);
    }
    write_lines(r, draft, order_id, line_ids);
    write_choices(r, draft, line_ids);
    history_queue(r, order_id, NULL, "pending", NULL);
    write_header(r, draft, place, order_id); /* the last, since the next order waits for its number */
    if (draft->sums.has_credit || draft->sums.has_split)
        return join_bill(r, draft, place, order_id);
    order_answer(r, draft, place, order_id, line_ids);
    return ERR_OK;
}
