/* The whole of the mirror: sent again, or compared and mended. */
#ifndef OZ_SYNC_VERIFY_H
#define OZ_SYNC_VERIFY_H

#include "sync/sync.h"

/* Puts everything into the outbox and sends it. Stopped in between, the rest
 * waits there for the next run. Returns an exit status. */
int send_everything(struct sync *sync);

/* Compares ids and versions with the mirror's, sends what differs, and says
 * what it found. Returns an exit status; SYNC_SOME_LEFT where something could
 * not be mended. */
int verify(struct sync *sync);

#endif
