/* The outbox, batch by batch, until nothing is due. */
#ifndef OZ_SYNC_PUMP_H
#define OZ_SYNC_PUMP_H

#include "sync/sync.h"

struct progress;

/* Sends what is due. until_us (clock_monotonic_us()): keeps looking for more
 * until then; 0: one pass. progress may be NULL. Returns an exit status. */
int pump(struct sync *sync, int64_t until_us, struct progress *progress);

#endif
