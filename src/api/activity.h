/* What people do, on record: the session's activity log and the order's
 * history. */
#ifndef OZ_API_ACTIVITY_H
#define OZ_API_ACTIVITY_H

struct request;

/* The caller's role. Who acts without an account, such as a payment provider, is the
 * system. */
const char *actor_role(const struct request *r);

/* Queues a line of the session's log for the caller. details: a JSON object's
 * text, or NULL. */
void activity_queue(struct request *r, const char *session_id, const char *action, const char *details);

/* Queues a line of the order's history for the caller. from, reason: may be
 * NULL. */
void history_queue(struct request *r, const char *order_id, const char *from, const char *to, const char *reason);

/* The same of a line of the order. */
void line_history_queue(struct request *r, const char *order_id, const char *line_id, const char *from, const char *to);

#endif
