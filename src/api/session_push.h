/* A session that is used goes on. */
#ifndef OZ_API_SESSION_PUSH_H
#define OZ_API_SESSION_PUSH_H

#include <stdint.h>

struct request;

/* Queues a new end for the session, if less than half of its time is left: not at each use,
 * since that is a write. Both in seconds: until its end, and how long a session lasts that
 * nobody uses. */
void session_push(struct request *r, const char *session_id, int64_t seconds_left, int64_t session_seconds);

#endif
