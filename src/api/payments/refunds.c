/* Refunds and voids. The payment's row is locked, so that concurrent ones add up; the
 * schema also refuses more than was paid. */
#include "api/activity.h"
#include "api/card_guard.h"
#include "api/if_match.h"
#include "api/payments/cash.h"
#include "api/payments/refund.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "http/request.h"

#include <json-c/json.h>
#include <string.h>

static void answer_payment(struct request *r, int status, const char *payment_id)
{
    r->response.location = status == 201 ? arena_printf(r->arena, "/api/payments/%s", payment_id) : NULL;
    transaction_answer(r, status, DB_QUEUE(r->db, STMT_PAYMENT_GET, r->restaurant_id, payment_id));
}

static void log_refund(struct request *r, const struct refund_source *source, const char *action, const char *id,
                       int64_t amount, int64_t tip_amount)
{
    if (source->ledger.session_id == NULL)
        return;
    activity_queue(r, source->ledger.session_id, action,
                   arena_printf(r->arena,
                                "{\"payment_id\":\"%s\",\"refund_id\":\"%s\",\"amount\":%s,\"tip_amount\":%s}",
                                source->payment_id, id, request_int_text(r, amount), request_int_text(r, tip_amount)));
}

/* The provider gives the money back, and says when it has. */
static enum err begin_refund(struct request *r, const struct refund_input *in, struct refund_source *source)
{
    const char *id = request_new_id(r);
    int64_t credit;
    TRY(refund_check(r, in, source));
    if (in->items != NULL) {
        problem_fault(r, "/items", "mismatch", "an online payment is given back by amount");
        return problem_verdict(r);
    }
    TRY(refund_promise(r, in, source, &credit));
    DB_QUEUE(r->db, STMT_REFUND_INSERT, r->restaurant_id, id, source->payment_id, request_int_text(r, in->amount.value),
             request_int_text(r, in->tip_amount.value), in->reason, r->who.id, bool_text(in->reopens_due.value), "0",
             "pending", in->order_id, request_int_text(r, credit), NULL);
    DB_QUEUE(r->db, STMT_PAYMENT_REFUNDED, r->restaurant_id, source->payment_id, "0", "0");
    log_refund(r, source, "refund_begun", id, in->amount.value, in->tip_amount.value);
    answer_payment(r, 201, source->payment_id);
    return ERR_OK;
}

static enum err give_back(struct request *r, const struct refund_input *in, db_slot drawer,
                          struct refund_source *source)
{
    const char *id = request_new_id(r), *drawer_id = NULL;
    int64_t amount, rounding;
    TRY(refund_do(r, in, source, id, &amount, &rounding));
    if (strcmp(source->method, "cash") == 0)
        TRY(cash_drawer(r, drawer, &drawer_id));
    const char *amount_text = request_int_text(r, amount), *tip_text = request_int_text(r, in->tip_amount.value);
    DB_QUEUE(r->db, STMT_REFUND_INSERT, r->restaurant_id, id, source->payment_id, amount_text, tip_text, in->reason,
             r->who.id, bool_text(in->reopens_due.value), request_int_text(r, rounding), "done", in->order_id, "0",
             drawer_id);
    DB_QUEUE(r->db, STMT_PAYMENT_REFUNDED, r->restaurant_id, source->payment_id, amount_text, tip_text);
    log_refund(r, source, "payment_refunded", id, amount, in->tip_amount.value);
    TRY(ledger_write(r, &source->ledger));
    answer_payment(r, 201, source->payment_id);
    return ERR_OK;
}

enum err payment_refund(struct request *r)
{
    struct refund_input in = {0};
    struct refund_source source = {0};
    refund_read(r, r->json, &in);
    TRY(problem_verdict(r));
    db_slot drawer = cash_queue_drawer(r, r->args[0]);
    TRY(refund_lock(r, r->args[0], &source));
    TRY(if_match_check(r, source.version));
    return source.intent_id != NULL ? begin_refund(r, &in, &source) : give_back(r, &in, drawer, &source);
}

struct void_input {
    const char *reason;
};

static const struct field void_fields[] = {
    {AT(void_input, reason), .type = FIELD_TEXT, .required = true, .min = 1, .max = 500},
};

/* It never happened: what was due is due again. */
enum err payment_void(struct request *r)
{
    struct void_input in = {0};
    struct refund_source source = {0};
    fields_read(r, r->json, "", FIELDS(void_fields), &in);
    card_guard_check(r, in.reason, "/reason");
    TRY(problem_verdict(r));
    TRY(refund_lock(r, r->args[0], &source));
    TRY(if_match_check(r, source.version));
    if (source.intent_id != NULL)
        return ERR_PAYMENT_CAPTURED;
    if (source.is_refunded)
        return ERR_PAYMENT_REFUNDED;
    if (source.is_of_closed_day) {
        problem_detail(r, "The payment's business day is closed: give the money back instead");
        return ERR_DAY_CLOSED;
    }
    if (source.is_counted) {
        problem_detail(r, "Its cash was counted when the drawer was closed: give the money back instead");
        return ERR_DRAWER_CLOSED;
    }
    for (size_t i = 0; i < source.rooms.n; i++)
        refund_take(&source, i, source.rooms.room[i]);
    DB_QUEUE(r->db, STMT_PAYMENT_VOID, r->restaurant_id, source.payment_id, r->who.id, in.reason);
    DB_QUEUE(r->db, STMT_ALLOCATIONS_VOID, r->restaurant_id, source.payment_id);
    if (source.ledger.session_id != NULL)
        activity_queue(r, source.ledger.session_id, "payment_voided",
                       arena_printf(r->arena, "{\"payment_id\":\"%s\"}", source.payment_id));
    TRY(ledger_write(r, &source.ledger));
    answer_payment(r, 200, source.payment_id);
    return ERR_OK;
}
