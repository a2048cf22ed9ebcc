/* What orderzap-sync says on standard error. */
#ifndef OZ_SYNC_SAY_H
#define OZ_SYNC_SAY_H

#include "sync/sync.h"

/* One line. */
void sync_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What the database said. Returns SYNC_SOME_LEFT. */
int sync_database_failed(const struct sync *sync);

#endif
