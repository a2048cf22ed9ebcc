/* What a request goes through: route, token, role, body, tenant, transaction,
 * handler, commit, answer. */
#ifndef OZ_API_DISPATCH_H
#define OZ_API_DISPATCH_H

#include "base/err.h"

#include <stdbool.h>

struct request;

/* Answers the request in r->response, whatever happens. */
void dispatch(struct request *r);

/* Makes the next piece of the body, if r->response.has_more. False if that failed: the answer stays
 * incomplete, and r->response.status says why, for the log. */
bool dispatch_next(struct request *r);
/* Nobody waits for the further pieces. */
void dispatch_abandon(struct request *r);

/* Serves a request whose route, caller and values are known: opens and ends
 * the transaction, and tries again where that may help. */
enum err dispatch_serve(struct request *r, const void *query);

#endif
