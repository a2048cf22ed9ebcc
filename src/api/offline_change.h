/* A change that a client made while it was offline: done once, however often
 * it is sent. Its row in sync_queue is written in the transaction of its
 * effect. A lock makes a second sending wait for the first. */
#ifndef OZ_API_OFFLINE_CHANGE_H
#define OZ_API_OFFLINE_CHANGE_H

#include "base/err.h"
#include "db/db.h"

#include <stdbool.h>

struct json_object;
struct request;

struct offline_change {
    const char *client_id, *change_id, *type, *occurred_at; /* occurred_at: by the client's clock, NULL if unknown */
    struct json_object *payload;
    const char *payload_text; /* as it came */

    const char *refusal;         /* the problem to store, NULL if it was done */
    bool was_known;              /* out: it came before */
    const char *status, *result; /* out: "applied" or "rejected"; {"resource":...} or {"problem":...} */
    db_slot lock, found;
};

/* When the client did it, by its own clock; NULL if that is unknown, or if the
 * request was not made offline. */
const char *offline_change_time(const struct request *r);

/* Queues the lock and the look-up. */
void offline_change_begin(struct request *r);
bool offline_change_looked_up(const struct request *r);
/* After the look-up ran: ERR_ANSWERED if the change came before. */
enum err offline_change_check(struct request *r);
/* Queues its row, with the answer that the request now has. */
void offline_change_store(struct request *r);

#endif
