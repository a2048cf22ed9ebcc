/* The handlers of all routes, one file a resource. A handler finds its request
 * read, its caller's role checked and its transaction open; it says what to
 * read and write and makes the answer. `query` is the structure of its
 * query_spec. */
#ifndef OZ_API_HANDLERS_H
#define OZ_API_HANDLERS_H

#include "api/routes.h"

#define HANDLER(name) enum err name(struct request *r, const void *query)

/* health.c */
HANDLER(health_get);

/* metrics.c */
HANDLER(metrics_get);

/* jwks.c */
HANDLER(jwks_get);

/* menu.c */
HANDLER(menu_get);

/* doors.c: how diners get in */
HANDLER(door_welcome);
HANDLER(door_open);
HANDLER(door_join);

/* sign_in.c: how staff get in */
HANDLER(sign_in);
HANDLER(sign_in_refresh);
HANDLER(sign_out);
HANDLER(sign_in_me);

/* staff.c */
extern const struct query_spec staff_query;
HANDLER(staff_list);
HANDLER(staff_get);
HANDLER(staff_create);
HANDLER(staff_change);
HANDLER(staff_delete);
HANDLER(staff_change_password);

/* restaurant.c */
HANDLER(restaurant_get);
HANDLER(restaurant_change);

/* menu_categories.c */
HANDLER(categories_list);
HANDLER(category_create);
HANDLER(category_change);
HANDLER(category_delete);

/* menu_items.c */
extern const struct query_spec items_query;
HANDLER(items_list);
HANDLER(item_get);
HANDLER(item_create);
HANDLER(item_change);
HANDLER(item_delete);
HANDLER(items_bulk);

/* menu_options.c */
HANDLER(option_create);
HANDLER(option_change);
HANDLER(option_delete);

/* tables.c */
extern const struct query_spec tables_query;
HANDLER(tables_list);
HANDLER(table_get);
HANDLER(table_create);
HANDLER(table_change);
HANDLER(table_delete);
HANDLER(table_new_code);

/* table_qr.c */
HANDLER(table_qr_svg);
HANDLER(table_qr_png);

/* sessions.c */
extern const struct query_spec sessions_query;
HANDLER(sessions_list);
HANDLER(session_get);
HANDLER(session_current);
HANDLER(session_open);
HANDLER(session_close);
HANDLER(session_new_pin);

/* session_changes.c */
extern const struct query_spec activity_query;
HANDLER(session_extend);
HANDLER(session_move);
HANDLER(session_merge);
HANDLER(session_activity);

/* service_calls.c */
extern const struct query_spec service_calls_query;
HANDLER(service_calls_list);
HANDLER(service_call_create);
HANDLER(service_call_ack);

/* kitchen.c */
extern const struct query_spec kitchen_query;
HANDLER(kitchen_list);
HANDLER(kitchen_set_line);

/* orders.c */
extern const struct query_spec orders_query, order_query;
HANDLER(orders_list);
HANDLER(order_get);
HANDLER(order_history);
HANDLER(order_delete);

/* bill.c */
extern const struct query_spec bill_query;
HANDLER(session_bill);

/* payments.c */
extern const struct query_spec payments_query;
HANDLER(payment_record);
HANDLER(payment_get);
HANDLER(payments_list);

/* refunds.c */
HANDLER(payment_refund);

/* payment_intents.c */
HANDLER(intent_create);
HANDLER(intent_cancel);

/* payment_webhook.c */
HANDLER(payment_webhook);

/* payment_providers.c */
HANDLER(providers_list);
HANDLER(provider_set);
HANDLER(provider_remove);

/* reports.c */
extern const struct query_spec sales_query;
HANDLER(report_sales);
/* offline.c, changes.c */
extern const struct query_spec changes_query;
HANDLER(offline_sync);
HANDLER(changes_since);

/* events.c */
extern const struct query_spec events_query;
HANDLER(event_ticket);
HANDLER(events_authorize);

/* order_status.c */
HANDLER(order_set_status);

/* order_place.c */
HANDLER(order_place);
HANDLER(order_quote);

#endif
