/* Money: a whole number of the currency's minor units (ISO 4217), never a
 * fraction and never a float. No amount is larger than MONEY_MAX, 2^53 - 1,
 * so that a JSON number holds each one exactly (RFC 7493, 2.2). */
#ifndef OZ_DOMAIN_MONEY_H
#define OZ_DOMAIN_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#define MONEY_MAX INT64_C(9007199254740991)
#define RATE_ONE  1000000 /* rates are in millionths: 50000 is 5 % */

/* Each returns false, with *out unchanged, if the result is beyond
 * -MONEY_MAX..MONEY_MAX. */
bool money_add(int64_t a, int64_t b, int64_t *out);
bool money_multiply(int64_t amount, int64_t times, int64_t *out);

/* amount * numerator / denominator, halves away from zero. denominator > 0. */
bool money_share(int64_t amount, int64_t numerator, int64_t denominator, int64_t *out);
/* The same, rounded down and up. amount and numerator at least zero. */
bool money_share_floor(int64_t amount, int64_t numerator, int64_t denominator, int64_t *out);
bool money_share_ceiling(int64_t amount, int64_t numerator, int64_t denominator, int64_t *out);

#endif
