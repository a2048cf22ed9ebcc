/* What becomes of an intent: it was captured, or it failed. */
#include "api/payments/webhook.h"

#include "api/activity.h"
#include "api/payments/write.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "http/request.h"

#include <string.h>

/* The intent that an event is about, as stored, and the ledger that it is in. */
struct intent {
    const char *status, *currency, *order_id, *session_id, *diner_id, *staff_id, *for_diner_id, *share_id;
    int64_t amount, tip_amount;
    int64_t holds; /* of the orders' dues: the amount, but for its rounding to coins */
    int64_t asked; /* what of that is still due */
    int64_t coin;  /* in which it was asked for */
    bool at_settlement;
    struct ledger ledger;
    struct rooms rooms; /* what of each order it should pay */
};

/* Where the intent is: its order, or its session. */
static enum err find_place(struct request *r, const struct webhook_event *event, const char **order_id,
                           const char **session_id)
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
static enum err lock_ledger(struct request *r, const struct webhook_event *event, struct ledger *ledger)
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
    size_t n = (size_t)db_rows(r->db, shares);
    struct rooms *rooms = &intent->rooms;
    int64_t *taken = arena_array(r->arena, intent->ledger.n, sizeof *taken);
    payment_rooms_init(r, n + intent->ledger.n, rooms);
    rooms->share_id = intent->share_id;
    for (size_t i = 0; i < n; i++) {
        struct ledger_order *o =
            ledger_find(&intent->ledger, db_text(r->db, shares, (int)i, COL_INTENT_SHARES_ORDER_ID));
        int64_t share = db_int(r->db, shares, (int)i, COL_INTENT_SHARES_AMOUNT);
        intent->holds += share;
        if (o == NULL)
            continue; /* it is at another table by now */
        int64_t due = account_due(&o->account);
        rooms->orders[rooms->n] = o;
        rooms->room[rooms->n] = due < share ? due : share;
        intent->asked += rooms->room[rooms->n];
        taken[o - intent->ledger.orders] = rooms->room[rooms->n++];
    }
    rooms->most = intent->amount > intent->holds ? intent->amount : intent->holds;
    for (size_t i = 0; i < intent->ledger.n; i++) {
        rooms->orders[rooms->n] = &intent->ledger.orders[i];
        rooms->room[rooms->n++] = account_due(&intent->ledger.orders[i].account) - taken[i];
    }
}

/* Locks the session, the orders, then the intent, in the same order as the
 * code that makes it: events about it are handled one after the other. *is_new
 * is false if this one was answered before. */
static enum err lock_intent(struct request *r, const struct webhook_event *event, struct intent *intent, bool *is_new)
{
    TRY(lock_ledger(r, event, &intent->ledger));
    db_slot slot = DB_QUEUE(r->db, STMT_INTENT_LOCK, r->restaurant_id, event->intent_id);
    db_slot known = DB_QUEUE(r->db, STMT_PAYMENT_EVENT_FIND, r->restaurant_id, r->args[1], event->event_id);
    db_slot shares = DB_QUEUE(r->db, STMT_INTENT_SHARES, r->restaurant_id, event->intent_id);
    db_slot terms = DB_QUEUE(r->db, STMT_PAYMENT_TERMS, r->restaurant_id);
    TRY(transaction_run(r));
    *is_new = db_rows(r->db, known) == 0;
    if (!*is_new)
        webhook_answer(r, event, "duplicate", db_text(r->db, known, 0, COL_PAYMENT_EVENT_FIND_PAYMENT_ID),
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
    intent->coin = payment_coin(r, terms, "online");
    intent->at_settlement = db_bool(r->db, terms, 0, COL_PAYMENT_TERMS_RECEIPT_AT_SETTLEMENT);
    read_rooms(r, shares, intent);
    return ERR_OK;
}

/* A failed intent no longer holds anything; what was captured before stays
 * captured. */
static enum err take_failed(struct request *r, const struct webhook_event *event, const struct intent *intent)
{
    bool was_pending = strcmp(intent->status, "pending") == 0;
    if (was_pending)
        DB_QUEUE(r->db, STMT_INTENT_STATUS_SET, r->restaurant_id, event->intent_id, "failed");
    webhook_remember(r, event, NULL);
    if (was_pending && intent->session_id != NULL)
        activity_queue(r, intent->session_id, "payment_failed",
                       arena_printf(r->arena, "{\"intent_id\":\"%s\"}", event->intent_id));
    webhook_answer(r, event, was_pending ? "recorded" : "ignored", NULL, NULL);
    return ERR_OK;
}

/* Whether the intent's amount, in coins, settles what it was for: that is still due, but perhaps
 * for a unit that the table's rounding has moved. */
static bool settles(const struct intent *intent)
{
    return intent->asked == intent->holds ||
           (intent->coin > 1 && cash_rounded(intent->asked, intent->coin) == intent->amount);
}

/* How the captured amount is spread over the orders. It counts against what is due,
 * whoever else holds it by now. What was asked in coins settles what it was for, if that is
 * still due; else it pays just what it is. Returns NULL or the flag. */
static const char *allocate(const struct webhook_event *event, struct intent *intent, bool is_second,
                            struct payment_draft *draft)
{
    if (strcmp(event->currency, intent->currency) != 0)
        return "currency_differs";
    if (is_second)
        return "duplicate_capture";
    if (draft->amount == intent->amount && settles(intent)) {
        draft->rounding_amount = intent->amount - intent->asked;
        intent->rooms.most = intent->asked;
    }
    bool all = payment_rooms_take(&intent->rooms, draft->amount - draft->rounding_amount);
    if (event->amount.value != intent->amount + intent->tip_amount)
        return "amount_differs";
    return all ? NULL : "overpaid";
}

/* The tip comes last: it is what exceeds the bill's part, at most the tip
 * asked for. */
static int64_t tip_of(const struct webhook_event *event, const struct intent *intent)
{
    int64_t beyond = event->amount.value - intent->amount;
    if (beyond <= 0)
        return 0;
    return beyond < intent->tip_amount ? beyond : intent->tip_amount;
}

static enum err take_captured(struct request *r, const struct webhook_event *event, struct intent *intent)
{
    db_slot before = DB_QUEUE(r->db, STMT_PAYMENT_OF_INTENT, r->restaurant_id, event->intent_id, event->provider_ref);
    TRY(transaction_run(r));
    bool is_second = db_rows(r->db, before) > 0;
    if (is_second &&
        (event->provider_ref == NULL ||
         db_bool(r->db, before, 0, COL_PAYMENT_OF_INTENT_IS_SAME))) { /* the same capture, reported again */
        webhook_remember(r, event, db_text(r->db, before, 0, COL_PAYMENT_OF_INTENT_ID));
        webhook_answer(r, event, "ignored", db_text(r->db, before, 0, COL_PAYMENT_OF_INTENT_ID),
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
        .at_settlement = intent->at_settlement,
    };
    draft.flag = allocate(event, intent, is_second, &draft);
    TRY(payment_write(r, &draft, &intent->ledger, &intent->rooms, "payment_captured"));
    DB_QUEUE(r->db, STMT_INTENT_STATUS_SET, r->restaurant_id, event->intent_id, "captured");
    webhook_remember(r, event, draft.id);
    webhook_answer(r, event, "recorded", draft.id, draft.flag);
    return ERR_OK;
}

enum err webhook_intent(struct request *r, const struct webhook_event *event)
{
    struct intent intent = {0};
    bool is_new;
    TRY(lock_intent(r, event, &intent, &is_new));
    if (!is_new)
        return ERR_OK;
    return strcmp(event->status, "failed") == 0 ? take_failed(r, event, &intent) : take_captured(r, event, &intent);
}
