#include "api/payments/target.h"

#include "api/transaction.h"
#include "http/request.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

static bool is_given(const struct request *r, const char *name)
{
    struct json_object *value;
    return json_object_object_get_ex(r->json, name, &value) && value != NULL;
}

void payment_target_check(struct request *r, const struct payment_target *target)
{
    bool named = is_given(r, "order_id") || is_given(r, "session_id");
    if (!named)
        problem_fault(r, "/order_id", "required", "must be given, or session_id");
    if (target->order_id != NULL && target->session_id != NULL)
        problem_fault(r, "/session_id", "mismatch", "must not be given together with order_id");
}

static enum err missing(struct request *r, const char *pointer, const char *what)
{
    problem_fault(r, pointer, "not_found", "is not an existing %s", what);
    return problem_verdict(r);
}

static enum err lock_order(struct request *r, const char *order_id, const char *own_session, db_slot *lock)
{
    DB_QUEUE(r->db, STMT_ORDER_SESSION_HOLD, r->restaurant_id, order_id);
    *lock = DB_QUEUE(r->db, STMT_PAYMENT_ORDER_LOCK, r->restaurant_id, order_id, own_session);
    TRY(transaction_run(r));
    return db_rows(r->db, *lock) > 0 ? ERR_OK : missing(r, "/order_id", "order");
}

static enum err lock_session(struct request *r, const char *session_id, const char *own_session, db_slot *lock)
{
    if (own_session != NULL && strcmp(own_session, session_id) != 0)
        return missing(r, "/session_id", "session");
    db_slot session = DB_QUEUE(r->db, STMT_SESSION_FOR_ORDER, r->restaurant_id, session_id);
    *lock = DB_QUEUE(r->db, STMT_PAYMENT_SESSION_LOCK, r->restaurant_id, session_id);
    TRY(transaction_run(r));
    return db_rows(r->db, session) > 0 ? ERR_OK : missing(r, "/session_id", "session");
}

enum err payment_target_lock(struct request *r, const struct payment_target *target, struct accounts *out)
{
    const char *own_session = NULL, *diner_id = NULL;
    db_slot lock = -1;
    if (r->who.role == ROLE_DINER) {
        TRY(transaction_run(r)); /* tells which session it is in now */
        own_session = r->who.session_id;
        diner_id = r->who.id;
    }
    if (target->order_id != NULL)
        TRY(lock_order(r, target->order_id, own_session, &lock));
    else
        TRY(lock_session(r, target->session_id, own_session, &lock));
    TRY(accounts_read(r, lock, diner_id, NULL, out));
    return target->order_id != NULL && out->orders[0].account.cancelled ? ERR_ORDER_CANCELLED : ERR_OK;
}

const char *payment_target_session(const struct payment_target *target, const struct accounts *accounts)
{
    return target->order_id == NULL ? target->session_id : accounts->orders[0].session_id;
}

enum err payment_refuse_amount(struct request *r, const struct accounts *accounts, int64_t amount)
{
    int64_t due = 0, open = 0;
    for (size_t i = 0; i < accounts->n; i++) {
        due += account_due(&accounts->orders[i].account);
        open += account_open(&accounts->orders[i].account);
    }
    if (due > open)
        problem_detail(
            r, "%" PRId64 " is more than the %" PRId64 " due, of which %" PRId64 " is being paid by somebody else",
            amount, due, due - open);
    else
        problem_detail(r, "%" PRId64 " is more than the %" PRId64 " due", amount, due);
    return ERR_OVERPAID;
}
