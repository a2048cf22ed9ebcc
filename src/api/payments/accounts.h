/* The accounts of the orders that a payment touches: locked, read, settled. To
 * lock several, lock them oldest first. */
#ifndef OZ_API_PAYMENTS_ACCOUNTS_H
#define OZ_API_PAYMENTS_ACCOUNTS_H

#include "base/err.h"
#include "db/db.h"
#include "domain/account.h"

#include <stddef.h>
#include <stdint.h>

struct request;

struct order_account {
    const char *order_id, *session_id; /* session_id may be NULL */
    struct account account;
    int64_t share; /* the part of it that the payment or intent looked up has */
};

struct accounts {
    struct order_account *orders;
    size_t n;
    const char *currency; /* NULL without orders */
};

/* Reads the accounts of the orders in `lock`, the slot of a statement that
 * locked them. What the pending intents of diner_id and the intent intent_id
 * hold is not counted; both may be NULL. */
enum err accounts_read(struct request *r, db_slot lock, const char *diner_id, const char *intent_id,
                       struct accounts *out);

/* Queues amounts[n] as the payment's allocations, and the statuses that follow. */
void accounts_pay(struct request *r, struct accounts *accounts, const char *payment_id, const int64_t *amounts);
/* The same for what a refund takes from the payment's allocations. */
void accounts_refund(struct request *r, struct accounts *accounts, const char *payment_id, const int64_t *amounts);

/* Queues amounts[n] as what an intent holds. */
void accounts_hold(struct request *r, const struct accounts *accounts, const char *intent_id, const int64_t *amounts);

/* The orders' ids as an array parameter. */
const char *accounts_ids(struct request *r, const struct accounts *accounts);

#endif
