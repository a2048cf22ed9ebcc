/* The whole mirror: sent again, or compared and repaired. */
#ifndef OZ_SYNC_VERIFY_H
#define OZ_SYNC_VERIFY_H

#include "sync/sync.h"

/* Puts everything into the outbox and sends it. If it is stopped, the rest
 * waits there for the next run. Returns an exit status. */
int send_everything(struct sync *sync);

/* Compares ids and versions with the mirror's, sends what differs, and reports
 * what it found. Returns an exit status; SYNC_SOME_LEFT if something could not
 * be repaired. */
int verify(struct sync *sync);

#endif
