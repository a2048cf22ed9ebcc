/* A transaction within one restaurant. */
#ifndef OZ_SYNC_TENANT_H
#define OZ_SYNC_TENANT_H

#include "sync/sync.h"

/* Queues its beginning; the caller queues the rest, with the COMMIT, and runs
 * it. False if the database cannot be reached. */
bool tenant_start(struct sync *sync, const char *restaurant_id);

#endif
