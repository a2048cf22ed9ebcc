/* A provider's events about online payments. They may come twice, late, in any
 * order, and with an amount that nobody asked for: each event counts once, and
 * money that was received is recorded whatever it was for. */
#include "api/activity.h"
#include "api/payments/refund.h"
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
    const char *event_id, *intent_id, *refund_id, *status, *currency, *provider_ref;
    struct optional_int amount;
};

static const char *const statuses[] = {"captured", "failed", "refunded", "refund_failed", NULL};

static const struct field fields[] = {
    {AT(event, event_id), .type = FIELD_LINE, .required = true, .min = 1, .max = 255},
    {AT(event, intent_id), .type = FIELD_UUID, .required = true},
    {AT(event, refund_id), .type = FIELD_UUID},
    {AT(event, status), .type = FIELD_CHOICE, .required = true, .choices = statuses},
    {AT(event, amount), .type = FIELD_INT, .required = true, .min = 0, .max = MONEY_MAX},
    {AT(event, currency), .type = FIELD_LINE, .required = true, .min = 3, .max = 3},
    {AT(event, provider_ref), .type = FIELD_LINE, .max = 255},
};

/* The intent that an event is about, as stored, and the ledger that it is in. */
struct intent {
    const char *status, *currency, *order_id, *session_id, *diner_id, *staff_id, *for_diner_id, *share_id;
    int64_t amount, tip_amount;
    struct ledger ledger;
    struct rooms rooms; /* what of each order it should pay */
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

static bool is_of_refund(const struct event *event)
{
    return strncmp(event->status, "refund", 6) == 0;
}

static enum err read_event(struct request *r, struct event *event)
{
    fields_read(r, r->json, "", FIELDS(fields), event);
    if (event->currency != NULL && strspn(event->currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        problem_fault(r, "/currency", "invalid_format", "must be an ISO 4217 code");
    bool has_money =
        event->status != NULL && (strcmp(event->status, "captured") == 0 || strcmp(event->status, "refunded") == 0);
    if (has_money && event->amount.is_set && event->amount.value == 0)
        problem_fault(r, "/amount", "out_of_range", "must be above zero where money was captured or given back");
    if (event->status != NULL && is_of_refund(event) != (event->refund_id != NULL))
        problem_fault(r, "/refund_id", event->refund_id != NULL ? "mismatch" : "required",
                      "goes with refunded and refund_failed");
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
             event->status, request_int_text(r, event->amount.value), event->currency, event->provider_ref, payment_id,
             event->refund_id);
}

/* Where the intent is: its order, or its session. */
static enum err find_place(struct request *r, const struct event *event, const char **order_id, const char **session_id)
{
    db_slot place = DB_QUEUE(r->db, STMT_INTENT_PLACE, r->restaurant_id, event->intent_id);
    TRY(transaction_run(r));
    if (db_rows(r->db, place) == 0 || strcmp(db_text(r->db, place, 0, COL_INTENT_PLACE_PROVIDER), r->args[1]) != 0)
        return ERR_NOT_FOUND;
    *order_id = db_text(r->db, place, 0, COL_INTENT_PLACE_ORDER_ID);
    *session_id = db_text(r->db, place, 0, COL_INTENT_PLACE_SESSION_ID);
    return ERR_OK;
}

/* Before the intent itself is locked. */
static enum err lock_ledger(struct request *r, const struct event *event, struct ledger *ledger)
{
    struct ledger_order *order;
    const char *order_id, *session_id;
    TRY(find_place(r, event, &order_id, &session_id));
    *ledger = (struct ledger){.intent_id = event->intent_id};
    if (order_id != NULL)
        return ledger_lock_order(r, order_id, NULL, ledger, &order);
    TRY(ledger_lock_session(r, session_id, ledger));
    TRY(find_place(r, event, &order_id, &session_id));
    return transaction_still_in(r, ledger->session_id, session_id);
}

/* What the intent was to pay of each order, less what was paid of it meanwhile or is no
 * longer asked for; what that leaves of the money pays what else is due at the table,
 * oldest order first. */
static void read_rooms(struct request *r, db_slot shares, struct intent *intent)
{
    size_t n = (size_t)db_rows(r->db, shares), most = n + intent->ledger.n;
    struct rooms *rooms = &intent->rooms;
    int64_t *taken = arena_array(r->arena, intent->ledger.n, sizeof *taken);
    *rooms = (struct rooms){.orders = arena_array(r->arena, most, sizeof *rooms->orders),
                            .room = arena_array(r->arena, most, sizeof(int64_t)),
                            .amounts = arena_array(r->arena, most, sizeof(int64_t)),
                            .most = intent->amount,
                            .share_id = intent->share_id};
    for (size_t i = 0; i < n; i++) {
        struct ledger_order *o =
            ledger_find(&intent->ledger, db_text(r->db, shares, (int)i, COL_INTENT_SHARES_ORDER_ID));
        int64_t share = db_int(r->db, shares, (int)i, COL_INTENT_SHARES_AMOUNT);
        if (o == NULL)
            continue; /* it is at another table by now */
        int64_t due = account_due(&o->account);
        rooms->orders[rooms->n] = o;
        rooms->room[rooms->n] = due < share ? due : share;
        taken[o - intent->ledger.orders] = rooms->room[rooms->n++];
    }
    for (size_t i = 0; i < intent->ledger.n; i++) {
        rooms->orders[rooms->n] = &intent->ledger.orders[i];
        rooms->room[rooms->n++] = account_due(&intent->ledger.orders[i].account) - taken[i];
    }
}

/* Locks the session, the orders, then the intent, in the same order as the
 * code that makes it: events about it are handled one after the other. *is_new
 * is false if this one was answered before. */
static enum err lock_intent(struct request *r, const struct event *event, struct intent *intent, bool *is_new)
{
    TRY(lock_ledger(r, event, &intent->ledger));
    db_slot slot = DB_QUEUE(r->db, STMT_INTENT_LOCK, r->restaurant_id, event->intent_id);
    db_slot known = DB_QUEUE(r->db, STMT_PAYMENT_EVENT_FIND, r->restaurant_id, r->args[1], event->event_id);
    db_slot shares = DB_QUEUE(r->db, STMT_INTENT_SHARES, r->restaurant_id, event->intent_id);
    TRY(transaction_run(r));
    *is_new = db_rows(r->db, known) == 0;
    if (!*is_new)
        answer(r, event, "duplicate", db_text(r->db, known, 0, COL_PAYMENT_EVENT_FIND_PAYMENT_ID),
               db_text(r->db, known, 0, COL_PAYMENT_EVENT_FIND_FLAG));
    intent->status = db_text(r->db, slot, 0, COL_INTENT_LOCK_STATUS);
    intent->amount = db_int(r->db, slot, 0, COL_INTENT_LOCK_AMOUNT);
    intent->tip_amount = db_int(r->db, slot, 0, COL_INTENT_LOCK_TIP_AMOUNT);
    intent->currency = db_text(r->db, slot, 0, COL_INTENT_LOCK_CURRENCY);
    intent->order_id = db_text(r->db, slot, 0, COL_INTENT_LOCK_ORDER_ID);
    intent->session_id = intent->ledger.session_id;
    intent->diner_id = db_text(r->db, slot, 0, COL_INTENT_LOCK_DINER_ID);
    intent->staff_id = db_text(r->db, slot, 0, COL_INTENT_LOCK_STAFF_ID);
    intent->for_diner_id = db_text(r->db, slot, 0, COL_INTENT_LOCK_FOR_DINER_ID);
    intent->share_id = db_text(r->db, slot, 0, COL_INTENT_LOCK_SHARE_ID);
    read_rooms(r, shares, intent);
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
    if (was_pending && intent->session_id != NULL)
        activity_queue(r, intent->session_id, "payment_failed",
                       arena_printf(r->arena, "{\"intent_id\":\"%s\"}", event->intent_id));
    answer(r, event, was_pending ? "recorded" : "ignored", NULL, NULL);
    return ERR_OK;
}

/* How the captured amount is spread over the orders. It counts against what is
 * due, whoever else holds it by now. Returns NULL or the flag. */
static const char *allocate(const struct event *event, struct intent *intent, bool is_second, int64_t amount)
{
    if (strcmp(event->currency, intent->currency) != 0)
        return "currency_differs";
    if (is_second)
        return "duplicate_capture";
    bool all = payment_rooms_take(&intent->rooms, amount);
    if (event->amount.value != intent->amount + intent->tip_amount)
        return "amount_differs";
    return all ? NULL : "overpaid";
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

static enum err take_captured(struct request *r, const struct event *event, struct intent *intent)
{
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
    int64_t tip = tip_of(event, intent);
    struct payment_draft draft = {
        .id = request_new_id(r),
        .order_id = intent->order_id,
        .session_id = intent->session_id,
        .for_diner_id = intent->for_diner_id,
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
    draft.flag = allocate(event, intent, is_second, draft.amount);
    TRY(payment_write(r, &draft, &intent->ledger, &intent->rooms, "payment_captured"));
    DB_QUEUE(r->db, STMT_INTENT_STATUS_SET, r->restaurant_id, event->intent_id, "captured");
    remember(r, event, draft.id);
    answer(r, event, "recorded", draft.id, draft.flag);
    return ERR_OK;
}

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
static const char *book(const struct event *event, const char *currency, const struct refund_source *source,
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
static void narrow(struct request *r, db_slot slot, const struct refund_source *source, struct refund_input *in)
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

static void log_refund(struct request *r, const struct event *event, const struct refund_source *source,
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
static enum err give_back(struct request *r, const struct event *event, db_slot slot, struct refund_source *source)
{
    struct refund_input in;
    int64_t amount = 0, rounding;
    read_refund(r, slot, &in);
    const char *flag = book(event, db_text(r->db, slot, 0, COL_REFUND_FIND_CURRENCY), source, &in);
    bool is_some = in.amount.value + in.tip_amount.value > 0;
    answer(r, event, "recorded", source->payment_id, flag);
    log_refund(r, event, source, "payment_refunded", flag);
    narrow(r, slot, source, &in);
    if (is_some)
        TRY(refund_do(r, &in, source, event->refund_id, &amount, &rounding));
    const char *amount_text = is_some ? request_int_text(r, amount) : "0",
               *tip_text = is_some ? request_int_text(r, in.tip_amount.value) : "0";
    DB_QUEUE(r->db, STMT_REFUND_STATUS_SET, r->restaurant_id, event->refund_id, is_some ? "done" : "failed",
             is_some ? amount_text : NULL, is_some ? tip_text : NULL, flag);
    DB_QUEUE(r->db, STMT_PAYMENT_REFUNDED, r->restaurant_id, source->payment_id, amount_text, tip_text);
    return ledger_write(r, &source->ledger);
}

static enum err finish_refund(struct request *r, const struct event *event, const char *payment_id)
{
    struct refund_source source = {.refund_id = event->refund_id};
    TRY(refund_lock(r, payment_id, &source));
    db_slot slot = DB_QUEUE(r->db, STMT_REFUND_FIND, r->restaurant_id, event->refund_id, event->intent_id, r->args[1]);
    TRY(transaction_run(r));
    const char *status = db_text(r->db, slot, 0, COL_REFUND_FIND_STATUS);
    remember(r, event, payment_id);
    if (strcmp(event->status, "refunded") == 0 && strcmp(status, "done") != 0)
        return give_back(r, event, slot, &source);
    bool is_pending = strcmp(status, "pending") == 0;
    answer(r, event, is_pending ? "recorded" : "ignored", payment_id, db_text(r->db, slot, 0, COL_REFUND_FIND_FLAG));
    if (!is_pending)
        return ERR_OK;
    DB_QUEUE(r->db, STMT_REFUND_STATUS_SET, r->restaurant_id, event->refund_id, "failed", NULL, NULL, NULL);
    log_refund(r, event, &source, "refund_failed", NULL);
    return ERR_OK;
}

/* The money was given back, or was not: sales go down only now. */
static enum err take_refund(struct request *r, const struct event *event)
{
    db_slot slot = DB_QUEUE(r->db, STMT_REFUND_FIND, r->restaurant_id, event->refund_id, event->intent_id, r->args[1]);
    db_slot known = DB_QUEUE(r->db, STMT_PAYMENT_EVENT_FIND, r->restaurant_id, r->args[1], event->event_id);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    const char *payment_id = db_text(r->db, slot, 0, COL_REFUND_FIND_PAYMENT_ID);
    if (db_rows(r->db, known) == 0)
        return finish_refund(r, event, payment_id);
    answer(r, event, "duplicate", payment_id, db_text(r->db, slot, 0, COL_REFUND_FIND_FLAG));
    return ERR_OK;
}

enum err payment_webhook(struct request *r)
{
    struct event event = {0};
    struct intent intent;
    bool is_new;
    TRY(verify(r));
    TRY(read_event(r, &event));
    if (is_of_refund(&event))
        return take_refund(r, &event);
    TRY(lock_intent(r, &event, &intent, &is_new));
    if (!is_new)
        return ERR_OK;
    return strcmp(event.status, "failed") == 0 ? take_failed(r, &event, &intent) : take_captured(r, &event, &intent);
}
