#include "api/activity.h"

#include "db/db.h"
#include "http/request.h"

const char *actor_role(const struct request *r)
{
    const char *name = role_name(r->who.role);
    return name != NULL ? name : "system";
}

void activity_queue(struct request *r, const char *session_id, const char *action, const char *details)
{
    DB_QUEUE(r->db, STMT_SESSION_ACTIVITY_INSERT, r->restaurant_id, request_new_id(r), session_id, action,
             actor_role(r), r->who.id, details != NULL ? details : "{}");
}

void history_queue(struct request *r, const char *order_id, const char *from, const char *to, const char *reason)
{
    DB_QUEUE(r->db, STMT_ORDER_HISTORY_INSERT, r->restaurant_id, request_new_id(r), order_id, from, to, actor_role(r),
             r->who.id, reason, NULL);
}

void line_history_queue(struct request *r, const char *order_id, const char *line_id, const char *from, const char *to)
{
    DB_QUEUE(r->db, STMT_ORDER_HISTORY_INSERT, r->restaurant_id, request_new_id(r), order_id, from, to, actor_role(r),
             r->who.id, NULL, line_id);
}
