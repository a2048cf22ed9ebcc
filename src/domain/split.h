/* The shares of a bill that was split. They add up to it; a share that was paid is paid.
 * Amounts in minor units, none below zero. */
#ifndef OZ_DOMAIN_SPLIT_H
#define OZ_DOMAIN_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct split_share {
    int64_t amount, paid;
    bool is_concerned; /* what happened is of this share */
};

int64_t split_due(const struct split_share *share);
int64_t split_credit(const struct split_share *share);

/* The bill came to less: it comes off what the shares concerned are to pay, then off the
 * unpaid ones alike, then off those that were paid, as credit. Returns what is left of it. */
int64_t split_lower(struct split_share *shares, size_t n, int64_t amount);

/* Credit of one share pays what another is to pay. */
void split_net(struct split_share *shares, size_t n);

/* Money that came pays one share first, at most what it is to pay, then the others. Returns
 * what is left. */
int64_t split_pay(struct split_share *shares, size_t n, size_t first, int64_t amount);

#endif
