/* Starting a table's session, by a diner or by staff. */
#ifndef OZ_API_SESSION_START_H
#define OZ_API_SESSION_START_H

#include "auth/pin.h"
#include "base/err.h"

struct request;

/* Writes the session and runs the transaction so far. Afterwards the PIN
 * exists only in `pin`. ERR_SESSION_ACTIVE if the table has a running session,
 * or one of which something is due; an expired one is replaced. */
enum err session_start(struct request *r, const char *table_id, int pin_length, char pin[PIN_TEXT_SIZE],
                       const char **session_id);

#endif
