/* The routes: what may be called, by whom, with which parameters. */
#ifndef OZ_API_ROUTES_H
#define OZ_API_ROUTES_H

#include "base/err.h"
#include "domain/principal.h"
#include "http/fields.h"

#include <stdbool.h>
#include <stddef.h>

struct request;

/* Where a request's tenant comes from. */
enum tenant_source {
    TENANT_NONE, /* it has none, or its handler finds it */
    TENANT_SLUG, /* the path's {slug}; anyone may call */
    TENANT_TOKEN /* the caller's token; only `roles` may call */
};

enum transaction_kind {
    TX_NONE, /* no database, or the handler opens what it needs */
    TX_READ, /* read only; tried again, a few times at most, if the connection was lost */
    TX_WRITE
};

enum body_kind { BODY_NONE, BODY_OPTIONAL, BODY_REQUIRED };

/* A route's query parameters and the structure they are read into. */
struct query_spec {
    const struct field *fields;
    size_t n, size;
};

enum {
    ROUTE_KEYED = 1 << 0,     /* takes an Idempotency-Key */
    ROUTE_SECRET = 1 << 1,    /* its answer holds a secret and is stored sealed */
    ROUTE_PASSWORD = 1 << 2,  /* checks or sets a password, which is slow: nginx gives it to the login workers */
    ROUTE_AFTERWARDS = 1 << 3 /* open to diners for a day after their session's end; only with TX_READ */
};

struct route {
    const char *method;
    const char *pattern; /* {id}, {..._id}: a UUID; others any text */
    enum tenant_source tenant;
    enum role roles; /* with TENANT_TOKEN; if none is named, nobody */
    enum transaction_kind transaction;
    enum body_kind body;
    int flags;
    /* One of these two. The second is for routes that take query parameters. */
    enum err (*handler)(struct request *r);
    const struct query_spec *query;
    enum err (*query_handler)(struct request *r, const void *query); /* query: the structure of its query_spec */
};

/* The handlers, each in its subject's folder. When a handler is called, the
 * request has been read, the caller's role checked and the transaction opened;
 * it says what to read and write and makes the answer. */
#define ROUTE(method, pattern, tenant, roles, transaction, body, flags, handler) enum err handler(struct request *r);
#define ROUTE_QUERY(method, pattern, tenant, roles, transaction, body, flags, query, handler)                          \
    extern const struct query_spec query;                                                                              \
    enum err handler(struct request *r, const void *query);
#include "api/routes.def"
#undef ROUTE
#undef ROUTE_QUERY

extern const struct route routes[];
extern const size_t n_routes;

#endif
