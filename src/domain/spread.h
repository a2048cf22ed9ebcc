/* How a sum of money is spread over several, so that the parts always add up to
 * it. Amounts in minor units, none below zero. */
#ifndef OZ_DOMAIN_SPREAD_H
#define OZ_DOMAIN_SPREAD_H

#include <stddef.h>
#include <stdint.h>

/* Fills each of out[n] up to room[n], in order, until the amount is used up.
 * Returns what is left of it. */
int64_t spread_in_order(int64_t amount, const int64_t *room, size_t n, int64_t *out);

/* Equal parts: the first are one unit larger. n > 0. */
void spread_equally(int64_t amount, size_t n, int64_t *out);

/* In proportion to the weights, by largest remainder; a tie goes to the earlier
 * one. If all weights are zero, so is all of out. Where the amount is at most the
 * weights' sum, no part is larger than its weight. out must not be weights. */
void spread_by_weight(int64_t amount, const int64_t *weights, size_t n, int64_t *out);

#endif
