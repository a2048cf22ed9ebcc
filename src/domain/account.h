/* What is due for an order, and what is owed back. Amounts in minor units, none
 * below zero. */
#ifndef OZ_DOMAIN_ACCOUNT_H
#define OZ_DOMAIN_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The ways to pay; ends with NULL. */
extern const char *const payment_methods[];

struct account {
    int64_t total; /* of the order as it stands; zero of one that was cancelled */
    int64_t kept;  /* of all payments' amounts, without tips: what was not given back */
    int64_t held;  /* by other payers' pending online payments */
    bool refunded; /* money was given back with the sale */
    bool cancelled;
    bool returned; /* money that paid it was given back, with the sale or as credit */
};

/* What is not paid yet, held or not. */
int64_t account_due(const struct account *account);
/* What was paid and is no longer due: the guests' money. */
int64_t account_credit(const struct account *account);
/* What is due and not held by somebody else. */
int64_t account_open(const struct account *account);

/* The order's payment status by its account. An order that costs nothing is paid; one
 * that came to nothing by money given back is refunded, and so is a cancelled one whose money went
 * back. */
const char *account_status(const struct account *account);

/* Moves credits to what is due, oldest order first on both sides: out[i] is what account i
 * gives, below zero, or takes. Returns how much was moved. */
int64_t accounts_net(const struct account *accounts, size_t n, int64_t *out);

/* A sum in the nearest coins, a half up: 10.02 is 10.00 where the smallest is 0.05. */
int64_t cash_rounded(int64_t amount, int64_t coin);

/* What each of n guests is still to pay of what nobody in particular ordered, of which `due`
 * is left: an equal part of that and of what they paid of it, less what that guest has
 * paid[i]. The parts add up to what is due. */
void accounts_share(int64_t due, const int64_t *paid, size_t n, int64_t *out);

#endif
