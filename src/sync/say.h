/* Messages of orderzap-sync on standard error. */
#ifndef OZ_SYNC_SAY_H
#define OZ_SYNC_SAY_H

#include "sync/sync.h"

/* One line. */
void sync_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the database's error. Returns SYNC_SOME_LEFT. */
int sync_database_failed(const struct sync *sync);

#endif
