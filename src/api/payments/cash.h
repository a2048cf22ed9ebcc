/* The drawer that cash goes into, or comes from. */
#ifndef OZ_API_PAYMENTS_CASH_H
#define OZ_API_PAYMENTS_CASH_H

#include "base/err.h"
#include "db/db.h"

struct request;

/* Queues looking for it. payment_id: the payment of which cash is given back, else NULL. */
db_slot cash_queue_drawer(struct request *r, const char *payment_id);

/* The drawer that was found: the caller's own, else the only open one; NULL where none is
 * open. ERR_DRAWER_REQUIRED if there are several and none is the caller's. */
enum err cash_drawer(struct request *r, db_slot slot, const char **drawer_id);

#endif
