/* Lines that go to another table: void here, and an order there at the same prices. The
 * kitchen goes on with the same lines. */
#include "api/activity.h"
#include "api/card_guard.h"
#include "api/if_match.h"
#include "api/orders/adjustments.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "db/array.h"
#include "http/request.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

struct transfer_input {
    const char *session_id, *reason;
    struct json_object *items;
};

struct item_input {
    const char *item_id;
    struct optional_int quantity;
};

static const struct field fields[] = {
    {AT(transfer_input, session_id), .type = FIELD_UUID, .required = true},
    {AT(transfer_input, items), .type = FIELD_ARRAY, .required = true, .min = 1, .max = ORDER_LINES_MAX},
    {AT(transfer_input, reason), .type = FIELD_TEXT, .required = true, .min = 1, .max = 500},
};

static const struct field item_fields[] = {
    {AT(item_input, item_id), .type = FIELD_UUID, .required = true},
    {AT(item_input, quantity), .type = FIELD_INT, .min = 1, .max = ORDER_QUANTITY_MAX},
};

/* A transfer under way: from an order to a session. */
struct transfer {
    struct transfer_input in;
    struct item_input *items;
    size_t n;
    struct ledger ledger; /* of the table that it comes from */
    struct ledger_order *from;
    struct ledger_line **lines; /* that go, as many as items */
    const char *order_id;       /* the new one */
    const char *table_id, *business_date;
    bool has_counter;
    struct session_sums sums; /* of the table that it goes to */
    struct order_terms terms;
    struct order_figures figures;
};

static enum err read_input(struct request *r, struct transfer *t)
{
    fields_read(r, r->json, "", FIELDS(fields), &t->in);
    card_guard_check(r, t->in.reason, "/reason");
    t->n = t->in.items != NULL ? json_object_array_length(t->in.items) : 0;
    t->items = arena_array(r->arena, t->n, sizeof *t->items);
    t->lines = arena_array(r->arena, t->n, sizeof *t->lines);
    for (size_t i = 0; i < t->n; i++) {
        fields_read(r, json_object_array_get_idx(t->in.items, i), arena_printf(r->arena, "/items/%zu", i),
                    FIELDS(item_fields), &t->items[i]);
        for (size_t k = 0; k < i; k++)
            if (t->items[k].item_id != NULL && t->items[i].item_id != NULL &&
                strcmp(t->items[k].item_id, t->items[i].item_id) == 0)
                problem_fault(r, arena_printf(r->arena, "/items/%zu/item_id", i), "repeated", "is given twice");
    }
    return problem_verdict(r);
}

/* Both sessions, always in the same order; then the order in the one. */
static enum err lock_both(struct request *r, struct transfer *t)
{
    db_slot place = DB_QUEUE(r->db, STMT_LEDGER_PLACE, r->restaurant_id, r->args[0]);
    db_slot restaurant = DB_QUEUE(r->db, STMT_RESTAURANT_FOR_ORDER, r->restaurant_id, NULL);
    TRY(transaction_run(r));
    if (db_rows(r->db, place) == 0)
        return ERR_NOT_FOUND;
    const char *session_id = db_text(r->db, place, 0, COL_LEDGER_PLACE_SESSION_ID);
    db_slot both = DB_QUEUE(r->db, STMT_SESSIONS_HOLD, r->restaurant_id, t->in.session_id, session_id);
    db_slot now = DB_QUEUE(r->db, STMT_LEDGER_PLACE, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    TRY(transaction_still_in(r, session_id, db_text(r->db, now, 0, COL_LEDGER_PLACE_SESSION_ID)));
    TRY(ledger_lock_order(r, r->args[0], NULL, &t->ledger, &t->from));
    if (t->from->is_deleted)
        return ERR_NOT_FOUND;
    TRY(if_match_check(r, t->from->version));
    t->business_date = db_text(r->db, restaurant, 0, COL_RESTAURANT_FOR_ORDER_BUSINESS_DATE);
    t->has_counter = db_bool(r->db, restaurant, 0, COL_RESTAURANT_FOR_ORDER_HAS_COUNTER);
    for (int row = 0; row < db_rows(r->db, both); row++) {
        if (strcmp(db_text(r->db, both, row, COL_SESSIONS_HOLD_ID), t->in.session_id) != 0)
            continue;
        t->table_id = db_text(r->db, both, row, COL_SESSIONS_HOLD_TABLE_ID);
        figures_sums_read(r, db_text(r->db, both, row, COL_SESSIONS_HOLD_SUMS), &t->sums);
        if (!db_bool(r->db, both, row, COL_SESSIONS_HOLD_IS_ACTIVE))
            return ERR_SESSION_CLOSED;
    }
    if (t->table_id == NULL)
        problem_fault(r, "/session_id", "not_found", "is not a session");
    else if (session_id != NULL && strcmp(session_id, t->in.session_id) == 0)
        problem_fault(r, "/session_id", "invalid_choice", "must be another session");
    TRY(problem_verdict(r));
    return t->from->status == ORDER_CANCELLED ? ERR_ORDER_CANCELLED : ERR_OK;
}

static enum err find_lines(struct request *r, struct transfer *t)
{
    TRY(ledger_read_lines(r, t->from));
    for (size_t i = 0; i < t->n; i++) {
        const char *pointer = arena_printf(r->arena, "/items/%zu", i);
        t->lines[i] = ledger_find_line(t->from, t->items[i].item_id);
        if (t->lines[i] == NULL) {
            problem_fault(r, arena_printf(r->arena, "%s/item_id", pointer), "not_found", "is not a line of this order");
            continue;
        }
        int64_t stands = t->lines[i]->amounts.quantity;
        if (!t->items[i].quantity.is_set)
            t->items[i].quantity.value = stands;
        if (stands == 0 || t->items[i].quantity.value > stands)
            problem_fault(r, arena_printf(r->arena, "%s/quantity", pointer), "out_of_range",
                          "only %" PRId64 " of this line stands", stands);
    }
    return problem_verdict(r);
}

/* What the lines cost there: at the order's own terms, rounded over the other table. */
static enum err price(struct transfer *t)
{
    static const struct order_extras none = {0, 0};
    struct order_line_amounts amounts[ORDER_LINES_MAX];
    size_t line;
    t->terms = t->from->terms;
    if (t->sums.service_waived)
        t->terms.service_charge_ppm = 0;
    for (size_t i = 0; i < t->n; i++) {
        amounts[i] = t->lines[i]->amounts;
        amounts[i].quantity = t->items[i].quantity.value;
    }
    return order_total_compute(amounts, t->n, 0, &none, &t->terms, &t->sums.table, &t->figures, &line) == ORDER_TOTAL_OK
               ? ERR_OK
               : ERR_INTERNAL; /* they cost as much where they come from */
}

/* As far as the least far of its lines has come. */
static const char *status_there(const struct transfer *t)
{
    static const enum order_status by_rank[] = {ORDER_PENDING, ORDER_PREPARING, ORDER_READY, ORDER_SERVED};
    int lowest = 3;
    for (size_t i = 0; i < t->n; i++)
        lowest = line_rank(t->lines[i]->status) < lowest ? line_rank(t->lines[i]->status) : lowest;
    return order_status_name(by_rank[lowest]);
}

static void write_lines(struct request *r, const struct transfer *t)
{
    struct text from, to, quantities, statuses;
    array_init(&from, r->arena);
    array_init(&to, r->arena);
    array_init(&quantities, r->arena);
    array_init(&statuses, r->arena);
    for (size_t i = 0; i < t->n; i++) {
        array_add(&from, t->lines[i]->id);
        array_add(&to, request_new_id(r));
        array_add_int(&quantities, t->items[i].quantity.value);
        array_add(&statuses, t->lines[i]->status); /* the line itself may be cancelled by now */
    }
    const char *from_ids = array_end(&from), *to_ids = array_end(&to);
    DB_QUEUE(r->db, STMT_TRANSFER_LINES, r->restaurant_id, t->order_id, from_ids, to_ids, array_end(&quantities),
             array_end(&statuses));
    DB_QUEUE(r->db, STMT_TRANSFER_CHOICES, r->restaurant_id, from_ids, to_ids);
}

static void write_order(struct request *r, const struct transfer *t)
{
    struct text taxes;
    const char *status = status_there(t);
    text_init(&taxes, r->arena);
    figures_taxes_json(&t->figures, &t->terms.parts, &t->from->names, &taxes);
    write_lines(r, t);
    history_queue(r, t->order_id, NULL, status, t->in.reason);
    if (!t->has_counter)
        DB_QUEUE(r->db, STMT_ORDER_COUNTER_START, r->restaurant_id, t->business_date);
    DB_QUEUE(r->db, STMT_ORDER_NUMBER_NEXT, r->restaurant_id, t->business_date);
    DB_QUEUE(r->db, STMT_TRANSFER_ORDER, r->restaurant_id, t->order_id, t->business_date, t->table_id, t->in.session_id,
             t->from->id, r->who.id, status, request_int_text(r, t->terms.service_charge_ppm),
             request_int_text(r, t->figures.subtotal), request_int_text(r, t->figures.service_charge_amount),
             request_int_text(r, t->figures.tax_amount), taxes.bytes, request_int_text(r, t->figures.total_amount));
}

static enum err take_off(struct request *r, struct transfer *t)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct ledger_document document = {.kind = "void",
                                                 .item_id = t->lines[i]->id,
                                                 .quantity = t->items[i].quantity.value,
                                                 .reason = t->in.reason,
                                                 .transfer_order_id = t->order_id};
        TRY(ledger_add(r, &t->ledger, t->from, &document, NULL));
        order_queue_void(r, &t->ledger, t->from, t->lines[i], t->in.reason);
        ledger_concerns(r, &t->ledger, t->from, t->lines[i]->id);
    }
    if (t->ledger.session_id != NULL)
        activity_queue(
            r, t->ledger.session_id, "order_transferred",
            arena_printf(r->arena, "{\"order_id\":\"%s\",\"to_order_id\":\"%s\"}", t->from->id, t->order_id));
    return ledger_write(r, &t->ledger);
}

/* The bill that the order joins. */
static enum err join(struct request *r, struct transfer *t)
{
    struct ledger there = {0};
    order_join_table(&t->sums.table, &t->figures, &t->terms);
    DB_QUEUE(r->db, STMT_SESSION_SUMS_SET, r->restaurant_id, t->in.session_id, figures_sums_text(r, &t->sums));
    activity_queue(r, t->in.session_id, "order_placed", arena_printf(r->arena, "{\"order_id\":\"%s\"}", t->order_id));
    TRY(ledger_lock_session(r, t->in.session_id, &there));
    return ledger_write(r, &there);
}

enum err order_transfer(struct request *r)
{
    struct transfer *t = arena_alloc(r->arena, sizeof *t);
    TRY(read_input(r, t));
    t->order_id = request_new_id(r);
    TRY(lock_both(r, t));
    TRY(find_lines(r, t));
    TRY(price(t));
    TRY(take_off(r, t));
    write_order(r, t);
    TRY(join(r, t));
    r->response.location = arena_printf(r->arena, "/api/orders/%s", t->order_id);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_ORDER_GET, r->restaurant_id, t->order_id, NULL, "false"));
    return ERR_OK;
}
