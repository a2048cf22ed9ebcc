#include "domain/account.h"

const char *const payment_methods[] = {"cash", "card", "upi", "online", "other", NULL};

static int64_t at_least_zero(int64_t amount)
{
    return amount > 0 ? amount : 0;
}

int64_t account_due(const struct account *account)
{
    return account->cancelled ? 0 : at_least_zero(account->total - account->paid);
}

int64_t account_open(const struct account *account)
{
    return at_least_zero(account_due(account) - account->held);
}

int64_t account_room(const struct account *account)
{
    int64_t kept = account->paid - account->refunded;
    return account->cancelled ? 0 : at_least_zero(account->total - kept - account->held);
}

const char *account_status(const struct account *account)
{
    int64_t kept = account->paid - account->refunded;
    if (account->paid == 0)
        return "unpaid";
    if (kept >= account->total && kept > 0)
        return "paid";
    if (account->refunded == 0)
        return "partially_paid";
    return kept > 0 ? "partially_refunded" : "refunded";
}

int64_t account_spread(int64_t amount, const int64_t *room, size_t n, int64_t *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = amount < room[i] ? amount : room[i];
        amount -= out[i];
    }
    return amount;
}

void account_shares(int64_t amount, size_t n, int64_t *out)
{
    int64_t parts = (int64_t)n;
    for (size_t i = 0; i < n; i++)
        out[i] = amount / parts + ((int64_t)i < amount % parts ? 1 : 0);
}
