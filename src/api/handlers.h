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

/* tables.c */
extern const struct query_spec tables_query;
HANDLER(tables_list);
HANDLER(table_get);

/* sessions.c */
extern const struct query_spec sessions_query;
HANDLER(sessions_list);
HANDLER(session_get);
HANDLER(session_current);
HANDLER(session_open);
HANDLER(session_close);
HANDLER(session_new_pin);

/* orders.c */
extern const struct query_spec orders_query, order_query;
HANDLER(orders_list);
HANDLER(order_get);
HANDLER(order_history);
HANDLER(order_delete);

/* order_status.c */
HANDLER(order_set_status);

/* order_place.c */
HANDLER(order_place);
HANDLER(order_quote);

#endif
