/* Idempotency keys: a request that changes something may carry one, and its
 * repeat gets the first answer. The key's row is written in the transaction of
 * its effect; an advisory lock tells a repeat that the first request is still
 * running. (draft-ietf-httpapi-idempotency-key-header) */
#ifndef OZ_API_IDEMPOTENCY_H
#define OZ_API_IDEMPOTENCY_H

#include "api/answer_pieces.h"
#include "base/err.h"
#include "db/db.h"

struct request;
struct idempotency;

/* Whether the header, if there is one, is well formed. A route that takes none
 * does not look at it further. */
enum err idempotency_header_check(const struct request *r);

/* Queues the look-up of the request's key; NULL if it has none. */
struct idempotency *idempotency_begin(struct request *r);

/* Whether the look-up ran without an error. */
bool idempotency_looked_up(const struct request *r, const struct idempotency *key);

/* After the look-up ran: ERR_OK to go on, ERR_ANSWERED with the first answer
 * made, ERR_IDEMPOTENCY_IN_PROGRESS, ERR_IDEMPOTENCY_KEY_REUSED. */
enum err idempotency_check(struct request *r, const struct idempotency *key);

/* Whether a row with this key is there that is too old to count. The request is then a new one,
 * and its answer replaces that row. */
bool idempotency_is_old(const struct request *r, const struct idempotency *key);

/* Queues the row with the answer that the request now has. */
enum err idempotency_queue_answer(struct request *r, const struct idempotency *key);

/* Queues the row with an answer in pieces; the slot will hold the answer. Not over an old row. */
db_slot idempotency_queue_pieces(struct request *r, const struct idempotency *key, const struct answer_pieces *pieces);

#endif
