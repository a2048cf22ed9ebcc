/* What is due for an order, and how a sum of money is spread over several.
 * Amounts in minor units, none below zero.
 *
 * A refund gives money back; it does not make the order due again. Staff who
 * refund a wrong payment and record the right one may do so up to what was
 * refunded. */
#ifndef OZ_DOMAIN_ACCOUNT_H
#define OZ_DOMAIN_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The ways to pay; ends with NULL. */
extern const char *const payment_methods[];

struct account {
    int64_t total;
    int64_t paid;     /* all payments' amounts, without tips */
    int64_t refunded; /* of them */
    int64_t held;     /* held by other payers' pending online payments */
    bool cancelled;   /* nothing is due */
};

/* What is not paid yet, held or not. */
int64_t account_due(const struct account *account);
/* What is due and not held by somebody else. */
int64_t account_open(const struct account *account);
/* The most a payment may be: what is open and, after a refund, what keeps the
 * order from being paid twice. */
int64_t account_room(const struct account *account);

/* The order's payment status by its account. */
const char *account_status(const struct account *account);

/* Fills each of out[n] up to room[n], in order, until the amount is used up.
 * Returns what is left of it. */
int64_t account_spread(int64_t amount, const int64_t *room, size_t n, int64_t *out);

/* Equal shares that add up to the amount: the first are one unit larger. */
void account_shares(int64_t amount, size_t n, int64_t *out);

#endif
