/* A batch of the outbox: claimed, read, and settled in the database. No
 * transaction stays open while it is being sent. */
#ifndef OZ_SYNC_BATCH_H
#define OZ_SYNC_BATCH_H

#include "sync/sync.h"

#include <stddef.h>

enum { BATCH_MAX = 100 };

enum verdict {
    VERDICT_NONE, /* not tried */
    VERDICT_SENT,
    VERDICT_REFUSED,
    VERDICT_LATER
};

struct change {
    const char *restaurant_id, *type, *id, *version; /* of the outbox's row */
    const char *json;                                /* the change in the form that applyBatch takes */
    size_t len;
    enum verdict verdict;
    bool settled; /* the outbox has the verdict */
};

struct batch {
    struct change changes[BATCH_MAX];
    size_t n;
    bool proven;   /* the deployment has accepted something since the batch began */
    char why[300]; /* the last reason for what was not sent */
};

/* Claims what is due for the restaurant, up to the batch's end, and reads the
 * current state of each row. False if the database fails. */
bool batch_claim(struct sync *sync, struct batch *batch, const char *restaurant_id);

/* Writes each change's verdict to the outbox, in transactions that never wait
 * for a row while they hold another: workers hold several. False if the
 * database fails: the rows are then sent again. */
bool batch_settle(struct sync *sync, struct batch *batch);

#endif
