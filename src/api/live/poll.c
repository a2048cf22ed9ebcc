/* GET /api/sync: what changed for the caller since a cursor, or, without one,
 * everything that it needs to begin. */
#include "api/live/cursor.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "http/request.h"

#include <string.h>

struct changes_filter {
    const char *since;
};

static const struct field fields[] = {
    {.name = "since", .type = FIELD_LINE, .offset = offsetof(struct changes_filter, since), .min = 1, .max = 80},
};
const struct query_spec changes_query = {FIELDS(fields), sizeof(struct changes_filter)};

static enum err read_cursor(struct request *r, const char *text, struct cursor *cursor)
{
    if (cursor_parse(r->arena, text, cursor))
        return ERR_OK;
    problem_fault(r, "since", "invalid_format", "is not a cursor of this API");
    return problem_verdict(r);
}

/* What the caller hears of: its session, only the orders, or also sessions and
 * service calls. A caller who now hears of something else starts again. */
static const char *scope_of(const struct request *r)
{
    if (r->who.role == ROLE_DINER)
        return r->who.session_id;
    return r->who.role & ROLES_WAITERS ? "restaurant" : "orders";
}

enum err changes_since(struct request *r, const void *query)
{
    const struct changes_filter *f = query;
    struct cursor cursor = {NULL, NULL, NULL};
    db_slot slot;
    if (f->since != NULL)
        TRY(read_cursor(r, f->since, &cursor));
    db_slot fresh = DB_QUEUE(r->db, STMT_CHANGES_CURSOR_CHECK, cursor.xid, cursor.seconds);
    TRY(transaction_run(r));
    const char *scope = scope_of(r), *guests = bool_text(r->who.role & ROLES_WAITERS);
    if (f->since != NULL &&
        (!db_bool(r->db, fresh, 0, COL_CHANGES_CURSOR_CHECK_IS_FRESH) || strcmp(cursor.scope, scope) != 0)) {
        problem_detail(r, "This cursor is too old or no longer applies to you; start again without one");
        return ERR_CURSOR_STALE;
    }
    if (r->who.role == ROLE_DINER)
        slot = DB_QUEUE(r->db, STMT_CHANGES_SESSION, r->restaurant_id, scope, cursor.xid);
    else if (cursor.xid == NULL)
        slot = DB_QUEUE(r->db, STMT_CHANGES_SNAPSHOT, r->restaurant_id, scope, guests);
    else
        slot = DB_QUEUE(r->db, STMT_CHANGES_RESTAURANT, r->restaurant_id, scope, guests, cursor.xid);
    transaction_answer(r, 200, slot);
    return ERR_OK;
}
