#include "api/routes.h"

#include "api/handlers.h"

#define PUBLIC   ROLE_NOBODY
#define DINER    ROLE_DINER
#define STAFF    ROLES_STAFF
#define WAITERS  ROLES_WAITERS
#define CASHIERS ROLES_CASHIERS
#define MANAGERS ROLES_MANAGERS
#define GUESTS   (ROLE_DINER | ROLES_WAITERS)
#define ALL      ROLES_ALL

/* clang-format off */
const struct route routes[] = {
    /* Public */
    {"GET", "/health", TENANT_NONE, PUBLIC, TX_NONE, BODY_NONE, 0, NULL, health_get},
    {"GET", "/metrics", TENANT_NONE, PUBLIC, TX_NONE, BODY_NONE, 0, NULL, metrics_get},
    {"GET", "/.well-known/jwks.json", TENANT_NONE, PUBLIC, TX_NONE, BODY_NONE, 0, NULL, jwks_get},
    {"GET", "/api/r/{slug}/menu", TENANT_SLUG, PUBLIC, TX_READ, BODY_NONE, 0, NULL, menu_get},
    {"GET", "/api/r/{slug}/tables/{code}", TENANT_SLUG, PUBLIC, TX_READ, BODY_NONE, 0, NULL, door_welcome},
    {"POST", "/api/r/{slug}/sessions", TENANT_SLUG, PUBLIC, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED | ROUTE_SECRET, NULL, door_open},
    {"POST", "/api/r/{slug}/sessions/join", TENANT_SLUG, PUBLIC, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED | ROUTE_SECRET, NULL, door_join},
    {"POST", "/api/r/{slug}/payments/webhook/{provider}", TENANT_SLUG, PUBLIC, TX_WRITE, BODY_REQUIRED, 0, NULL, payment_webhook},
    {"POST", "/api/auth/login", TENANT_NONE, PUBLIC, TX_NONE, BODY_REQUIRED, 0, NULL, sign_in},
    {"POST", "/api/auth/refresh", TENANT_NONE, PUBLIC, TX_NONE, BODY_REQUIRED, 0, NULL, sign_in_refresh},

    /* Staff account */
    {"POST", "/api/auth/logout", TENANT_TOKEN, STAFF, TX_WRITE, BODY_OPTIONAL, 0, NULL, sign_out},
    {"GET", "/api/auth/me", TENANT_TOKEN, STAFF, TX_READ, BODY_NONE, 0, NULL, sign_in_me},

    {"POST", "/api/auth/password", TENANT_TOKEN, STAFF, TX_WRITE, BODY_REQUIRED, 0, NULL, staff_change_password},
    {"GET", "/api/staff", TENANT_TOKEN, MANAGERS, TX_READ, BODY_NONE, 0, &staff_query, staff_list},
    {"POST", "/api/staff", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, staff_create},
    {"GET", "/api/staff/{id}", TENANT_TOKEN, MANAGERS, TX_READ, BODY_NONE, 0, NULL, staff_get},
    {"PATCH", "/api/staff/{id}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, 0, NULL, staff_change},
    {"DELETE", "/api/staff/{id}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_NONE, 0, NULL, staff_delete},
    {"GET", "/api/restaurant", TENANT_TOKEN, STAFF, TX_READ, BODY_NONE, 0, NULL, restaurant_get},
    {"PATCH", "/api/restaurant", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, 0, NULL, restaurant_change},
    {"GET", "/api/restaurant/providers", TENANT_TOKEN, MANAGERS, TX_READ, BODY_NONE, 0, NULL, providers_list},
    {"PUT", "/api/restaurant/providers/{provider}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, 0, NULL, provider_set},
    {"DELETE", "/api/restaurant/providers/{provider}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_NONE, 0, NULL, provider_remove},

    /* Menu */
    {"GET", "/api/menu/categories", TENANT_TOKEN, STAFF, TX_READ, BODY_NONE, 0, NULL, categories_list},
    {"POST", "/api/menu/categories", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, category_create},
    {"PATCH", "/api/menu/categories/{id}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, 0, NULL, category_change},
    {"DELETE", "/api/menu/categories/{id}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_NONE, 0, NULL, category_delete},
    {"GET", "/api/menu/items", TENANT_TOKEN, STAFF, TX_READ, BODY_NONE, 0, &items_query, items_list},
    {"POST", "/api/menu/items", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, item_create},
    {"GET", "/api/menu/items/{id}", TENANT_TOKEN, STAFF, TX_READ, BODY_NONE, 0, NULL, item_get},
    {"PATCH", "/api/menu/items/{id}", TENANT_TOKEN, ROLE_KITCHEN | MANAGERS, TX_WRITE, BODY_REQUIRED, 0, NULL, item_change},
    {"DELETE", "/api/menu/items/{id}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_NONE, 0, NULL, item_delete},
    {"POST", "/api/menu/items/{id}/options", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, option_create},
    {"PATCH", "/api/menu/options/{id}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, 0, NULL, option_change},
    {"DELETE", "/api/menu/options/{id}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_NONE, 0, NULL, option_delete},
    {"POST", "/api/menu/bulk", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, items_bulk},

    /* Tables and sessions */
    {"GET", "/api/tables", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, &tables_query, tables_list},
    {"GET", "/api/tables/{id}", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, NULL, table_get},
    {"POST", "/api/tables", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, table_create},
    {"PATCH", "/api/tables/{id}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_REQUIRED, 0, NULL, table_change},
    {"DELETE", "/api/tables/{id}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_NONE, 0, NULL, table_delete},
    {"POST", "/api/tables/{id}/qr", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_OPTIONAL, ROUTE_KEYED, NULL, table_new_code},
    {"GET", "/api/tables/{id}/qr.svg", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, NULL, table_qr_svg},
    {"GET", "/api/tables/{id}/qr.png", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, NULL, table_qr_png},
    {"POST", "/api/tables/{id}/session", TENANT_TOKEN, WAITERS, TX_WRITE, BODY_OPTIONAL, ROUTE_KEYED | ROUTE_SECRET, NULL, session_open},
    {"GET", "/api/sessions", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, &sessions_query, sessions_list},
    {"GET", "/api/sessions/current", TENANT_TOKEN, DINER, TX_READ, BODY_NONE, 0, NULL, session_current},
    {"GET", "/api/sessions/{id}", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, NULL, session_get},
    {"POST", "/api/sessions/{id}/close", TENANT_TOKEN, WAITERS, TX_WRITE, BODY_OPTIONAL, ROUTE_KEYED, NULL, session_close},
    {"POST", "/api/sessions/{id}/pin", TENANT_TOKEN, WAITERS, TX_WRITE, BODY_OPTIONAL, ROUTE_KEYED | ROUTE_SECRET, NULL, session_new_pin},
    {"POST", "/api/sessions/{id}/extend", TENANT_TOKEN, WAITERS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, session_extend},
    {"POST", "/api/sessions/{id}/move", TENANT_TOKEN, WAITERS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, session_move},
    {"POST", "/api/sessions/{id}/merge", TENANT_TOKEN, WAITERS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, session_merge},
    {"GET", "/api/sessions/{id}/activity", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, &activity_query, session_activity},
    {"GET", "/api/sessions/{id}/bill", TENANT_TOKEN, GUESTS, TX_READ, BODY_NONE, 0, &bill_query, session_bill},
    {"GET", "/api/service-calls", TENANT_TOKEN, GUESTS, TX_READ, BODY_NONE, 0, &service_calls_query, service_calls_list},
    {"POST", "/api/service-calls", TENANT_TOKEN, DINER, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, service_call_create},
    {"POST", "/api/service-calls/{id}/ack", TENANT_TOKEN, WAITERS, TX_WRITE, BODY_OPTIONAL, 0, NULL, service_call_ack},

    /* Orders */
    {"POST", "/api/orders", TENANT_TOKEN, GUESTS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, order_place},
    {"POST", "/api/orders/quote", TENANT_TOKEN, GUESTS, TX_WRITE, BODY_REQUIRED, 0, NULL, order_quote},
    {"GET", "/api/orders", TENANT_TOKEN, ALL, TX_READ, BODY_NONE, 0, &orders_query, orders_list},
    {"GET", "/api/orders/{id}", TENANT_TOKEN, ALL, TX_READ, BODY_NONE, 0, &order_query, order_get},
    {"GET", "/api/orders/{id}/history", TENANT_TOKEN, ALL, TX_READ, BODY_NONE, 0, NULL, order_history},
    {"PUT", "/api/orders/{id}", TENANT_TOKEN, ALL, TX_WRITE, BODY_REQUIRED, 0, NULL, order_set_status},
    {"PUT", "/api/orders/{id}/items/{item_id}", TENANT_TOKEN, STAFF, TX_WRITE, BODY_REQUIRED, 0, NULL, kitchen_set_line},
    {"GET", "/api/kitchen", TENANT_TOKEN, STAFF, TX_READ, BODY_NONE, 0, &kitchen_query, kitchen_list},
    {"DELETE", "/api/orders/{id}", TENANT_TOKEN, MANAGERS, TX_WRITE, BODY_NONE, 0, NULL, order_delete},

    /* Payments */
    {"POST", "/api/payments", TENANT_TOKEN, WAITERS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, payment_record},
    {"GET", "/api/payments", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, &payments_query, payments_list},
    {"GET", "/api/payments/{id}", TENANT_TOKEN, WAITERS, TX_READ, BODY_NONE, 0, NULL, payment_get},
    {"POST", "/api/payments/{id}/refunds", TENANT_TOKEN, CASHIERS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, payment_refund},
    {"POST", "/api/payments/intents", TENANT_TOKEN, GUESTS, TX_WRITE, BODY_REQUIRED, ROUTE_KEYED, NULL, intent_create},
    {"DELETE", "/api/payments/intents/{id}", TENANT_TOKEN, GUESTS, TX_WRITE, BODY_NONE, 0, NULL, intent_cancel},

    /* Reports */
    {"GET", "/api/reports/sales", TENANT_TOKEN, MANAGERS, TX_READ, BODY_NONE, 0, &sales_query, report_sales},
    /* Offline */
    {"POST", "/api/sync", TENANT_TOKEN, ALL, TX_NONE, BODY_REQUIRED, 0, NULL, offline_sync},
    {"GET", "/api/sync", TENANT_TOKEN, ALL, TX_READ, BODY_NONE, 0, &changes_query, changes_since},

    /* Live events */
    {"POST", "/api/events/ticket", TENANT_TOKEN, ALL, TX_WRITE, BODY_OPTIONAL, 0, NULL, event_ticket},
    {"GET", "/events", TENANT_NONE, PUBLIC, TX_NONE, BODY_NONE, 0, &events_query, events_authorize},
};
/* clang-format on */

const size_t n_routes = sizeof routes / sizeof routes[0];
