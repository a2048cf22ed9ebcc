/* The transaction of a request: tenant, state of the caller, idempotency key,
 * commit. Opened and ended by the dispatcher; handlers queue statements, run
 * them with transaction_run() where they need a result in between, and name
 * their own answer.
 *
 * Everything queued before the first run goes out in one pipeline, with the
 * checks in front; what is queued after the last goes out with the COMMIT. */
#ifndef OZ_API_TRANSACTION_H
#define OZ_API_TRANSACTION_H

#include "api/answer_pieces.h"
#include "base/err.h"
#include "db/db.h"

#include <stdbool.h>

struct request;

/* Queues BEGIN, the tenant, and the checks of caller and key. */
void transaction_open(struct request *r, bool write);

/* Sends what is queued. The first time it also evaluates the checks: an error
 * of the caller's token or key comes before all others, and ERR_ANSWERED means
 * that the key's first answer is repeated. */
enum err transaction_run(struct request *r);

/* The answer is the JSON text in the slot's first column; its second, if
 * there is one, is the version. No row: ERR_NOT_FOUND. May name a statement
 * that is queued and not yet run. */
void transaction_answer(struct request *r, int status, db_slot slot);

/* The same for an answer in pieces. It is put together, and stored under the
 * request's key, with the COMMIT. */
void transaction_answer_pieces(struct request *r, int status, struct answer_pieces pieces);

/* Of what is found by its session: `held` is the session that was locked, `now` the one
 * that it is in; NULL for none. They differ if a merger came in between. To lock the other
 * one now would be against the order of locks, so the request begins again. */
enum err transaction_still_in(struct request *r, const char *held, const char *now);
enum err transaction_again(struct request *r);

/* What was written is committed even if the handler returns an error. */
void transaction_keep(struct request *r);

/* The error for a unique violation instead of ERR_CONFLICT. */
void transaction_on_conflict(struct request *r, enum err err);

/* Ends it after its handler: commit and answer, or rollback. An answer in pieces (api/stream.h)
 * has its first one then, and the transaction goes on while there are more. */
enum err transaction_end(struct request *r, enum err err);
enum err transaction_next(struct request *r);

#endif
