#include "api/routes.h"

#include "api/handlers.h"

#define PUBLIC  ROLE_NOBODY
#define DINER   ROLE_DINER
#define STAFF   ROLES_STAFF
#define WAITERS ROLES_WAITERS
#define GUESTS  (ROLE_DINER | ROLES_WAITERS)
#define ALL     ROLES_ALL

/* clang-format off */
const struct route routes[] = {
    /* Public */
    {"GET", "/health", TENANT_NONE, PUBLIC, TX_NONE, BODY_NONE, 0, NULL, health_get},
    {"GET", "/api/r/{slug}/menu", TENANT_SLUG, PUBLIC, TX_READ, BODY_NONE, 0, NULL, menu_get},
    {"GET", "/api/r/{slug}/tables/{code}", TENANT_SLUG, PUBLIC, TX_READ, BODY_NONE, 0, NULL, door_welcome},
    {"POST", "/api/r/{slug}/sessions", TENANT_SLUG, PUBLIC, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED | ROUTE_SECRET, NULL, door_open},
    {"POST", "/api/r/{slug}/sessions/join", TENANT_SLUG, PUBLIC, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED | ROUTE_SECRET, NULL, door_join},
    {"POST", "/api/auth/login", TENANT_NONE, PUBLIC, TX_NONE, BODY_REQUIRED, 0, NULL, sign_in},
    {"POST", "/api/auth/refresh", TENANT_NONE, PUBLIC, TX_NONE, BODY_REQUIRED, 0, NULL, sign_in_refresh},

    /* Staff account */
    {"POST", "/api/auth/logout", TENANT_TOKEN, STAFF, TX_WRITE, BODY_OPTIONAL, 0, NULL, sign_out},
    {"GET", "/api/auth/me", TENANT_TOKEN, STAFF, TX_READ, BODY_NONE, 0, NULL, sign_in_me},

    /* Tables and sessions */
    {"GET", "/api/tables", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, &tables_query, tables_list},
    {"GET", "/api/tables/{id}", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, NULL, table_get},
    {"POST", "/api/tables/{id}/session", TENANT_TOKEN, WAITERS, TX_WRITE, BODY_OPTIONAL, ROUTE_KEYED | ROUTE_SECRET, NULL, session_open},
    {"GET", "/api/sessions", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, &sessions_query, sessions_list},
    {"GET", "/api/sessions/current", TENANT_TOKEN, DINER, TX_READ, BODY_NONE, 0, NULL, session_current},
    {"GET", "/api/sessions/{id}", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, NULL, session_get},
    {"POST", "/api/sessions/{id}/close", TENANT_TOKEN, WAITERS, TX_WRITE, BODY_OPTIONAL, ROUTE_KEYED, NULL, session_close},
    {"POST", "/api/sessions/{id}/pin", TENANT_TOKEN, WAITERS, TX_WRITE, BODY_OPTIONAL, ROUTE_KEYED | ROUTE_SECRET, NULL, session_new_pin},

    /* Orders */
    {"POST", "/api/orders", TENANT_TOKEN, GUESTS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, order_place},
    {"POST", "/api/orders/quote", TENANT_TOKEN, GUESTS, TX_WRITE, BODY_REQUIRED, 0, NULL, order_quote},
    {"GET", "/api/orders", TENANT_TOKEN, ALL, TX_READ, BODY_NONE, 0, &orders_query, orders_list},
    {"GET", "/api/orders/{id}", TENANT_TOKEN, ALL, TX_READ, BODY_NONE, 0, &order_query, order_get},
    {"GET", "/api/orders/{id}/history", TENANT_TOKEN, ALL, TX_READ, BODY_NONE, 0, NULL, order_history},
    {"PUT", "/api/orders/{id}", TENANT_TOKEN, ALL, TX_WRITE, BODY_REQUIRED, 0, NULL, order_set_status},
    {"DELETE", "/api/orders/{id}", TENANT_TOKEN, ROLES_MANAGERS, TX_WRITE, BODY_NONE, 0, NULL, order_delete},
};
/* clang-format on */

const size_t n_routes = sizeof routes / sizeof routes[0];
