#include "domain/order_state.h"

#include <stddef.h>
#include <string.h>

const char *const order_statuses[ORDER_STATUSES + 1] = {
    [ORDER_PENDING] = "pending",     [ORDER_CONFIRMED] = "confirmed", [ORDER_PREPARING] = "preparing",
    [ORDER_READY] = "ready",         [ORDER_SERVED] = "served",       [ORDER_COMPLETED] = "completed",
    [ORDER_CANCELLED] = "cancelled",
};

/* Every step that exists, and who may make it. */
static const struct step {
    enum order_status from, to;
    enum role roles;
    bool needs_reason;
} steps[] = {
    {ORDER_PENDING, ORDER_CONFIRMED, ROLES_WAITERS, false},
    {ORDER_PENDING, ORDER_PREPARING, ROLES_STAFF, false},
    {ORDER_PENDING, ORDER_READY, ROLES_STAFF, false},
    {ORDER_PENDING, ORDER_SERVED, ROLES_STAFF, false},
    {ORDER_PENDING, ORDER_COMPLETED, ROLES_WAITERS, false},
    {ORDER_PENDING, ORDER_CANCELLED, ROLE_DINER | ROLES_WAITERS, false},
    {ORDER_CONFIRMED, ORDER_PREPARING, ROLES_STAFF, false},
    {ORDER_CONFIRMED, ORDER_READY, ROLES_STAFF, false},
    {ORDER_CONFIRMED, ORDER_SERVED, ROLES_STAFF, false},
    {ORDER_CONFIRMED, ORDER_COMPLETED, ROLES_WAITERS, false},
    {ORDER_CONFIRMED, ORDER_CANCELLED, ROLES_WAITERS, false},
    {ORDER_PREPARING, ORDER_READY, ROLES_STAFF, false},
    {ORDER_PREPARING, ORDER_SERVED, ROLES_STAFF, false},
    {ORDER_PREPARING, ORDER_COMPLETED, ROLES_WAITERS, false},
    {ORDER_PREPARING, ORDER_CANCELLED, ROLES_MANAGERS, true},
    {ORDER_READY, ORDER_SERVED, ROLES_STAFF, false},
    {ORDER_READY, ORDER_COMPLETED, ROLES_WAITERS, false},
    {ORDER_SERVED, ORDER_COMPLETED, ROLES_WAITERS, false},
};

/* Whether it takes a wrong step back. */
static bool goes_back(enum order_status from, enum order_status to)
{
    return (from == ORDER_READY && to == ORDER_PREPARING) ||
           (from == ORDER_PREPARING && (to == ORDER_CONFIRMED || to == ORDER_PENDING));
}

const char *order_status_name(enum order_status status)
{
    return order_statuses[status];
}

bool order_status_parse(const char *name, enum order_status *out)
{
    for (int i = 0; i < ORDER_STATUSES; i++) {
        if (strcmp(order_statuses[i], name) == 0) {
            *out = (enum order_status)i;
            return true;
        }
    }
    return false;
}

enum order_step order_step_check(enum role role, enum order_status from, enum order_status to, bool has_reason)
{
    if (goes_back(from, to))
        return role & ROLES_STAFF ? ORDER_STEP_BACK : ORDER_STEP_FORBIDDEN;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const struct step *s = &steps[i];
        if (s->from != from || s->to != to)
            continue;
        if (!(s->roles & role))
            return ORDER_STEP_FORBIDDEN;
        return s->needs_reason && !has_reason ? ORDER_STEP_NEEDS_REASON : ORDER_STEP_ALLOWED;
    }
    return ORDER_STEP_INVALID;
}

const char *order_line_status(enum order_status to)
{
    switch (to) {
    case ORDER_PREPARING:
    case ORDER_READY:
    case ORDER_SERVED:
    case ORDER_CANCELLED:
        return order_statuses[to];
    case ORDER_COMPLETED:
        return order_statuses[ORDER_SERVED];
    default:
        return NULL;
    }
}

enum order_status order_status_of_lines(int least, int most, bool confirmed)
{
    if (least >= 3)
        return ORDER_SERVED;
    if (least == 2)
        return ORDER_READY;
    if (most > 0)
        return ORDER_PREPARING;
    return confirmed ? ORDER_CONFIRMED : ORDER_PENDING;
}

int line_rank(const char *line_status)
{
    static const char *const ranks[] = {"pending", "preparing", "ready", "served"};
    int rank = 0;
    while (rank < 4 && strcmp(ranks[rank], line_status) != 0)
        rank++;
    return rank;
}

enum order_step line_step_check(enum role role, const char *from, const char *to)
{
    int before = line_rank(from), after = line_rank(to);
    bool forwards = after > before && after <= 3, back = after == before - 1 && before < 3;
    if (!forwards && !back)
        return ORDER_STEP_INVALID;
    if (!(role & ROLES_STAFF))
        return ORDER_STEP_FORBIDDEN;
    return back ? ORDER_STEP_BACK : ORDER_STEP_ALLOWED;
}

bool line_may_be_void(enum role role, enum order_status order, const char *line_status, bool is_sold_out)
{
    int rank = line_rank(line_status);
    if (role & ROLES_MANAGERS)
        return order != ORDER_COMPLETED;
    if (role & ROLE_KITCHEN)
        return is_sold_out && rank < line_rank("ready");
    return (role & ROLES_WAITERS) && rank == 0;
}
