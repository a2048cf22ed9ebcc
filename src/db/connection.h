/* Opening a libpq connection and waiting on it, always with a deadline. */
#ifndef OZ_DB_CONNECTION_H
#define OZ_DB_CONNECTION_H

#include "db/db.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

/* A connection that is ready, non-blocking, in pipeline mode unless `plain`;
 * NULL and a line in the log if it cannot be had within connect_ms.
 * timeout_ms: statement_timeout; 0 for none. `outboxes`: who hears
 * of changes that are made on it. */
PGconn *connection_open(const char *url, const char *application, int timeout_ms, int connect_ms,
                        struct outboxes outboxes, bool plain);

/* Sends what libpq holds back and waits until a result can be taken without
 * blocking. False when the deadline (clock_monotonic_us) passed or the
 * connection broke. */
bool connection_wait(PGconn *conn, int64_t deadline_us);

/* Whether an idle connection still stands: reads what the server has said in
 * the meantime, such as that it is going away. */
bool connection_is_alive(PGconn *conn);

#endif
