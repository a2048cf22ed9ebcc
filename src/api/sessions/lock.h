/* Locking a session before it is changed. */
#ifndef OZ_API_SESSIONS_LOCK_H
#define OZ_API_SESSIONS_LOCK_H

#include "base/err.h"

#include <stdbool.h>

struct request;

/* Locks the session at r->args[0], which must exist, have the wanted version
 * (If-Match) and be stored as active; runs the transaction so far.
 * *has_run_out: its time is over and nothing is due of it, so it may still be
 * closed, extended or moved, but nobody can join it. */
enum err session_lock_active(struct request *r, bool *has_run_out);

#endif
