/* GET /api/sync: what changed for the caller since a cursor, or, without one,
 * all that it needs to begin. */
#include "api/handlers.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "http/request.h"

#include <inttypes.h>
#include <stdio.h>

struct changes_filter {
    const char *since;
};

static const struct field fields[] = {
    {.name = "since", .type = FIELD_LINE, .offset = offsetof(struct changes_filter, since), .min = 1, .max = 60},
};
const struct query_spec changes_query = {FIELDS(fields), sizeof(struct changes_filter)};

/* A cursor names the oldest transaction that was running when it was given
 * out, and the time of that. */
static enum err read_cursor(struct request *r, const char *text, const char **xid, const char **seconds)
{
    uint64_t x;
    int64_t s;
    int end = 0;
    if (sscanf(text, "%20" SCNu64 "-%12" SCNd64 "%n", &x, &s, &end) != 2 || text[end] != '\0') {
        problem_fault(r, "since", "invalid_format", "is not a cursor that was given out here");
        return problem_verdict(r);
    }
    *xid = arena_printf(r->arena, "%" PRIu64, x);
    *seconds = arena_printf(r->arena, "%" PRId64, s);
    return ERR_OK;
}

enum err changes_since(struct request *r, const void *query)
{
    const struct changes_filter *f = query;
    const char *xid = NULL, *seconds = NULL, *own = NULL;
    if (f->since != NULL)
        TRY(read_cursor(r, f->since, &xid, &seconds));
    db_slot fresh = DB_QUEUE(r->db, STMT_CHANGES_CURSOR_CHECK, xid, seconds);
    TRY(transaction_run(r));
    if (f->since != NULL && !db_bool(r->db, fresh, 0, 0)) {
        problem_detail(r, "The cursor is too old, or from before the database was restored; ask without one");
        return ERR_CURSOR_STALE;
    }
    if (r->who.role == ROLE_DINER)
        own = r->who.session_id;
    transaction_answer(r, 200,
                       own != NULL ? DB_QUEUE(r->db, STMT_CHANGES_SESSION, r->restaurant_id, own, xid)
                                   : DB_QUEUE(r->db, STMT_CHANGES_RESTAURANT, r->restaurant_id, xid));
    return ERR_OK;
}
