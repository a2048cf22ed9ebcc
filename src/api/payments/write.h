/* Writing a payment: its row, what it pays, the resulting statuses, the
 * session's log. */
#ifndef OZ_API_PAYMENTS_WRITE_H
#define OZ_API_PAYMENTS_WRITE_H

#include "api/payments/accounts.h"

/* NULL where a member does not apply. */
struct payment_draft {
    const char *id, *order_id, *session_id, *intent_id;
    int64_t amount, tip_amount;
    const char *currency, *method, *provider, *provider_ref, *card_brand, *card_last4;
    const char *flag;
    const char *staff_id, *diner_id;
};

/* Queues all of it. amounts[accounts->n] may add up to less than the amount:
 * then the draft has a flag. */
void payment_write(struct request *r, const struct payment_draft *draft, struct accounts *accounts,
                   const int64_t *amounts, const char *action);

#endif
