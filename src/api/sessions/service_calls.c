/* Guests asking for staff. */
#include "api/activity.h"
#include "api/card_guard.h"
#include "api/if_match.h"
#include "api/paging.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "http/request.h"

#include <string.h>

struct call_input {
    const char *kind, *message;
};

static const char *const kinds[] = {"call", "bill", "water", "other", NULL};
static const char *const statuses[] = {"open", "acknowledged", NULL};

static const struct field fields[] = {
    {.name = "kind",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct call_input, kind),
     .required = true,
     .choices = kinds},
    {.name = "message", .type = FIELD_TEXT, .offset = offsetof(struct call_input, message), .max = 500},
};

struct calls_filter {
    struct paging paging;
    const char *status;
};

static const struct field list_fields[] = {
    {PAGING_LIMIT},
    {PAGING_CURSOR},
    {.name = "status", .type = FIELD_CHOICE, .offset = offsetof(struct calls_filter, status), .choices = statuses},
};
const struct query_spec service_calls_query = {FIELDS(list_fields), sizeof(struct calls_filter)};

enum err service_calls_list(struct request *r, const void *query)
{
    const struct calls_filter *filter = query;
    const char *before, *limit = paging_limit(r, &filter->paging), *status = filter->status;
    TRY(paging_id(r, &filter->paging, &before));
    TRY(transaction_run(r));
    const char *session = r->who.session_id; /* a diner's */
    db_slot slot;
    if (session != NULL)
        slot = DB_QUEUE(r->db, STMT_SERVICE_CALLS_LIST_SESSION, r->restaurant_id, limit, before, session, status);
    else if (status == NULL)
        slot = DB_QUEUE(r->db, STMT_SERVICE_CALLS_LIST, r->restaurant_id, limit, before);
    else if (strcmp(status, "open") == 0)
        slot = DB_QUEUE(r->db, STMT_SERVICE_CALLS_LIST_OPEN, r->restaurant_id, limit, before);
    else
        slot = DB_QUEUE(r->db, STMT_SERVICE_CALLS_LIST_ACKNOWLEDGED, r->restaurant_id, limit, before);
    transaction_answer(r, 200, slot);
    return ERR_OK;
}

enum err service_call_create(struct request *r)
{
    struct call_input in = {0};
    const char *id = request_new_id(r);
    fields_read(r, r->json, "", FIELDS(fields), &in);
    card_guard_check(r, in.message, "/message");
    TRY(problem_verdict(r));
    TRY(transaction_run(r));
    DB_QUEUE(r->db, STMT_SERVICE_CALL_INSERT, r->restaurant_id, id, r->who.session_id, r->who.table_id, r->who.id,
             in.kind, in.message);
    activity_queue(r, r->who.session_id, "service_called", arena_printf(r->arena, "{\"kind\":\"%s\"}", in.kind));
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_SERVICE_CALL_GET, r->restaurant_id, id));
    return ERR_OK;
}

/* Acknowledged once; a later caller sees who was first. */
enum err service_call_ack(struct request *r)
{
    TRY(fields_read_nothing(r));
    db_slot hold = DB_QUEUE(r->db, STMT_SERVICE_CALL_SESSION_HOLD, r->restaurant_id, r->args[0]);
    db_slot slot = DB_QUEUE(r->db, STMT_SERVICE_CALL_LOCK, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    TRY(transaction_still_in(r, db_text(r->db, hold, 0, COL_SERVICE_CALL_SESSION_HOLD_ID),
                             db_text(r->db, slot, 0, COL_SERVICE_CALL_LOCK_SESSION_ID)));
    TRY(if_match_check(r, db_text(r->db, slot, 0, COL_SERVICE_CALL_LOCK_VERSION)));
    if (!db_bool(r->db, slot, 0, COL_SERVICE_CALL_LOCK_IS_ACKNOWLEDGED)) {
        DB_QUEUE(r->db, STMT_SERVICE_CALL_ACK, r->restaurant_id, r->args[0], r->who.id);
        activity_queue(r, db_text(r->db, slot, 0, COL_SERVICE_CALL_LOCK_SESSION_ID), "service_call_acknowledged", NULL);
    }
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_SERVICE_CALL_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}
