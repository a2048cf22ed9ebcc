/* Starting a table's session, by a diner or by staff; its PIN. */
#ifndef OZ_API_SESSION_START_H
#define OZ_API_SESSION_START_H

#include "auth/pin.h"
#include "base/err.h"
#include "http/fields.h"

struct request;

enum { GUEST_COUNT_MAX = 500 };

/* Writes the session and runs the transaction so far. guest_count: how many they
 * are, if that is known. Afterwards the PIN exists only in `pin`.
 * ERR_SESSION_ACTIVE if the table has a running session, or one of which
 * something is due; an expired one is replaced. */
enum err session_start(struct request *r, const char *table_id, int pin_length, struct optional_int guest_count,
                       char pin[PIN_TEXT_SIZE], const char **session_id);

/* Gives the session a new PIN, which ends all waits for wrong ones, and makes
 * the answer {session, pin}. */
enum err session_renew_pin(struct request *r, const char *session_id, int pin_length);

/* Makes the answer {session, pin}. */
enum err session_answer_with_pin(struct request *r, const char *session_id, const char *pin, int status);

/* As a statement's parameter; NULL if it is not known. */
const char *session_guest_count(struct request *r, struct optional_int guest_count);

#endif
