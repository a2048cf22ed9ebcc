#include "api/sessions/lock.h"

#include "api/if_match.h"
#include "api/transaction.h"
#include "http/request.h"

#include <string.h>

enum err session_lock_active(struct request *r, bool *has_run_out)
{
    db_slot slot = DB_QUEUE(r->db, STMT_SESSION_LOCK, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    TRY(if_match_check(r, db_text(r->db, slot, 0, COL_SESSION_LOCK_VERSION)));
    *has_run_out = db_bool(r->db, slot, 0, COL_SESSION_LOCK_HAS_RUN_OUT);
    return strcmp(db_text(r->db, slot, 0, COL_SESSION_LOCK_STATUS), "active") == 0 ? ERR_OK : ERR_SESSION_CLOSED;
}
