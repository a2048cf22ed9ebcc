#include "domain/money.h"

static bool within(int64_t amount)
{
    return amount >= -MONEY_MAX && amount <= MONEY_MAX;
}

bool money_add(int64_t a, int64_t b, int64_t *out)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum) || !within(sum))
        return false;
    *out = sum;
    return true;
}

bool money_multiply(int64_t amount, int64_t times, int64_t *out)
{
    int64_t product;
    if (__builtin_mul_overflow(amount, times, &product) || !within(product))
        return false;
    *out = product;
    return true;
}

__extension__ typedef __int128 wide;

bool money_share(int64_t amount, int64_t numerator, int64_t denominator, int64_t *out)
{
    wide product = (wide)amount * numerator;
    wide half = denominator / 2 + denominator % 2; /* rounds odd halves up: 2x >= d */
    wide quotient = product / denominator, rest = product % denominator;
    if (rest >= half)
        quotient++;
    else if (rest <= -half)
        quotient--;
    if (quotient > MONEY_MAX || quotient < -MONEY_MAX)
        return false;
    *out = (int64_t)quotient;
    return true;
}

static bool divide(wide product, int64_t denominator, int64_t *out)
{
    wide quotient = product / denominator;
    if (quotient > MONEY_MAX)
        return false;
    *out = (int64_t)quotient;
    return true;
}

bool money_share_floor(int64_t amount, int64_t numerator, int64_t denominator, int64_t *out)
{
    return divide((wide)amount * numerator, denominator, out);
}

bool money_share_ceiling(int64_t amount, int64_t numerator, int64_t denominator, int64_t *out)
{
    return divide((wide)amount * numerator + denominator - 1, denominator, out);
}
