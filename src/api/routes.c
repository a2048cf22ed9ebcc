#include "api/routes.h"

#define PUBLIC   ROLE_NOBODY
#define DINER    ROLE_DINER
#define STAFF    ROLES_STAFF
#define WAITERS  ROLES_WAITERS
#define CASHIERS ROLES_CASHIERS
#define MANAGERS ROLES_MANAGERS
#define GUESTS   (ROLE_DINER | ROLES_WAITERS)
#define ALL      ROLES_ALL

const struct route routes[] = {
#define ROUTE(method, pattern, tenant, roles, transaction, body, flags, handler)                                       \
    {method, pattern, tenant, roles, transaction, body, flags, handler, NULL, NULL},
#define ROUTE_QUERY(method, pattern, tenant, roles, transaction, body, flags, query, handler)                          \
    {method, pattern, tenant, roles, transaction, body, flags, NULL, &query, handler},
#include "api/routes.def"
#undef ROUTE
#undef ROUTE_QUERY
};

const size_t n_routes = sizeof routes / sizeof routes[0];
