/* What becomes of a refund that a provider was to make. */
#include "api/payments/webhook.h"

#include "api/activity.h"
#include "api/payments/refund.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "http/request.h"

#include <string.h>

/* The refund as it was asked for. */
static void read_refund(struct request *r, db_slot slot, struct refund_input *in)
{
    *in = (struct refund_input){
        .amount = {true, db_int(r->db, slot, 0, COL_REFUND_FIND_AMOUNT)},
        .tip_amount = {true, db_int(r->db, slot, 0, COL_REFUND_FIND_TIP_AMOUNT)},
        .reason = db_text(r->db, slot, 0, COL_REFUND_FIND_REASON),
        .reopens_due = {true, db_bool(r->db, slot, 0, COL_REFUND_FIND_REOPENS_DUE)},
    };
}

/* What is booked: the money that was really given back, the tip last, as much as can still
 * be given back. In another currency nobody can say how much that is: then it is what was
 * asked for. Returns NULL or the flag. */
static const char *book(const struct webhook_event *event, const char *currency, const struct refund_source *source,
                        struct refund_input *in)
{
    bool is_same = strcmp(event->currency, currency) == 0;
    int64_t asked = in->amount.value, asked_tip = in->tip_amount.value, most = source->amount_left - source->pending,
            most_tip = source->tip_left - source->pending_tip;
    int64_t given = is_same ? event->amount.value : asked + asked_tip, tip = given > asked ? given - asked : 0;
    tip = tip < asked_tip ? tip : asked_tip;
    tip = tip < most_tip ? tip : most_tip;
    int64_t amount = given - tip;
    if (amount > most) {
        tip += amount - most;
        tip = tip < most_tip ? tip : most_tip;
        amount = most;
    }
    in->amount.value = amount;
    in->tip_amount.value = tip;
    if (!is_same)
        return "currency_differs";
    return given != asked + asked_tip || amount + tip != given ? "amount_differs" : NULL;
}

/* The sale goes down by what was asked for, less what was credit then, and not by what the
 * provider gave back beyond it: nobody wanted that, so it is due again. Of the order that was named
 * only if there is still so much of the payment with it. */
static void limit_to_asked(struct request *r, db_slot slot, const struct refund_source *source, struct refund_input *in)
{
    int64_t asked = db_int(r->db, slot, 0, COL_REFUND_FIND_AMOUNT);
    int64_t most =
        (in->amount.value < asked ? in->amount.value : asked) - db_int(r->db, slot, 0, COL_REFUND_FIND_CREDIT_AMOUNT);
    in->lowers = (struct optional_int){true, most > 0 ? most : 0};
    const char *order_id = db_text(r->db, slot, 0, COL_REFUND_FIND_ORDER_ID);
    for (size_t i = 0; order_id != NULL && i < source->rooms.n; i++)
        if (strcmp(source->rooms.orders[i]->id, order_id) == 0 && source->rooms.room[i] >= in->amount.value)
            in->order_id = order_id;
}

static void log_refund(struct request *r, const struct webhook_event *event, const struct refund_source *source,
                       const char *action, const char *flag)
{
    struct text json;
    if (source->ledger.session_id == NULL)
        return;
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_member(&json, "payment_id", source->payment_id);
    text_json_member(&json, "refund_id", event->refund_id);
    if (flag != NULL) {
        text_json_member(&json, "flag", flag);
        text_json_member_int(&json, "given_back", event->amount.value);
        text_json_member(&json, "currency", event->currency);
    }
    text_puts(&json, "}");
    activity_queue(r, source->ledger.session_id, action, json.bytes);
}

/* A refund that failed before was given back all the same. If another took its place, and
 * nothing is left to be given back, it stays as it is and has a flag. */
static enum err give_back(struct request *r, const struct webhook_event *event, db_slot slot,
                          struct refund_source *source)
{
    struct refund_input in;
    int64_t amount = 0, rounding = 0;
    read_refund(r, slot, &in);
    const char *flag = book(event, db_text(r->db, slot, 0, COL_REFUND_FIND_CURRENCY), source, &in);
    bool is_some = in.amount.value + in.tip_amount.value > 0;
    webhook_answer(r, event, "recorded", source->payment_id, flag);
    log_refund(r, event, source, "payment_refunded", flag);
    limit_to_asked(r, slot, source, &in);
    if (is_some)
        TRY(refund_do(r, &in, source, event->refund_id, &amount, &rounding));
    const char *amount_text = is_some ? request_int_text(r, amount) : "0",
               *tip_text = is_some ? request_int_text(r, in.tip_amount.value) : "0";
    DB_QUEUE(r->db, STMT_REFUND_STATUS_SET, r->restaurant_id, event->refund_id, is_some ? "done" : "failed",
             is_some ? amount_text : NULL, is_some ? tip_text : NULL, flag,
             is_some ? request_int_text(r, rounding) : NULL);
    DB_QUEUE(r->db, STMT_PAYMENT_REFUNDED, r->restaurant_id, source->payment_id, amount_text, tip_text);
    return ledger_write(r, &source->ledger);
}

static enum err finish_refund(struct request *r, const struct webhook_event *event, const char *payment_id)
{
    struct refund_source source = {.refund_id = event->refund_id};
    TRY(refund_lock(r, payment_id, &source));
    db_slot slot = DB_QUEUE(r->db, STMT_REFUND_FIND, r->restaurant_id, event->refund_id, event->intent_id, r->args[1]);
    TRY(transaction_run(r));
    const char *status = db_text(r->db, slot, 0, COL_REFUND_FIND_STATUS);
    webhook_remember(r, event, payment_id);
    if (strcmp(event->status, "refunded") == 0 && strcmp(status, "done") != 0)
        return give_back(r, event, slot, &source);
    bool is_pending = strcmp(status, "pending") == 0;
    webhook_answer(r, event, is_pending ? "recorded" : "ignored", payment_id,
                   db_text(r->db, slot, 0, COL_REFUND_FIND_FLAG));
    if (!is_pending)
        return ERR_OK;
    DB_QUEUE(r->db, STMT_REFUND_STATUS_SET, r->restaurant_id, event->refund_id, "failed", NULL, NULL, NULL, NULL);
    log_refund(r, event, &source, "refund_failed", NULL);
    return ERR_OK;
}

/* The money was given back, or was not: sales go down only now. */
enum err webhook_refund(struct request *r, const struct webhook_event *event)
{
    db_slot slot = DB_QUEUE(r->db, STMT_REFUND_FIND, r->restaurant_id, event->refund_id, event->intent_id, r->args[1]);
    db_slot known = DB_QUEUE(r->db, STMT_PAYMENT_EVENT_FIND, r->restaurant_id, r->args[1], event->event_id);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    const char *payment_id = db_text(r->db, slot, 0, COL_REFUND_FIND_PAYMENT_ID);
    if (db_rows(r->db, known) == 0)
        return finish_refund(r, event, payment_id);
    webhook_answer(r, event, "duplicate", payment_id, db_text(r->db, slot, 0, COL_REFUND_FIND_FLAG));
    return ERR_OK;
}
