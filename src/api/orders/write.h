/* Writing a placed order: all its statements, in one pipeline. */
#ifndef OZ_API_ORDERS_WRITE_H
#define OZ_API_ORDERS_WRITE_H

#include "api/orders/draft.h"

/* Where an order belongs. Each may be NULL. */
struct order_place {
    const char *table_id, *session_id;
    const char *session_sums;     /* as the session stores them */
    int64_t session_seconds_left; /* until its time is over; INT64_MAX if it is not to go on */
};

/* Queues number, order, lines, customizations, history and activity, and makes
 * the order the answer. Where the table has credit it pays the order. */
enum err order_write(struct request *r, const struct order_draft *draft, const struct order_place *place,
                     const char *order_id);

#endif
