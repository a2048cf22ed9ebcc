/* What a request goes through: route, token, role, body, tenant, transaction,
 * handler, commit, answer. */
#ifndef OZ_API_DISPATCH_H
#define OZ_API_DISPATCH_H

#include "base/err.h"

#include <stdbool.h>

struct request;

/* Answers the request in r->response, whatever happens. */
void dispatch(struct request *r);

/* Of an answer whose r->response.has_more, the next piece of the body. False if there will be none:
 * what was sent is no whole answer. r->response.status says why, for the log. */
bool dispatch_next(struct request *r);
/* Nobody waits for the further pieces. */
void dispatch_abandon(struct request *r);

/* Serves a request whose route, caller and values are known: opens and ends
 * the transaction, and tries again where that may help. */
enum err dispatch_serve(struct request *r, const void *query);

#endif
