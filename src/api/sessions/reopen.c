/* Opening a session again that was closed too soon: the guests are still there, or one
 * more order is to be on their bill. */
#include "api/activity.h"
#include "api/if_match.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "http/fields.h"
#include "http/request.h"

/* Its day goes on and its table is free. */
static enum err check(struct request *r, db_slot slot)
{
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    TRY(if_match_check(r, db_text(r->db, slot, 0, COL_SESSION_FOR_REOPEN_VERSION)));
    if (db_bool(r->db, slot, 0, COL_SESSION_FOR_REOPEN_IS_RUNNING))
        return ERR_SESSION_ACTIVE;
    if (!db_bool(r->db, slot, 0, COL_SESSION_FOR_REOPEN_IS_OF_TODAY))
        return ERR_SESSION_PAST;
    if (!db_bool(r->db, slot, 0, COL_SESSION_FOR_REOPEN_HAS_TABLE)) {
        problem_detail(r, "The session's table was removed");
        return ERR_CONFLICT;
    }
    return ERR_OK;
}

enum err session_reopen(struct request *r)
{
    const char *session_id = r->args[0];
    TRY(fields_read_nothing(r));
    DB_QUEUE(r->db, STMT_SESSION_REOPEN_LOCK, r->restaurant_id, session_id);
    db_slot slot = DB_QUEUE(r->db, STMT_SESSION_FOR_REOPEN, r->restaurant_id, session_id);
    TRY(transaction_run(r));
    TRY(check(r, slot));
    transaction_on_conflict(r, ERR_SESSION_ACTIVE);
    DB_QUEUE(r->db, STMT_SESSION_EXPIRE_TABLE, r->restaurant_id,
             db_text(r->db, slot, 0, COL_SESSION_FOR_REOPEN_TABLE_ID));
    DB_QUEUE(r->db, STMT_SESSION_REOPEN, r->restaurant_id, session_id);
    activity_queue(r, session_id, "session_reopened", NULL);
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_SESSION_GET, r->restaurant_id, session_id));
    return ERR_OK;
}
