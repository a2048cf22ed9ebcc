/* Moving an order from one status to the next, or a wrong step back. */
#include "api/activity.h"
#include "api/caller.h"
#include "api/card_guard.h"
#include "api/if_match.h"
#include "api/ledger.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/text.h"
#include "db/array.h"
#include "domain/order_state.h"
#include "http/request.h"

#include <json-c/json.h>
#include <string.h>

struct status_input {
    const char *status, *reason;
};

static const struct field fields[] = {
    {.name = "status",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct status_input, status),
     .required = true,
     .choices = order_statuses},
    {.name = "reason", .type = FIELD_TEXT, .offset = offsetof(struct status_input, reason), .max = 500},
};

/* Every other field is part of what was ordered, which does not change. */
static enum err read_input(struct request *r, struct status_input *in)
{
    if (json_object_get_type(r->json) == json_type_object) {
        json_object_object_foreach (r->json, key, value) {
            (void)value;
            if (strcmp(key, "status") != 0 && strcmp(key, "reason") != 0) {
                fields_read(r, r->json, "", FIELDS(fields), in);
                problem_detail(r, "Only the status of a placed order can change");
                return ERR_ORDER_IMMUTABLE;
            }
        }
    }
    fields_read(r, r->json, "", FIELDS(fields), in);
    card_guard_check(r, in->reason, "/reason");
    return problem_verdict(r);
}

static void describe_allowed(struct request *r, enum order_status from, enum order_status to)
{
    struct text allowed;
    text_init(&allowed, r->arena);
    for (int i = 0; i < ORDER_STATUSES; i++) {
        enum order_step step = order_step_check(r->who.role, from, (enum order_status)i, true);
        if (step == ORDER_STEP_ALLOWED)
            text_printf(&allowed, "%s%s", allowed.len > 0 ? ", " : "", order_status_name((enum order_status)i));
    }
    problem_detail(r, "An order cannot go from %s to %s; you may choose: %s", order_status_name(from),
                   order_status_name(to), allowed.len > 0 ? allowed.bytes : "nothing");
}

static bool line_is_made(struct request *r, db_slot lines)
{
    for (int row = 0; row < db_rows(r->db, lines); row++) {
        int rank = line_rank(db_text(r->db, lines, row, COL_ORDER_ITEMS_STATES_STATUS));
        if (rank == 2 || rank == 3)
            return true;
    }
    return false;
}

/* A change made offline may be older than the step: it takes none back. */
static enum err check_back(struct request *r, enum order_status from, enum order_status to)
{
    const char *order_id = r->args[0], *from_name = order_status_name(from), *to_name = order_status_name(to);
    db_slot step = DB_QUEUE(r->db, STMT_ORDER_STEP_AGE, r->restaurant_id, order_id, from_name);
    db_slot lines = DB_QUEUE(r->db, STMT_ORDER_ITEMS_STATES, r->restaurant_id, order_id);
    TRY(transaction_run(r));
    bool was_confirmed = db_bool(r->db, step, 0, COL_ORDER_STEP_AGE_WAS_CONFIRMED);
    const char *age = db_text(r->db, step, 0, COL_ORDER_STEP_AGE_AGE);
    if (r->change != NULL)
        problem_detail(r, "The order is %s by now; a change made offline takes no step back", from_name);
    else if (to != ORDER_PREPARING && (to == ORDER_CONFIRMED) != was_confirmed)
        problem_detail(r, "The order was %s: it does not go back to %s",
                       was_confirmed ? "confirmed" : "never confirmed", to_name);
    else if (to != ORDER_PREPARING && line_is_made(r, lines))
        problem_detail(r, "A line of the order is made: the order does not go back to %s", to_name);
    else if (age == NULL || db_int(r->db, step, 0, COL_ORDER_STEP_AGE_AGE) > ORDER_STEP_BACK_SECONDS)
        problem_detail(r, "The order came to %s more than ten minutes ago: it does not go back", from_name);
    else
        return ERR_OK;
    return ERR_INVALID_TRANSITION;
}

static enum err check_step(struct request *r, enum order_status from, enum order_status to, bool has_reason)
{
    switch (order_step_check(r->who.role, from, to, has_reason)) {
    case ORDER_STEP_ALLOWED:
        return ERR_OK;
    case ORDER_STEP_BACK:
        return check_back(r, from, to);
    case ORDER_STEP_FORBIDDEN:
        return caller_refuse(r, "move an order from %s to %s", order_status_name(from), order_status_name(to));
    case ORDER_STEP_NEEDS_REASON:
        problem_fault(r, "/reason", "required", "must be given to cancel an order that is being prepared");
        return ERR_VALIDATION_FAILED;
    case ORDER_STEP_INVALID:
        break;
    }
    describe_allowed(r, from, to);
    return ERR_INVALID_TRANSITION;
}

/* The statuses of lines that move to `to` as well. */
static const char *lines_behind(enum order_status to)
{
    switch (to) {
    case ORDER_PREPARING:
        return "{pending}";
    case ORDER_READY:
        return "{pending,preparing}";
    default:
        return "{pending,preparing,ready}";
    }
}

static void queue_lines(struct request *r, enum order_status from, enum order_status to)
{
    const char *line_status = order_line_status(to), *which = lines_behind(to);
    if (to < from) { /* back, by one */
        line_status = to == ORDER_PREPARING ? "preparing" : "pending";
        which = to == ORDER_PREPARING ? "{ready}" : "{preparing}";
    }
    if (line_status != NULL)
        DB_QUEUE(r->db, STMT_ORDER_ITEMS_FOLLOW, r->restaurant_id, r->args[0], line_status, which);
}

/* What goes with the order's own status: its lines, its history, the session's log. */
static void queue_steps(struct request *r, enum order_status from, enum order_status to, const char *reason,
                        const char *session_id)
{
    const char *order_id = r->args[0];
    queue_lines(r, from, to);
    history_queue(r, order_id, order_status_name(from), order_status_name(to), reason);
    if (session_id != NULL && to == ORDER_CANCELLED)
        activity_queue(r, session_id, "order_cancelled", NULL);
}

/* An order that is cancelled comes to nothing, by a document. */
static enum err cancel(struct request *r, const struct status_input *in, const char *own)
{
    struct ledger ledger = {0};
    struct ledger_order *o;
    TRY(ledger_lock_order(r, r->args[0], own, &ledger, &o));
    if (o->is_deleted)
        return ERR_NOT_FOUND;
    if (own != NULL && (o->diner_id == NULL || strcmp(o->diner_id, r->who.id) != 0))
        return ERR_NOT_YOUR_ORDER;
    TRY(if_match_check(r, o->version));
    TRY(check_step(r, o->status, ORDER_CANCELLED, in->reason != NULL));
    TRY(ledger_check_unpaid(r, o));
    const struct ledger_document document = {.kind = "cancelled", .reason = in->reason};
    TRY(ledger_add(r, &ledger, o, &document, NULL));
    queue_steps(r, o->status, ORDER_CANCELLED, in->reason, ledger.session_id);
    o->status = ORDER_CANCELLED;
    ledger_concerns(r, &ledger, o, NULL);
    TRY(ledger_write(r, &ledger));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_ORDER_GET, r->restaurant_id, o->id, NULL, "false"));
    return ERR_OK;
}

enum err order_set_status(struct request *r)
{
    struct status_input in = {0};
    enum order_status from, to;
    TRY(read_input(r, &in));
    TRY(transaction_run(r));
    const char *own = r->who.role == ROLE_DINER ? r->who.session_id : NULL;
    if (strcmp(in.status, "cancelled") == 0)
        return cancel(r, &in, own);
    db_slot hold = DB_QUEUE(r->db, STMT_ORDER_SESSION_HOLD, r->restaurant_id, r->args[0]);
    db_slot slot = DB_QUEUE(r->db, STMT_ORDER_LOCK, r->restaurant_id, r->args[0], own);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    TRY(transaction_still_in(r, db_text(r->db, hold, 0, COL_ORDER_SESSION_HOLD_ID),
                             db_text(r->db, slot, 0, COL_ORDER_LOCK_SESSION_ID)));
    const char *diner_id = db_text(r->db, slot, 0, COL_ORDER_LOCK_DINER_ID);
    if (own != NULL && (diner_id == NULL || strcmp(diner_id, r->who.id) != 0))
        return ERR_NOT_YOUR_ORDER;
    TRY(if_match_check(r, db_text(r->db, slot, 0, COL_ORDER_LOCK_VERSION)));
    if (!order_status_parse(db_text(r->db, slot, 0, COL_ORDER_LOCK_STATUS), &from) ||
        !order_status_parse(in.status, &to))
        return ERR_INTERNAL;
    TRY(check_step(r, from, to, in.reason != NULL));
    DB_QUEUE(r->db, STMT_ORDER_STATUS_SET, r->restaurant_id, r->args[0], order_status_name(to));
    queue_steps(r, from, to, in.reason, db_text(r->db, slot, 0, COL_ORDER_LOCK_SESSION_ID));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_ORDER_GET, r->restaurant_id, r->args[0], NULL, "false"));
    return ERR_OK;
}
