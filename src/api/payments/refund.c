#include "api/payments/refund.h"

#include "api/card_guard.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "domain/money.h"
#include "domain/spread.h"
#include "http/request.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

static const struct field fields[] = {
    {AT(refund_input, amount), .type = FIELD_INT, .min = 0, .max = MONEY_MAX},
    {AT(refund_input, tip_amount), .type = FIELD_INT, .min = 0, .max = MONEY_MAX},
    {AT(refund_input, reason), .type = FIELD_TEXT, .required = true, .min = 1, .max = 500},
    {AT(refund_input, order_id), .type = FIELD_UUID},
    {AT(refund_input, reopens_due), .type = FIELD_BOOL},
    {AT(refund_input, items), .type = FIELD_ARRAY, .min = 1, .max = REFUND_ITEMS_MAX},
};

static const struct field item_fields[] = {
    {AT(refund_item, item_id), .type = FIELD_UUID, .required = true},
    {AT(refund_item, quantity), .type = FIELD_INT, .min = 1, .max = ORDER_QUANTITY_MAX},
};

static void read_items(struct request *r, struct refund_input *in)
{
    if (in->items == NULL)
        return;
    in->n_items = json_object_array_length(in->items);
    in->list = arena_array(r->arena, in->n_items, sizeof *in->list);
    for (size_t i = 0; i < in->n_items; i++)
        fields_read(r, json_object_array_get_idx(in->items, i), arena_printf(r->arena, "/items/%zu", i),
                    FIELDS(item_fields), &in->list[i]);
}

void refund_read(struct request *r, struct json_object *json, struct refund_input *in)
{
    fields_read(r, json, "", FIELDS(fields), in);
    read_items(r, in);
    card_guard_check(r, in->reason, "/reason");
    if (in->items != NULL && in->amount.is_set)
        problem_fault(r, "/amount", "mismatch", "must not be given together with items");
    if (in->items != NULL && in->reopens_due.value)
        problem_fault(r, "/reopens_due", "mismatch", "items that are given back are not due again");
    if (in->items == NULL && !fields_is_given(json, "amount"))
        problem_fault(r, "/amount", "required", "must be given, or items");
    if (in->amount.is_set && in->amount.value + in->tip_amount.value == 0)
        problem_fault(r, "/amount", "out_of_range", "must be above zero, or tip_amount");
}

/* Where the payment is: its session, or the order without one; neither of a deposit. */
static enum err find_place(struct request *r, const char *payment_id, const char **order_id, const char **session_id)
{
    db_slot place = DB_QUEUE(r->db, STMT_PAYMENT_PLACE, r->restaurant_id, payment_id);
    TRY(transaction_run(r));
    if (db_rows(r->db, place) == 0)
        return ERR_NOT_FOUND;
    *session_id = db_text(r->db, place, 0, COL_PAYMENT_PLACE_SESSION_ID);
    *order_id = db_text(r->db, place, 0, COL_PAYMENT_PLACE_ORDER_ID);
    return ERR_OK;
}

/* Before the payment itself is locked. */
static enum err lock_ledger(struct request *r, const char *payment_id, struct ledger *ledger)
{
    struct ledger_order *order;
    const char *order_id, *session_id;
    TRY(find_place(r, payment_id, &order_id, &session_id));
    *ledger = (struct ledger){0};
    if (session_id == NULL)
        return order_id != NULL ? ledger_lock_order(r, order_id, NULL, ledger, &order) : ERR_OK;
    TRY(ledger_lock_session(r, session_id, ledger));
    TRY(find_place(r, payment_id, &order_id, &session_id));
    return transaction_still_in(r, ledger->session_id, session_id);
}

/* What is left of the payment with each order, newest first. */
static void read_rooms(struct request *r, db_slot shares, struct refund_source *source)
{
    struct rooms *rooms = &source->rooms;
    payment_rooms_init(r, (size_t)db_rows(r->db, shares), rooms);
    source->unallocated = source->amount_left - source->rounding;
    for (size_t i = source->ledger.n; i-- > 0;) {
        struct ledger_order *o = &source->ledger.orders[i];
        for (int row = 0; row < db_rows(r->db, shares); row++) {
            if (strcmp(db_text(r->db, shares, row, COL_PAYMENT_SHARES_ORDER_ID), o->id) != 0)
                continue;
            int64_t left = db_int(r->db, shares, row, COL_PAYMENT_SHARES_AMOUNT_LEFT);
            rooms->orders[rooms->n] = o;
            rooms->room[rooms->n++] = left;
            source->unallocated -= left;
        }
    }
    source->whole = source->amount_left - source->rounding;
}

static void read_payment(struct request *r, db_slot slot, struct refund_source *s)
{
    s->version = db_text(r->db, slot, 0, COL_PAYMENT_LOCK_VERSION);
    s->amount_left = db_int(r->db, slot, 0, COL_PAYMENT_LOCK_AMOUNT_LEFT);
    s->tip_left = db_int(r->db, slot, 0, COL_PAYMENT_LOCK_TIP_LEFT);
    s->pending = db_int(r->db, slot, 0, COL_PAYMENT_LOCK_PENDING);
    s->pending_tip = db_int(r->db, slot, 0, COL_PAYMENT_LOCK_PENDING_TIP);
    s->own_promised = db_int(r->db, slot, 0, COL_PAYMENT_LOCK_OWN_PROMISED);
    s->promised = db_int(r->db, slot, 0, COL_PAYMENT_LOCK_PROMISED);
    s->rounding = db_int(r->db, slot, 0, COL_PAYMENT_LOCK_ROUNDING_LEFT);
    s->method = db_text(r->db, slot, 0, COL_PAYMENT_LOCK_METHOD);
    s->intent_id = db_text(r->db, slot, 0, COL_PAYMENT_LOCK_INTENT_ID);
    s->rooms.share_id = db_text(r->db, slot, 0, COL_PAYMENT_LOCK_SHARE_ID);
    s->is_refunded = db_bool(r->db, slot, 0, COL_PAYMENT_LOCK_IS_REFUNDED);
    s->is_of_closed_day = db_bool(r->db, slot, 0, COL_PAYMENT_LOCK_IS_OF_CLOSED_DAY);
    s->is_counted = db_bool(r->db, slot, 0, COL_PAYMENT_LOCK_IS_COUNTED);
    s->is_deposit = strcmp(db_text(r->db, slot, 0, COL_PAYMENT_LOCK_PURPOSE), "deposit") == 0;
}

enum err refund_lock(struct request *r, const char *payment_id, struct refund_source *source)
{
    source->payment_id = payment_id;
    TRY(lock_ledger(r, payment_id, &source->ledger));
    db_slot payment = DB_QUEUE(r->db, STMT_PAYMENT_LOCK, r->restaurant_id, payment_id, source->refund_id);
    db_slot shares = DB_QUEUE(r->db, STMT_PAYMENT_SHARES, r->restaurant_id, payment_id);
    source->terms = DB_QUEUE(r->db, STMT_PAYMENT_TERMS, r->restaurant_id);
    TRY(transaction_run(r));
    read_payment(r, payment, source);
    const char *share_id = source->rooms.share_id;
    read_rooms(r, shares, source);
    source->ledger.concern.share_id = share_id;
    return db_bool(r->db, payment, 0, COL_PAYMENT_LOCK_IS_VOID) ? ERR_PAYMENT_VOID : ERR_OK;
}

enum err refund_refuse(struct request *r, int64_t amount, int64_t tip_amount)
{
    problem_detail(r, "At most %" PRId64 ", and %" PRId64 " of the tip, can still be refunded", amount, tip_amount);
    return ERR_REFUND_EXCEEDS_PAYMENT;
}

/* Only the order that is named. */
static enum err narrow(struct request *r, const struct refund_input *in, struct refund_source *source)
{
    struct rooms *rooms = &source->rooms;
    bool found = in->order_id == NULL;
    for (size_t i = 0; i < rooms->n; i++) {
        bool is_it = in->order_id == NULL || strcmp(in->order_id, rooms->orders[i]->id) == 0;
        rooms->room[i] = is_it ? rooms->room[i] : 0;
        found = found || is_it;
    }
    if (!found)
        problem_fault(r, "/order_id", "not_found", "is not an order that this payment paid");
    if (in->order_id != NULL)
        source->unallocated = 0;
    return problem_verdict(r);
}

static int64_t most_of(const struct refund_source *source)
{
    return source->unallocated + payment_rooms_open(&source->rooms);
}

/* Comps an item, and takes what that lowers its order by. */
static enum err comp(struct request *r, const struct refund_input *in, const struct refund_item *item, size_t index,
                     struct refund_source *source, const char *refund_id)
{
    const char *pointer = arena_printf(r->arena, "/items/%zu/item_id", index);
    for (size_t i = 0; i < source->rooms.n; i++) {
        struct ledger_order *o = source->rooms.orders[i];
        TRY(ledger_read_lines(r, o));
        const struct ledger_line *line = ledger_find_line(o, item->item_id);
        if (line == NULL)
            continue;
        int64_t before = o->account.total,
                quantity = item->quantity.is_set ? item->quantity.value : line->amounts.quantity;
        if (!o->stands || quantity == 0 || quantity > line->amounts.quantity) {
            problem_fault(r, pointer, "out_of_range", "only %" PRId64 " of it can be given back",
                          o->stands ? line->amounts.quantity : 0);
            return problem_verdict(r);
        }
        const struct ledger_document document = {
            .kind = "comp", .item_id = line->id, .quantity = quantity, .reason = in->reason, .refund_id = refund_id};
        TRY(ledger_add(r, &source->ledger, o, &document, NULL));
        source->rooms.amounts[i] += before - o->account.total;
        return ERR_OK;
    }
    problem_fault(r, pointer, "not_found", "is not an item that this payment paid");
    return problem_verdict(r);
}

static enum err comp_items(struct request *r, const struct refund_input *in, struct refund_source *source,
                           const char *refund_id, int64_t *released)
{
    struct rooms *rooms = &source->rooms;
    *released = 0;
    for (size_t i = 0; i < in->n_items; i++)
        TRY(comp(r, in, &in->list[i], i, source, refund_id));
    for (size_t i = 0; i < rooms->n; i++) {
        if (rooms->amounts[i] > rooms->room[i])
            return refund_refuse(r, payment_rooms_open(rooms), source->tip_left);
        /* The table's tax is rounded again, and the order may bear a unit more. The guest owes it then. */
        if (rooms->amounts[i] < 0)
            rooms->amounts[i] = 0;
        *released += rooms->amounts[i];
    }
    return ERR_OK;
}

/* What pays nothing, less what refunds that wait are to give back of it. */
static int64_t free_unallocated(const struct refund_source *source)
{
    int64_t waiting = source->pending - source->own_promised;
    return source->unallocated > waiting ? source->unallocated - waiting : 0;
}

/* The table's credit that no refund that waits is to give back. */
static int64_t free_credit(const struct ledger *ledger, int64_t promised)
{
    int64_t credit = -promised;
    for (size_t i = 0; i < ledger->n; i++)
        credit += account_credit(&ledger->orders[i].account);
    return credit > 0 ? credit : 0;
}

/* What of the payment with an order is more than the order comes to. */
static int64_t credit_in(const struct rooms *rooms, size_t i)
{
    int64_t credit = account_credit(&rooms->orders[i]->account);
    return credit < rooms->room[i] ? credit : rooms->room[i];
}

/* What of an amount is credit of each order; returns what is left beyond that and beyond
 * `spare`, which pays nothing. */
static int64_t take_credits(struct request *r, const struct refund_source *source, int64_t amount, int64_t spare,
                            int64_t *credits)
{
    const struct rooms *rooms = &source->rooms;
    int64_t *room = arena_array(r->arena, rooms->n, sizeof *room);
    int64_t rest = amount > spare ? amount - spare : 0;
    int64_t most = free_credit(&source->ledger, source->promised), credit = rest < most ? rest : most;
    for (size_t i = 0; i < rooms->n; i++)
        room[i] = credit_in(rooms, i);
    return rest - credit + spread_in_order(credit, room, rooms->n, credits);
}

/* Credit is given back as it is; beyond it the sale goes down with the money. What was
 * credit when it was asked for, and paid something else meanwhile, is due again. */
static enum err lower_sales(struct request *r, const struct refund_input *in, struct refund_source *source,
                            const char *refund_id, const int64_t *credits)
{
    struct rooms *rooms = &source->rooms;
    int64_t most = in->lowers.is_set ? in->lowers.value : MONEY_MAX;
    for (size_t i = 0; i < rooms->n; i++) {
        int64_t beyond = rooms->amounts[i] - credits[i];
        beyond = beyond < most ? beyond : most;
        if (beyond <= 0)
            continue;
        most -= beyond;
        const struct ledger_document document = {
            .kind = "discount", .amount = {true, beyond}, .reason = in->reason, .refund_id = refund_id};
        TRY(ledger_add(r, &source->ledger, rooms->orders[i], &document, NULL));
    }
    return ERR_OK;
}

/* First what pays nothing, then credits, then the newest orders; last the credit that
 * another refund is to give back. */
static enum err give_amount(struct request *r, const struct refund_input *in, struct refund_source *source,
                            const char *refund_id, int64_t released)
{
    struct rooms *rooms = &source->rooms;
    int64_t *credits = arena_array(r->arena, rooms->n, sizeof *credits);
    int64_t *room = arena_array(r->arena, rooms->n, sizeof *room),
            *more = arena_array(r->arena, rooms->n, sizeof *more),
            *last = arena_array(r->arena, rooms->n, sizeof *last);
    int64_t rest = take_credits(r, source, released, source->unallocated, credits);
    for (size_t i = 0; i < rooms->n; i++)
        room[i] = rooms->room[i] - credit_in(rooms, i);
    rest = spread_in_order(rest, room, rooms->n, more);
    for (size_t i = 0; i < rooms->n; i++)
        room[i] = credit_in(rooms, i) - credits[i];
    if (spread_in_order(rest, room, rooms->n, last) > 0)
        return refund_refuse(r, most_of(source), source->tip_left);
    for (size_t i = 0; i < rooms->n; i++) {
        credits[i] += last[i];
        rooms->amounts[i] = credits[i] + more[i];
    }
    return in->reopens_due.value ? ERR_OK : lower_sales(r, in, source, refund_id, credits);
}

enum err refund_promise(struct request *r, const struct refund_input *in, struct refund_source *source, int64_t *credit)
{
    int64_t *credits = arena_array(r->arena, source->rooms.n, sizeof *credits);
    TRY(narrow(r, in, source));
    take_credits(r, source, in->amount.value, free_unallocated(source), credits);
    *credit = 0;
    for (size_t i = 0; i < source->rooms.n; i++)
        *credit += credits[i];
    return ERR_OK;
}

/* Whether it is all that the payment has too much. */
static bool is_last_credit(const struct refund_source *source, int64_t released)
{
    int64_t credit = 0;
    for (size_t i = 0; i < source->rooms.n; i++)
        credit += credit_in(&source->rooms, i);
    return released > 0 && released == credit && credit <= free_credit(&source->ledger, source->promised);
}

/* The money that is handed out: cash in coins; with the last of a payment, all of it. */
static int64_t money_of(struct request *r, const struct refund_source *source, int64_t released)
{
    int64_t coin = db_int(r->db, source->terms, 0, COL_PAYMENT_TERMS_COIN);
    if (released == source->whole)
        return source->amount_left;
    int64_t money = strcmp(source->method, "cash") == 0 ? cash_rounded(released, coin) : released;
    return money < source->amount_left ? money : source->amount_left;
}

enum err refund_check(struct request *r, const struct refund_input *in, const struct refund_source *source)
{
    int64_t amount = source->amount_left - source->pending, tip = source->tip_left - source->pending_tip;
    return in->amount.value > amount || in->tip_amount.value > tip ? refund_refuse(r, amount, tip) : ERR_OK;
}

void refund_take(struct refund_source *source, size_t room, int64_t amount)
{
    source->rooms.orders[room]->account.kept -= amount;
    source->ledger.concern.paid -= amount;
}

/* What an amount takes of the payment: all that is left of it takes its rounding along. A
 * provider has given back what it says; where only rounding is left beyond, that is the
 * refund's. */
static int64_t taken_by(const struct refund_source *source, const struct refund_input *in, int64_t most)
{
    int64_t amount = in->amount.value;
    if (in->order_id != NULL || amount > source->amount_left)
        return amount;
    if (amount == source->amount_left)
        return source->whole;
    return source->intent_id != NULL && amount > most ? most : amount;
}

enum err refund_do(struct request *r, const struct refund_input *in, struct refund_source *source,
                   const char *refund_id, int64_t *amount, int64_t *rounding)
{
    int64_t most, released = in->amount.value;
    bool settles = false;
    TRY(narrow(r, in, source));
    most = most_of(source);
    if (in->tip_amount.value > source->tip_left)
        return refund_refuse(r, most, source->tip_left);
    if (in->items != NULL) {
        TRY(comp_items(r, in, source, refund_id, &released));
    } else {
        struct refund_input fitted = *in; /* the sale goes down by the rounding, too */
        released = taken_by(source, in, most);
        fitted.lowers.value += released - in->amount.value;
        if (released > most)
            return refund_refuse(r, most < source->amount_left ? most : source->amount_left, source->tip_left);
        settles = is_last_credit(source, released);
        TRY(give_amount(r, &fitted, source, refund_id, released));
    }
    *amount = source->intent_id != NULL ? in->amount.value : money_of(r, source, released);
    *rounding = *amount - released;
    if (*amount + in->tip_amount.value == 0 && !settles) { /* it costs nothing by now, or less than half a coin */
        problem_fault(r, in->items != NULL ? "/items" : "/amount", "out_of_range",
                      "comes to nothing that could be given back");
        return problem_verdict(r);
    }
    for (size_t i = 0; i < source->rooms.n; i++) {
        refund_take(source, i, source->rooms.amounts[i]);
        if (source->rooms.amounts[i] > 0)
            source->rooms.orders[i]->account.returned = true;
    }
    payment_queue_amounts(r, STMT_PAYMENT_ALLOCATIONS_REFUND, source->payment_id, &source->rooms);
    return ERR_OK;
}
