/* What waits for the mirror, for people and programs. */
#ifndef OZ_SYNC_STATUS_H
#define OZ_SYNC_STATUS_H

#include "sync/sync.h"

/* Each returns an exit status. */
int show_status(struct sync *sync, bool json);
/* Prints what a run would send now. */
int show_due(struct sync *sync);
/* Has the dead rows tried again. */
int retry_dead(struct sync *sync);

#endif
