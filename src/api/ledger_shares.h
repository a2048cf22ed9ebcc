/* What of an order's amounts its lines bear, and what a document moves of that: for
 * reports by item. */
#ifndef OZ_API_LEDGER_SHARES_H
#define OZ_API_LEDGER_SHARES_H

#include "api/ledger.h"

struct request;

/* What the order's lines, which are read, bear as it stands now. */
struct line_share *ledger_shares(struct request *r, const struct ledger_order *order);

/* JSON of what has changed since order->shares, which are brought up to date; NULL if the lines
 * were not read. */
const char *ledger_shares_changed(struct request *r, struct ledger_order *order);

#endif
