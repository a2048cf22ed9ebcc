/* What a payment is for: one order, or a session and so its orders. */
#ifndef OZ_API_PAYMENTS_TARGET_H
#define OZ_API_PAYMENTS_TARGET_H

#include "api/payments/accounts.h"

struct payment_target {
    const char *order_id, *session_id; /* one of them */
};

/* Notes a fault unless exactly one is named. */
void payment_target_check(struct request *r, const struct payment_target *target);

/* Locks what is to be paid and reads its accounts. A diner can pay only in
 * their own session; what the diner holds already is not counted as held. A
 * target that is not found is a fault at its pointer; a cancelled order is
 * ERR_ORDER_CANCELLED. */
enum err payment_target_lock(struct request *r, const struct payment_target *target, struct accounts *out);

/* The session that the payment belongs to; NULL for a takeaway order. */
const char *payment_target_session(const struct payment_target *target, const struct accounts *accounts);

/* ERR_OVERPAID with figures: what is due and how much of it is held. */
enum err payment_refuse_amount(struct request *r, const struct accounts *accounts, int64_t amount);

#endif
