/* Writing a payment: its row, what it pays, the resulting statuses, the
 * session's log. */
#ifndef OZ_API_PAYMENTS_WRITE_H
#define OZ_API_PAYMENTS_WRITE_H

#include "api/payments/target.h"

/* NULL where a member does not apply. */
struct payment_draft {
    const char *id, *order_id, *session_id, *intent_id, *for_diner_id;
    int64_t amount, tip_amount, rounding_amount;
    const char *currency, *method, *provider, *provider_ref, *card_brand, *card_last4;
    const char *flag;
    const char *staff_id, *diner_id, *drawer_id; /* drawer_id: of cash */
    bool at_settlement;                          /* the restaurant issues a receipt with the payment that settles */
};

/* Queues all of it. The rooms' amounts may add up to less than amount less
 * rounding_amount: then the draft has a flag. */
enum err payment_write(struct request *r, const struct payment_draft *draft, struct ledger *ledger,
                       const struct rooms *rooms, const char *action);

/* Queues orders' ids and amounts above zero for a statement of (restaurant, owner, order
 * ids, amounts). */
void payment_queue_amounts(struct request *r, enum statement statement, const char *owner_id,
                           const struct rooms *rooms);

#endif
