/* The way of a request through the product: route, token, role, body, tenant,
 * transaction, handler, commit, answer. */
#ifndef OZ_API_DISPATCH_H
#define OZ_API_DISPATCH_H

struct request;

/* Answers the request in r->response, whatever happens. */
void dispatch(struct request *r);

#endif
