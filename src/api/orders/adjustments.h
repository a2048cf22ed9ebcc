/* A line that was not made, not served, or went to another table. */
#ifndef OZ_API_ORDERS_ADJUSTMENTS_H
#define OZ_API_ORDERS_ADJUSTMENTS_H

#include "api/ledger.h"

/* After the document of a void was added: queues what is void of the line, and the status
 * that the order takes. */
void order_queue_void(struct request *r, const struct ledger *ledger, struct ledger_order *order,
                      const struct ledger_line *line, const char *reason);

#endif
