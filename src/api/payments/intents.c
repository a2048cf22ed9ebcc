/* Online payments that have begun: what is due is held for one payer, so that
 * two people who pay the same bill at once are not both charged all of it. */
#include "api/activity.h"
#include "api/card_guard.h"
#include "api/payments/write.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "db/array.h"
#include "domain/money.h"
#include "http/request.h"

#include <string.h>

struct intent_input {
    struct payment_target target;
    const char *provider;
    struct optional_int amount, tip_amount;
};

static const struct field fields[] = {
    {.name = "order_id", .type = FIELD_UUID, .offset = offsetof(struct intent_input, target.order_id)},
    {.name = "session_id", .type = FIELD_UUID, .offset = offsetof(struct intent_input, target.session_id)},
    {.name = "diner_id", .type = FIELD_UUID, .offset = offsetof(struct intent_input, target.diner_id)},
    {.name = "share_id", .type = FIELD_UUID, .offset = offsetof(struct intent_input, target.share_id)},
    {AT(intent_input, provider), .type = FIELD_LINE, .required = true, .min = 1, .max = 60},
    {AT(intent_input, amount), .type = FIELD_INT, .min = 1, .max = MONEY_MAX},
    {AT(intent_input, tip_amount), .type = FIELD_INT, .min = 0, .max = MONEY_MAX},
    {.name = "currency", .type = FIELD_NEVER},
};

static enum err read_input(struct request *r, struct intent_input *in)
{
    fields_read(r, r->json, "", FIELDS(fields), in);
    payment_target_check(r, &in->target);
    card_guard_check(r, in->provider, "/provider");
    return problem_verdict(r);
}

static enum err nothing_due(struct request *r, const struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->n; i++)
        if (account_due(&ledger->orders[i].account) > account_open(&ledger->orders[i].account))
            problem_detail(r, "Somebody else is paying all that is due; try again if that payment fails, "
                              "or after ten minutes");
    return ERR_NOTHING_DUE;
}

/* The intent's amount, spread over the orders. One that settles what it is for, where every
 * payment is in coins, holds what is open: its rounding is the difference. */
static enum err take(struct request *r, const struct intent_input *in, db_slot terms, const struct ledger *ledger,
                     struct rooms *rooms, int64_t *amount)
{
    int64_t open = payment_rooms_open(rooms);
    if (open == 0)
        return nothing_due(r, ledger);
    int64_t settles = payment_rooms_settle(rooms, payment_coin(r, terms, "online"));
    *amount = in->amount.is_set ? in->amount.value : settles;
    if (*amount == 0) {
        problem_detail(r, "What is due is less than half of the smallest coin; staff settle it with a payment of 0");
        return ERR_NOTHING_DUE;
    }
    if (!payment_rooms_take(rooms, *amount == settles ? open : *amount))
        return payment_refuse_amount(r, rooms, *amount);
    return *amount + in->tip_amount.value <= MONEY_MAX ? ERR_OK : ERR_INVALID_TOTAL;
}

static const char *order_ids(struct request *r, const struct rooms *rooms)
{
    struct text ids;
    array_init(&ids, r->arena);
    for (size_t i = 0; i < rooms->n; i++)
        array_add(&ids, rooms->orders[i]->id);
    return array_end(&ids);
}

static void write_intent(struct request *r, const struct intent_input *in, const struct ledger *ledger,
                         const struct rooms *rooms, const char *id, int64_t amount)
{
    bool diner = r->who.role == ROLE_DINER;
    if (diner)
        DB_QUEUE(r->db, STMT_INTENTS_REPLACE, r->restaurant_id, r->who.id, order_ids(r, rooms));
    DB_QUEUE(r->db, STMT_INTENT_INSERT, r->restaurant_id, id, in->target.order_id,
             in->target.order_id == NULL ? ledger->session_id : NULL, diner ? r->who.id : NULL,
             diner ? NULL : r->who.id, in->provider, request_int_text(r, amount),
             request_int_text(r, in->tip_amount.value), ledger->currency, in->target.diner_id, rooms->share_id);
    payment_queue_amounts(r, STMT_INTENT_ALLOCATIONS_INSERT, id, rooms);
    if (ledger->session_id != NULL)
        activity_queue(r, ledger->session_id, "payment_begun",
                       arena_printf(r->arena, "{\"intent_id\":\"%s\",\"amount\":%s}", id, request_int_text(r, amount)));
}

enum err intent_create(struct request *r)
{
    struct intent_input in = {0};
    struct ledger ledger;
    struct rooms rooms;
    int64_t amount;
    const char *id = request_new_id(r);
    TRY(read_input(r, &in));
    db_slot provider = DB_QUEUE(r->db, STMT_PROVIDER_SECRET, r->restaurant_id, in.provider);
    db_slot terms = DB_QUEUE(r->db, STMT_PAYMENT_TERMS, r->restaurant_id);
    TRY(payment_target_lock(r, &in.target, &ledger, &rooms));
    if (db_rows(r->db, provider) == 0)
        problem_fault(r, "/provider", "unknown_provider", "is not set up for this restaurant");
    TRY(problem_verdict(r));
    TRY(payment_target_check_share(&ledger, &rooms));
    TRY(take(r, &in, terms, &ledger, &rooms, &amount));
    write_intent(r, &in, &ledger, &rooms, id, amount);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_INTENT_GET, r->restaurant_id, id));
    return ERR_OK;
}

enum err intent_cancel(struct request *r)
{
    db_slot intent = DB_QUEUE(r->db, STMT_INTENT_LOCK, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, intent) == 0)
        return ERR_NOT_FOUND;
    const char *diner_id = db_text(r->db, intent, 0, COL_INTENT_LOCK_DINER_ID);
    if (r->who.role == ROLE_DINER && (diner_id == NULL || strcmp(diner_id, r->who.id) != 0))
        return ERR_NOT_FOUND;
    if (strcmp(db_text(r->db, intent, 0, COL_INTENT_LOCK_STATUS), "pending") != 0)
        return ERR_INTENT_ENDED;
    DB_QUEUE(r->db, STMT_INTENT_STATUS_SET, r->restaurant_id, r->args[0], "expired");
    r->response.status = 204;
    return ERR_OK;
}

struct intents_filter {
    const char *session_id;
};

static const struct field list_fields[] = {
    {AT(intents_filter, session_id), .type = FIELD_UUID, .required = true},
};
const struct query_spec intents_query = {FIELDS(list_fields), sizeof(struct intents_filter)};

/* What is held of a session's bill. */
enum err intents_list(struct request *r, const void *query)
{
    const struct intents_filter *filter = query;
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_INTENTS_LIST, r->restaurant_id, filter->session_id));
    return ERR_OK;
}
