#include "domain/split.h"

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t split_due(const struct split_share *share)
{
    return share->amount > share->paid ? share->amount - share->paid : 0;
}

int64_t split_credit(const struct split_share *share)
{
    return share->paid > share->amount ? share->paid - share->amount : 0;
}

static int64_t room(const struct split_share *share, bool paid)
{
    return paid ? share->amount : split_due(share);
}

/* Takes the amount alike from shares with room for it, the earlier ones a unit more.
 * Returns what is left of it. */
static int64_t take(struct split_share *shares, size_t n, bool concerned, bool paid, int64_t amount)
{
    for (;;) {
        int64_t with_room = 0, each;
        for (size_t i = 0; i < n; i++)
            with_room += (!concerned || shares[i].is_concerned) && room(&shares[i], paid) > 0;
        if (amount == 0 || with_room == 0)
            return amount;
        each = amount / with_room > 0 ? amount / with_room : 1;
        for (size_t i = 0; i < n && amount > 0; i++) {
            if (concerned && !shares[i].is_concerned)
                continue;
            int64_t part = least(least(each, room(&shares[i], paid)), amount);
            shares[i].amount -= part;
            amount -= part;
        }
    }
}

int64_t split_lower(struct split_share *shares, size_t n, int64_t amount)
{
    amount = take(shares, n, true, false, amount);
    amount = take(shares, n, false, false, amount);
    amount = take(shares, n, true, true, amount);
    return take(shares, n, false, true, amount);
}

void split_net(struct split_share *shares, size_t n)
{
    for (size_t from = 0; from < n; from++) {
        for (size_t to = 0; to < n; to++) {
            int64_t moved = least(split_credit(&shares[from]), split_due(&shares[to]));
            shares[from].paid -= moved;
            shares[to].paid += moved;
        }
    }
}

int64_t split_pay(struct split_share *shares, size_t n, size_t first, int64_t amount)
{
    for (size_t i = 0; i <= n; i++) {
        size_t at = i == 0 ? first : i - 1;
        if (at >= n)
            continue;
        int64_t part = least(split_due(&shares[at]), amount);
        shares[at].paid += part;
        amount -= part;
    }
    return amount;
}
