/* A split by what each had. */
#ifndef OZ_API_PAYMENTS_SPLIT_ITEMS_H
#define OZ_API_PAYMENTS_SPLIT_ITEMS_H

#include "api/ledger.h"
#include "api/shares.h"

struct json_object;

/* Makes the shares [{label, items: [{item_id, quantity} or {item_id, parts}]}], and one
 * named rest for what nobody had, of what is left of the bill's lines (split_lines.h). Notes
 * faults. */
enum err split_items(struct request *r, struct json_object *list, struct ledger *ledger, const struct shares *old,
                     struct shares *shares);

#endif
