/* Giving money back. The payment's row is locked, so that concurrent refunds
 * add up; the schema also refuses more than was paid. */
#include "api/activity.h"
#include "api/card_guard.h"
#include "api/if_match.h"
#include "api/payments/accounts.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "domain/money.h"
#include "http/request.h"

#include <inttypes.h>
#include <string.h>

struct refund_input {
    struct optional_int amount, tip_amount;
    const char *reason, *order_id;
};

static const struct field fields[] = {
    {AT(refund_input, amount), .type = FIELD_INT, .required = true, .min = 0, .max = MONEY_MAX},
    {AT(refund_input, tip_amount), .type = FIELD_INT, .min = 0, .max = MONEY_MAX},
    {AT(refund_input, reason), .type = FIELD_TEXT, .required = true, .min = 1, .max = 500},
    {AT(refund_input, order_id), .type = FIELD_UUID},
};

/* What can still be refunded of the payment. */
struct refundable {
    int64_t amount, tip_amount;
    const char *session_id;
    struct accounts accounts; /* a share is what is left of it */
};

static enum err read_input(struct request *r, struct refund_input *in)
{
    fields_read(r, r->json, "", FIELDS(fields), in);
    card_guard_check(r, in->reason, "/reason");
    if (in->amount.is_set && in->amount.value + in->tip_amount.value == 0)
        problem_fault(r, "/amount", "out_of_range", "must be above zero, or tip_amount");
    return problem_verdict(r);
}

static enum err lock_payment(struct request *r, struct refundable *out)
{
    DB_QUEUE(r->db, STMT_PAYMENT_SESSION_HOLD, r->restaurant_id, r->args[0]);
    db_slot payment = DB_QUEUE(r->db, STMT_PAYMENT_LOCK, r->restaurant_id, r->args[0]);
    db_slot orders = DB_QUEUE(r->db, STMT_PAYMENT_ORDERS_REFUND_LOCK, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, payment) == 0)
        return ERR_NOT_FOUND;
    TRY(if_match_check(r, db_text(r->db, payment, 0, COL_PAYMENT_LOCK_VERSION)));
    out->amount = db_int(r->db, payment, 0, COL_PAYMENT_LOCK_AMOUNT_LEFT);
    out->tip_amount = db_int(r->db, payment, 0, COL_PAYMENT_LOCK_TIP_LEFT);
    out->session_id = db_text(r->db, payment, 0, COL_PAYMENT_LOCK_SESSION_ID);
    return accounts_read(r, orders, NULL, NULL, &out->accounts);
}

static enum err refuse(struct request *r, int64_t amount, int64_t tip_amount)
{
    problem_detail(r, "At most %" PRId64 ", and %" PRId64 " of the tip, can still be refunded", amount, tip_amount);
    return ERR_REFUND_EXCEEDS_PAYMENT;
}

/* Takes from the newest orders first. */
static void take_newest(struct request *r, int64_t amount, const int64_t *rooms, size_t n, int64_t *amounts)
{
    int64_t *newest_rooms = arena_array(r->arena, n, sizeof *newest_rooms);
    int64_t *newest = arena_array(r->arena, n, sizeof *newest);
    for (size_t i = 0; i < n; i++)
        newest_rooms[i] = rooms[n - 1 - i];
    account_spread(amount, newest_rooms, n, newest);
    for (size_t i = 0; i < n; i++)
        amounts[i] = newest[n - 1 - i];
}

/* Takes from the order that is named; otherwise first what was not allocated. */
static enum err spread(struct request *r, const struct refund_input *in, const struct refundable *from,
                       int64_t *amounts)
{
    const struct accounts *accounts = &from->accounts;
    int64_t *rooms = arena_array(r->arena, accounts->n, sizeof *rooms), allocated = 0, amount = in->amount.value;
    bool found = in->order_id == NULL;
    for (size_t i = 0; i < accounts->n; i++) {
        bool is_it = in->order_id == NULL || strcmp(in->order_id, accounts->orders[i].order_id) == 0;
        rooms[i] = is_it ? accounts->orders[i].share : 0;
        allocated += rooms[i];
        found = found || is_it;
    }
    if (!found)
        problem_fault(r, "/order_id", "not_found", "is not an order that this payment paid");
    TRY(problem_verdict(r));
    int64_t most = in->order_id == NULL ? from->amount : allocated, unallocated = most - allocated;
    if (amount > most || in->tip_amount.value > from->tip_amount)
        return refuse(r, most, from->tip_amount);
    take_newest(r, amount > unallocated ? amount - unallocated : 0, rooms, accounts->n, amounts);
    return ERR_OK;
}

enum err payment_refund(struct request *r)
{
    struct refund_input in = {0};
    struct refundable from = {0};
    const char *id = request_new_id(r), *payment_id = r->args[0];
    TRY(read_input(r, &in));
    TRY(lock_payment(r, &from));
    int64_t *amounts = arena_array(r->arena, from.accounts.n, sizeof *amounts);
    TRY(spread(r, &in, &from, amounts));
    const char *amount = request_int_text(r, in.amount.value), *tip_amount = request_int_text(r, in.tip_amount.value);
    DB_QUEUE(r->db, STMT_REFUND_INSERT, r->restaurant_id, id, payment_id, amount, tip_amount, in.reason, r->who.id);
    DB_QUEUE(r->db, STMT_PAYMENT_REFUNDED, r->restaurant_id, payment_id, amount, tip_amount);
    accounts_refund(r, &from.accounts, payment_id, amounts);
    if (from.session_id != NULL)
        activity_queue(r, from.session_id, "payment_refunded",
                       arena_printf(r->arena,
                                    "{\"payment_id\":\"%s\",\"refund_id\":\"%s\",\"amount\":%s,\"tip_amount\":%s}",
                                    payment_id, id, amount, tip_amount));
    r->response.location = arena_printf(r->arena, "/api/payments/%s", payment_id);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_PAYMENT_GET, r->restaurant_id, payment_id));
    return ERR_OK;
}
