/* What a request goes through: route, token, role, body, tenant, transaction,
 * handler, commit, answer. */
#ifndef OZ_API_DISPATCH_H
#define OZ_API_DISPATCH_H

#include "base/err.h"

struct request;

/* Answers the request in r->response, whatever happens. */
void dispatch(struct request *r);

/* Serves a request whose route, caller and values are known: opens and ends
 * the transaction, and tries again where that may help. */
enum err dispatch_serve(struct request *r, const void *query);

#endif
