/* A provider's events about online payments. They may come twice, late, in any
 * order, and with an amount that nobody asked for: each event counts once, and
 * money that was received is recorded whatever it was for. */
#include "api/activity.h"
#include "api/card_guard.h"
#include "api/payments/write.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "auth/seal.h"
#include "auth/signature.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "domain/money.h"
#include "http/request.h"

#include <string.h>

struct event {
    const char *event_id, *intent_id, *status, *currency, *provider_ref;
    struct optional_int amount;
};

static const char *const statuses[] = {"captured", "failed", NULL};

static const struct field fields[] = {
    {AT(event, event_id), .type = FIELD_LINE, .required = true, .min = 1, .max = 255},
    {AT(event, intent_id), .type = FIELD_UUID, .required = true},
    {AT(event, status), .type = FIELD_CHOICE, .required = true, .choices = statuses},
    {AT(event, amount), .type = FIELD_INT, .required = true, .min = 0, .max = MONEY_MAX},
    {AT(event, currency), .type = FIELD_LINE, .required = true, .min = 3, .max = 3},
    {AT(event, provider_ref), .type = FIELD_LINE, .max = 255},
};

/* The intent that an event is about, as stored. */
struct intent {
    const char *status, *currency, *order_id, *session_id, *diner_id, *staff_id;
    int64_t amount, tip_amount;
    db_slot orders; /* what it should pay, locked */
};

static enum err verify(struct request *r)
{
    db_slot slot = DB_QUEUE(r->db, STMT_PROVIDER_SECRET, r->restaurant_id, r->args[1]);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    const char *secret =
        seal_open(r->arena, r->keys->provider, db_text(r->db, slot, 0, COL_PROVIDER_SECRET_SECRET_SEALED));
    if (secret == NULL) {
        LOG_ERROR("a payment provider's secret was sealed under another JWT_SECRET: set it again",
                  LOG_TEXT("provider", r->args[1]), LOG_TEXT("restaurant", r->restaurant_id));
        return ERR_INTERNAL;
    }
    return signature_verify(secret, r->signature, r->body, r->body_len, clock_real_us() / 1000000)
               ? ERR_OK
               : ERR_INVALID_SIGNATURE;
}

static enum err read_event(struct request *r, struct event *event)
{
    fields_read(r, r->json, "", FIELDS(fields), event);
    card_guard_check(r, event->provider_ref, "/provider_ref");
    if (event->currency != NULL && strspn(event->currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        problem_fault(r, "/currency", "invalid_format", "must be an ISO 4217 code");
    if (event->status != NULL && strcmp(event->status, "captured") == 0 && event->amount.is_set &&
        event->amount.value == 0)
        problem_fault(r, "/amount", "out_of_range", "must be above zero where money was captured");
    return problem_verdict(r);
}

static void answer(struct request *r, const struct event *event, const char *status, const char *payment_id,
                   const char *flag)
{
    struct text json;
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_member(&json, "event_id", event->event_id);
    text_json_member(&json, "status", status);
    text_json_member(&json, "payment_id", payment_id);
    text_json_member(&json, "flag", flag);
    text_puts(&json, "}");
    response_json(&r->response, 200, json.bytes);
}

static void remember(struct request *r, const struct event *event, const char *payment_id)
{
    DB_QUEUE(r->db, STMT_PAYMENT_EVENT_INSERT, r->restaurant_id, r->args[1], event->event_id, event->intent_id,
             event->status, request_int_text(r, event->amount.value), event->currency, event->provider_ref, payment_id);
}

/* Locks the session, the orders, then the intent, in the same order as the
 * code that makes it: events about it are handled one after the other. *is_new
 * is false if this one was answered before. */
static enum err lock_intent(struct request *r, const struct event *event, struct intent *intent, bool *is_new)
{
    DB_QUEUE(r->db, STMT_PAYMENT_INTENT_SESSION_HOLD, r->restaurant_id, event->intent_id);
    intent->orders = DB_QUEUE(r->db, STMT_PAYMENT_INTENT_ORDERS_LOCK, r->restaurant_id, event->intent_id);
    db_slot slot = DB_QUEUE(r->db, STMT_INTENT_LOCK, r->restaurant_id, event->intent_id);
    db_slot known = DB_QUEUE(r->db, STMT_PAYMENT_EVENT_FIND, r->restaurant_id, r->args[1], event->event_id);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0 || strcmp(db_text(r->db, slot, 0, COL_INTENT_LOCK_PROVIDER), r->args[1]) != 0)
        return ERR_NOT_FOUND;
    *is_new = db_rows(r->db, known) == 0;
    if (!*is_new)
        answer(r, event, "duplicate", db_text(r->db, known, 0, COL_PAYMENT_EVENT_FIND_PAYMENT_ID),
               db_text(r->db, known, 0, COL_PAYMENT_EVENT_FIND_FLAG));
    *intent = (struct intent){
        .orders = intent->orders,
        .status = db_text(r->db, slot, 0, COL_INTENT_LOCK_STATUS),
        .amount = db_int(r->db, slot, 0, COL_INTENT_LOCK_AMOUNT),
        .tip_amount = db_int(r->db, slot, 0, COL_INTENT_LOCK_TIP_AMOUNT),
        .currency = db_text(r->db, slot, 0, COL_INTENT_LOCK_CURRENCY),
        .order_id = db_text(r->db, slot, 0, COL_INTENT_LOCK_ORDER_ID),
        .session_id = db_text(r->db, slot, 0, COL_INTENT_LOCK_SESSION_ID),
        .diner_id = db_text(r->db, slot, 0, COL_INTENT_LOCK_DINER_ID),
        .staff_id = db_text(r->db, slot, 0, COL_INTENT_LOCK_STAFF_ID),
    };
    return ERR_OK;
}

/* A failed intent no longer holds anything; what was captured before stays
 * captured. */
static enum err take_failed(struct request *r, const struct event *event, const struct intent *intent)
{
    bool was_pending = strcmp(intent->status, "pending") == 0;
    if (was_pending)
        DB_QUEUE(r->db, STMT_INTENT_STATUS_SET, r->restaurant_id, event->intent_id, "failed");
    remember(r, event, NULL);
    const char *session_id = intent->session_id;
    if (session_id == NULL && db_rows(r->db, intent->orders) > 0) /* that of its order */
        session_id = db_text(r->db, intent->orders, 0, COL_PAYMENT_INTENT_ORDERS_LOCK_SESSION_ID);
    if (was_pending && session_id != NULL)
        activity_queue(r, session_id, "payment_failed",
                       arena_printf(r->arena, "{\"intent_id\":\"%s\"}", event->intent_id));
    answer(r, event, was_pending ? "recorded" : "ignored", NULL, NULL);
    return ERR_OK;
}

/* How the captured amount is spread over the orders. It counts against what is
 * due, whoever else holds it by now. Returns NULL or the flag. */
static const char *allocate(struct request *r, const struct event *event, const struct intent *intent,
                            const struct accounts *accounts, bool is_second, int64_t amount, int64_t *amounts)
{
    if (strcmp(event->currency, intent->currency) != 0)
        return "currency_differs";
    if (is_second)
        return "duplicate_capture";
    int64_t *rooms = arena_array(r->arena, accounts->n, sizeof *rooms);
    for (size_t i = 0; i < accounts->n; i++) {
        int64_t due = account_due(&accounts->orders[i].account), share = accounts->orders[i].share;
        rooms[i] = due < share ? due : share;
    }
    int64_t left = account_spread(amount, rooms, accounts->n, amounts);
    if (event->amount.value != intent->amount + intent->tip_amount)
        return "amount_differs";
    return left > 0 ? "overpaid" : NULL;
}

/* The tip comes last: it is what exceeds the bill's part, at most the tip
 * asked for. */
static int64_t tip_of(const struct event *event, const struct intent *intent)
{
    int64_t beyond = event->amount.value - intent->amount;
    if (beyond <= 0)
        return 0;
    return beyond < intent->tip_amount ? beyond : intent->tip_amount;
}

static enum err take_captured(struct request *r, const struct event *event, const struct intent *intent)
{
    struct accounts accounts;
    db_slot before = DB_QUEUE(r->db, STMT_PAYMENT_OF_INTENT, r->restaurant_id, event->intent_id, event->provider_ref);
    TRY(transaction_run(r));
    bool is_second = db_rows(r->db, before) > 0;
    if (is_second &&
        (event->provider_ref == NULL ||
         db_bool(r->db, before, 0, COL_PAYMENT_OF_INTENT_IS_SAME))) { /* the same capture, reported again */
        remember(r, event, db_text(r->db, before, 0, COL_PAYMENT_OF_INTENT_ID));
        answer(r, event, "ignored", db_text(r->db, before, 0, COL_PAYMENT_OF_INTENT_ID),
               db_text(r->db, before, 0, COL_PAYMENT_OF_INTENT_FLAG));
        return ERR_OK;
    }
    TRY(accounts_read(r, intent->orders, NULL, event->intent_id, &accounts));
    int64_t *amounts = arena_array(r->arena, accounts.n, sizeof *amounts), tip = tip_of(event, intent);
    struct payment_draft draft = {
        .id = request_new_id(r),
        .order_id = intent->order_id,
        .session_id = intent->session_id != NULL ? intent->session_id : accounts.orders[0].session_id,
        .intent_id = event->intent_id,
        .amount = event->amount.value - tip,
        .tip_amount = tip,
        .currency = event->currency,
        .method = "online",
        .provider = r->args[1],
        .provider_ref = event->provider_ref,
        .staff_id = intent->staff_id,
        .diner_id = intent->diner_id,
    };
    draft.flag = allocate(r, event, intent, &accounts, is_second, draft.amount, amounts);
    payment_write(r, &draft, &accounts, amounts, "payment_captured");
    DB_QUEUE(r->db, STMT_INTENT_STATUS_SET, r->restaurant_id, event->intent_id, "captured");
    remember(r, event, draft.id);
    answer(r, event, "recorded", draft.id, draft.flag);
    return ERR_OK;
}

enum err payment_webhook(struct request *r)
{
    struct event event = {0};
    struct intent intent;
    bool is_new;
    TRY(verify(r));
    TRY(read_event(r, &event));
    TRY(lock_intent(r, &event, &intent, &is_new));
    if (!is_new)
        return ERR_OK;
    return strcmp(event.status, "failed") == 0 ? take_failed(r, &event, &intent) : take_captured(r, &event, &intent);
}
