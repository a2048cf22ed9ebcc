#include "api/session_push.h"

#include "db/db.h"
#include "http/request.h"

void session_push(struct request *r, const char *session_id, int64_t seconds_left, int64_t session_seconds)
{
    if (seconds_left < session_seconds / 2)
        DB_QUEUE(r->db, STMT_SESSION_PUSH, r->restaurant_id, session_id);
}
