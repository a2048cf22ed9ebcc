#include "domain/account.h"

#include "domain/money.h"
#include "domain/spread.h"

const char *const payment_methods[] = {"cash", "card", "upi", "online", "other", NULL};

static int64_t at_least_zero(int64_t amount)
{
    return amount > 0 ? amount : 0;
}

int64_t account_due(const struct account *account)
{
    return at_least_zero(account->total - account->kept);
}

int64_t account_credit(const struct account *account)
{
    return at_least_zero(account->kept - account->total);
}

int64_t account_open(const struct account *account)
{
    return at_least_zero(account_due(account) - account->held);
}

const char *account_status(const struct account *account)
{
    if (account->cancelled && account->kept == 0)
        return account->refunded || account->returned ? "refunded" : "unpaid";
    if (account->kept < account->total)
        return account->kept > 0 ? "partially_paid" : "unpaid";
    if (!account->refunded)
        return "paid";
    return account->total > 0 ? "partially_refunded" : "refunded";
}

int64_t accounts_net(const struct account *accounts, size_t n, int64_t *out)
{
    int64_t credit = 0, due = 0;
    for (size_t i = 0; i < n; i++) {
        credit += account_credit(&accounts[i]);
        due += account_due(&accounts[i]);
    }
    int64_t moved = credit < due ? credit : due, given = moved, taken = moved;
    for (size_t i = 0; i < n; i++) {
        int64_t gives = account_credit(&accounts[i]), takes = account_due(&accounts[i]);
        gives = gives < given ? gives : given;
        takes = takes < taken ? takes : taken;
        given -= gives;
        taken -= takes;
        out[i] = takes - gives;
    }
    return moved;
}

void accounts_share(int64_t due, const int64_t *paid, size_t n, int64_t *out)
{
    int64_t total = due, left = 0;
    for (size_t i = 0; i < n; i++)
        total += paid[i];
    spread_equally(total, n, out);
    for (size_t i = 0; i < n; i++) {
        out[i] = at_least_zero(out[i] - paid[i]);
        left += out[i];
    }
    if (left == due)
        return;
    for (size_t i = 0; i < n; i++) { /* some paid more than their part: the others owe so much less */
        int64_t part = 0;
        if (left > 0 && !money_share_floor(due, out[i], left, &part))
            part = due; /* cannot be: out[i] is at most left */
        left -= out[i];
        due -= part;
        out[i] = part;
    }
}

int64_t cash_rounded(int64_t amount, int64_t coin)
{
    int64_t rest = amount % coin;
    return amount - rest + (2 * rest >= coin ? coin : 0);
}
