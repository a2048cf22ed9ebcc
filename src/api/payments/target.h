/* What a payment is for: one order, or a session and so its orders. */
#ifndef OZ_API_PAYMENTS_TARGET_H
#define OZ_API_PAYMENTS_TARGET_H

#include "api/payments/accounts.h"

struct payment_target {
    const char *order_id, *session_id; /* one of them */
};

/* Notes a fault where not exactly one is named. */
void payment_target_check(struct request *r, const struct payment_target *target);

/* Locks what is to be paid and reads its accounts. A diner reaches its own
 * session only; what it holds itself is not counted as held. A target that is
 * not there is a fault at its pointer; a cancelled order ERR_ORDER_CANCELLED. */
enum err payment_target_lock(struct request *r, const struct payment_target *target, struct accounts *out);

/* The session that the payment belongs to; NULL for a takeaway order. */
const char *payment_target_session(const struct payment_target *target, const struct accounts *accounts);

/* ERR_OVERPAID, told in figures: what is due, what of it is held. */
enum err payment_refuse_amount(struct request *r, const struct accounts *accounts, int64_t amount);

#endif
