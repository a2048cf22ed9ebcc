#include "api/payments/target.h"

#include "api/payments/guests.h"
#include "api/shares.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "domain/money.h"
#include "domain/spread.h"
#include "http/request.h"

#include <inttypes.h>
#include <string.h>

void payment_target_check(struct request *r, const struct payment_target *target)
{
    bool named = fields_is_given(r->json, "order_id") || fields_is_given(r->json, "session_id") ||
                 fields_is_given(r->json, "share_id");
    if (!named)
        problem_fault(r, "/order_id", "required", "must be given, or session_id, or share_id");
    if (target->share_id != NULL &&
        (target->order_id != NULL || target->session_id != NULL || target->diner_id != NULL))
        problem_fault(r, "/share_id", "mismatch", "must not be given together with anything else to pay");
    if (target->order_id != NULL && target->session_id != NULL)
        problem_fault(r, "/session_id", "mismatch", "must not be given together with order_id");
    if (target->order_id != NULL && target->diner_id != NULL)
        problem_fault(r, "/diner_id", "mismatch", "must not be given together with order_id");
}

static enum err missing(struct request *r, const char *pointer, const char *what)
{
    problem_fault(r, pointer, "not_found", "is not an existing %s", what);
    return problem_verdict(r);
}

void payment_rooms_init(struct request *r, size_t n, struct rooms *rooms)
{
    *rooms = (struct rooms){.orders = arena_array(r->arena, n, sizeof *rooms->orders),
                            .room = arena_array(r->arena, n, sizeof(int64_t)),
                            .amounts = arena_array(r->arena, n, sizeof(int64_t)),
                            .most = MONEY_MAX};
}

static void rooms_add(struct rooms *rooms, struct ledger_order *order, int64_t room)
{
    rooms->held += account_due(&order->account) - account_open(&order->account);
    if (room == 0)
        return;
    rooms->orders[rooms->n] = order;
    rooms->room[rooms->n++] = room;
}

static bool is_of(const struct ledger_order *o, const char *diner_id)
{
    return o->diner_id != NULL && strcmp(o->diner_id, diner_id) == 0;
}

/* That guest's orders first, then the guest's part of the shared ones. */
static enum err rooms_of_diner(struct request *r, const struct payment_target *target, struct ledger *ledger,
                               struct rooms *rooms)
{
    db_slot slot = guest_dues_queue(r, target->session_id);
    TRY(transaction_run(r));
    const struct guest_dues guests = guest_dues_read(r, slot);
    const struct guest_due *guest = guest_dues_find(&guests, target->diner_id);
    if (guest == NULL)
        return missing(r, "/diner_id", "guest of the session");
    for (size_t i = 0; i < ledger->n; i++)
        if (is_of(&ledger->orders[i], target->diner_id))
            rooms_add(rooms, &ledger->orders[i], account_open(&ledger->orders[i].account));
    int64_t shared = guest->shared;
    for (size_t i = 0; i < ledger->n; i++) {
        struct ledger_order *o = &ledger->orders[i];
        int64_t open = o->diner_id == NULL ? account_open(&o->account) : 0;
        int64_t part = open < shared ? open : shared;
        rooms_add(rooms, o, part);
        shared -= part;
    }
    return ERR_OK;
}

static enum err lock_order(struct request *r, const char *order_id, struct ledger *ledger, struct rooms *rooms)
{
    struct ledger_order *order;
    const char *own_session = r->who.role == ROLE_DINER ? r->who.session_id : NULL;
    enum err err = ledger_lock_order(r, order_id, own_session, ledger, &order);
    if (err == ERR_NOT_FOUND || (err == ERR_OK && order->is_deleted))
        return missing(r, "/order_id", "order");
    TRY(err);
    if (order->status == ORDER_CANCELLED)
        return ERR_ORDER_CANCELLED;
    payment_rooms_init(r, ledger->n, rooms);
    rooms_add(rooms, order, account_open(&order->account));
    return ERR_OK;
}

static enum err lock_session(struct request *r, const struct payment_target *target, struct ledger *ledger,
                             struct rooms *rooms)
{
    if (r->who.role == ROLE_DINER && strcmp(r->who.session_id, target->session_id) != 0)
        return missing(r, "/session_id", "session");
    enum err err = ledger_lock_session(r, target->session_id, ledger);
    if (err == ERR_NOT_FOUND)
        return missing(r, "/session_id", "session");
    TRY(err);
    payment_rooms_init(r, ledger->n, rooms);
    if (target->diner_id != NULL)
        return rooms_of_diner(r, target, ledger, rooms);
    for (size_t i = 0; i < ledger->n; i++)
        rooms_add(rooms, &ledger->orders[i], account_open(&ledger->orders[i].account));
    return ERR_OK;
}

enum { SHARE_OWN, SHARE_COMMON, SHARE_OTHER, SHARE_TURNS };

/* When a share's money is an order's turn: the guest's own, or those with the share's
 * items; then, of a guest's share, what is nobody's; then the others. */
static int turn_of(struct request *r, const struct share *share, db_slot with_items, const struct ledger_order *o)
{
    if (share->diner_id != NULL)
        return o->diner_id == NULL ? SHARE_COMMON : is_of(o, share->diner_id) ? SHARE_OWN : SHARE_OTHER;
    for (int row = 0; share->items != NULL && row < db_rows(r->db, with_items); row++)
        if (strcmp(db_text(r->db, with_items, row, COL_SHARE_ORDERS_ORDER_ID), o->id) == 0)
            return SHARE_OWN;
    return SHARE_OTHER;
}

/* Within a turn the oldest order first; at most what is open of the share. */
static enum err rooms_of_share(struct request *r, const struct shares *shares, size_t at, struct ledger *ledger,
                               struct rooms *rooms)
{
    const struct share *share = &shares->list[at];
    int64_t open = split_due(&shares->amounts[at]) - share->held;
    db_slot with_items = {0};
    if (share->items != NULL) {
        with_items = DB_QUEUE(r->db, STMT_SHARE_ORDERS, r->restaurant_id, share->id);
        TRY(transaction_run(r));
    }
    for (int turn = 0; turn < SHARE_TURNS; turn++)
        for (size_t i = 0; i < ledger->n; i++)
            if (turn_of(r, share, with_items, &ledger->orders[i]) == turn)
                rooms_add(rooms, &ledger->orders[i], account_open(&ledger->orders[i].account));
    rooms->most = open > 0 ? open : 0;
    rooms->held = share->held;
    rooms->share_id = share->id;
    return ERR_OK;
}

static enum err lock_share(struct request *r, const char *share_id, struct ledger *ledger, struct rooms *rooms)
{
    struct shares shares;
    db_slot place = DB_QUEUE(r->db, STMT_SHARE_PLACE, r->restaurant_id, share_id);
    TRY(transaction_run(r));
    const char *session_id = db_text(r->db, place, 0, COL_SHARE_PLACE_SESSION_ID);
    bool is_foreign = r->who.role == ROLE_DINER && session_id != NULL && strcmp(session_id, r->who.session_id) != 0;
    if (session_id == NULL || is_foreign)
        return missing(r, "/share_id", "share");
    TRY(ledger_lock_session(r, session_id, ledger));
    TRY(shares_read(r, ledger, 0, &shares));
    size_t at = shares_find(&shares, share_id);
    if (at == SIZE_MAX) { /* the bill was split again meanwhile, or the session merged */
        place = DB_QUEUE(r->db, STMT_SHARE_PLACE, r->restaurant_id, share_id);
        TRY(transaction_run(r));
        const char *now = db_text(r->db, place, 0, COL_SHARE_PLACE_SESSION_ID);
        return now != NULL ? transaction_still_in(r, session_id, now) : missing(r, "/share_id", "share");
    }
    payment_rooms_init(r, ledger->n, rooms);
    return rooms_of_share(r, &shares, at, ledger, rooms);
}

enum err payment_target_check_share(const struct ledger *ledger, const struct rooms *rooms)
{
    return ledger->sums.has_split && rooms->share_id == NULL ? ERR_SHARE_REQUIRED : ERR_OK;
}

enum err payment_target_lock(struct request *r, const struct payment_target *target, struct ledger *ledger,
                             struct rooms *rooms)
{
    *ledger = (struct ledger){0};
    if (r->who.role == ROLE_DINER) {
        TRY(transaction_run(r)); /* tells which session it is in now */
        ledger->payer_id = r->who.id;
    }
    if (target->share_id != NULL)
        return lock_share(r, target->share_id, ledger, rooms);
    return target->order_id != NULL ? lock_order(r, target->order_id, ledger, rooms)
                                    : lock_session(r, target, ledger, rooms);
}

int64_t payment_rooms_open(const struct rooms *rooms)
{
    int64_t open = 0;
    for (size_t i = 0; i < rooms->n; i++)
        open += rooms->room[i];
    return open < rooms->most ? open : rooms->most;
}

int64_t payment_coin(struct request *r, db_slot terms, const char *method)
{
    bool rounds = strcmp(method, "cash") == 0 || db_bool(r->db, terms, 0, COL_PAYMENT_TERMS_ROUND_ALL_METHODS);
    return rounds ? db_int(r->db, terms, 0, COL_PAYMENT_TERMS_COIN) : 1;
}

int64_t payment_rooms_settle(const struct rooms *rooms, int64_t coin)
{
    int64_t open = payment_rooms_open(rooms);
    return rooms->held > 0 ? open : cash_rounded(open, coin);
}

bool payment_rooms_take(struct rooms *rooms, int64_t amount)
{
    int64_t left = spread_in_order(amount < rooms->most ? amount : rooms->most, rooms->room, rooms->n, rooms->amounts);
    return left == 0 && amount <= rooms->most;
}

enum err payment_refuse_amount(struct request *r, const struct rooms *rooms, int64_t amount)
{
    int64_t held = 0, open = payment_rooms_open(rooms);
    for (size_t i = 0; i < rooms->n; i++)
        held += account_due(&rooms->orders[i]->account) - account_open(&rooms->orders[i]->account);
    if (held > 0)
        problem_detail(
            r, "%" PRId64 " is more than the %" PRId64 " due, of which %" PRId64 " is being paid by somebody else",
            amount, open + held, held);
    else
        problem_detail(r, "%" PRId64 " is more than the %" PRId64 " due", amount, open);
    return ERR_OVERPAID;
}
