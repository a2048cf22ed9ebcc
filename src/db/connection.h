/* Opening a libpq connection and waiting on it, always with a deadline. */
#ifndef OZ_DB_CONNECTION_H
#define OZ_DB_CONNECTION_H

#include "db/db.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

/* A connection that is ready, non-blocking, in pipeline mode unless `plain`;
 * NULL, with a line in the log, if there is none within connect_ms.
 * timeout_ms: statement_timeout; 0 for none. `outboxes`: who is told of
 * changes made on it. */
PGconn *connection_open(const char *url, const char *application, int timeout_ms, int connect_ms,
                        struct outboxes outboxes, bool plain);

/* Sends what libpq has buffered and waits until a result can be taken without
 * blocking. False if the deadline (clock_monotonic_us) passed or the
 * connection broke. */
bool connection_wait(PGconn *conn, int64_t deadline_us);

/* Whether an idle connection is still good: reads what the server has sent in
 * the meantime, such as that it is shutting down. */
bool connection_is_alive(PGconn *conn);

#endif
