#include "domain/spread.h"

#include <stdbool.h>

__extension__ typedef __int128 wide;

int64_t spread_in_order(int64_t amount, const int64_t *room, size_t n, int64_t *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = amount < room[i] ? amount : room[i];
        amount -= out[i];
    }
    return amount;
}

void spread_equally(int64_t amount, size_t n, int64_t *out)
{
    int64_t parts = (int64_t)n;
    for (size_t i = 0; i < n; i++)
        out[i] = amount / parts + ((int64_t)i < amount % parts ? 1 : 0);
}

/* Whether part i is still rounded down. */
static bool is_down(int64_t amount, const int64_t *weights, wide whole, const int64_t *out, size_t i)
{
    return out[i] == (int64_t)((wide)amount * weights[i] / whole);
}

void spread_by_weight(int64_t amount, const int64_t *weights, size_t n, int64_t *out)
{
    wide whole = 0;
    for (size_t i = 0; i < n; i++) {
        whole += weights[i];
        out[i] = 0;
    }
    if (whole == 0)
        return;
    int64_t left = amount;
    for (size_t i = 0; i < n; i++) {
        out[i] = (int64_t)((wide)amount * weights[i] / whole);
        left -= out[i];
    }
    for (; left > 0; left--) { /* fewer than n times: a unit for the largest remainder */
        size_t best = n;
        for (size_t i = 0; i < n; i++)
            if (is_down(amount, weights, whole, out, i) &&
                (best == n || (wide)amount * weights[i] % whole > (wide)amount * weights[best] % whole))
                best = i;
        out[best]++;
    }
}
