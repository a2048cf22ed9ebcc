#include "api/shares.h"

#include "api/ledger.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "db/array.h"
#include "http/request.h"

#include <string.h>

enum err shares_read(struct request *r, const struct ledger *ledger, size_t more, struct shares *shares)
{
    db_slot slot =
        DB_QUEUE(r->db, STMT_SHARES_LIST, r->restaurant_id, ledger->session_id, ledger->payer_id, ledger->intent_id);
    TRY(transaction_run(r));
    shares->n = (size_t)db_rows(r->db, slot);
    shares->room = shares->n + more;
    shares->list = arena_array(r->arena, shares->room, sizeof *shares->list);
    shares->amounts = arena_array(r->arena, shares->room, sizeof *shares->amounts);
    for (size_t i = 0; i < shares->n; i++) {
        int row = (int)i;
        shares->list[i] = (struct share){
            .id = db_text(r->db, slot, row, COL_SHARES_LIST_ID),
            .diner_id = db_text(r->db, slot, row, COL_SHARES_LIST_DINER_ID),
            .split_by = db_text(r->db, slot, row, COL_SHARES_LIST_SPLIT_BY),
            .items = db_text(r->db, slot, row, COL_SHARES_LIST_ITEMS),
            .is_rest = db_bool(r->db, slot, row, COL_SHARES_LIST_IS_REST),
            .is_cut = db_bool(r->db, slot, row, COL_SHARES_LIST_IS_CUT),
            .held = db_int(r->db, slot, row, COL_SHARES_LIST_HELD),
        };
        shares->amounts[i].amount = db_int(r->db, slot, row, COL_SHARES_LIST_AMOUNT);
        shares->amounts[i].paid = db_int(r->db, slot, row, COL_SHARES_LIST_PAID);
    }
    return ERR_OK;
}

size_t shares_find(const struct shares *shares, const char *id)
{
    for (size_t i = 0; i < shares->n; i++)
        if (strcmp(shares->list[i].id, id) == 0)
            return i;
    return SIZE_MAX;
}

size_t shares_add(struct request *r, const struct ledger *ledger, struct shares *shares, const struct share *share,
                  const char *label, int64_t amount)
{
    size_t at = shares->n++;
    shares->list[at] = *share;
    shares->list[at].id = request_new_id(r);
    shares->list[at].is_changed = true;
    shares->amounts[at] = (struct split_share){.amount = amount};
    DB_QUEUE(r->db, STMT_SHARE_INSERT, r->restaurant_id, shares->list[at].id, ledger->session_id, share->split_by,
             label, share->diner_id, share->is_rest ? "true" : "false", share->items, request_int_text(r, amount));
    return at;
}

/* The new amounts of those that have changed. */
static void queue_amounts(struct request *r, const struct shares *shares)
{
    struct text ids, amounts, paid;
    array_init(&ids, r->arena);
    array_init(&amounts, r->arena);
    array_init(&paid, r->arena);
    for (size_t i = 0; i < shares->n; i++) {
        array_add(&ids, shares->list[i].id);
        array_add_int(&amounts, shares->amounts[i].amount);
        array_add_int(&paid, shares->amounts[i].paid);
    }
    if (shares->n > 0)
        DB_QUEUE(r->db, STMT_SHARES_SET, r->restaurant_id, array_end(&ids), array_end(&amounts), array_end(&paid));
}

/* How the bill was split last: shares that were paid may be of an earlier split. */
static bool is_by_diner(const struct shares *shares)
{
    return shares->n > 0 && strcmp(shares->list[shares->n - 1].split_by, "diner") == 0;
}

/* The open share of a guest, or the rest; one is made where there is none, or where it is
 * paid. */
static size_t open_share(struct request *r, const struct ledger *ledger, struct shares *shares, const char *diner_id)
{
    bool by_diner = diner_id != NULL && is_by_diner(shares);
    for (size_t i = 0; i < shares->n; i++) {
        const struct share *s = &shares->list[i];
        bool is_it = s->is_rest;
        if (by_diner)
            is_it = s->diner_id != NULL && strcmp(s->diner_id, diner_id) == 0;
        if (is_it && (shares->amounts[i].paid == 0 || split_due(&shares->amounts[i]) > 0))
            return i;
    }
    const struct share share = {.split_by = shares->n > 0 ? shares->list[shares->n - 1].split_by : "equal",
                                .diner_id = by_diner ? diner_id : NULL,
                                .is_rest = !by_diner};
    return shares_add(r, ledger, shares, &share, by_diner ? NULL : "rest", 0);
}

static bool has_item(const struct ledger_concern *concern, const char *items)
{
    for (size_t i = 0; i < concern->n_items; i++)
        if (strstr(items, concern->item_ids[i]) != NULL)
            return true;
    return false;
}

/* is_of_rest: none of the shares by item has what the concern is about. */
static bool is_concerned(const struct ledger_concern *concern, const struct share *s, bool is_of_rest)
{
    if (concern->share_id != NULL)
        return strcmp(s->id, concern->share_id) == 0;
    if (concern->n_items > 0 && s->items != NULL && has_item(concern, s->items))
        return true;
    if (concern->n_items > 0 && s->is_rest && strcmp(s->split_by, "item") == 0)
        return is_of_rest; /* it was ordered later */
    if (concern->n_items > 0 && s->items != NULL)
        return false;
    return concern->diner_id != NULL && s->diner_id != NULL && strcmp(s->diner_id, concern->diner_id) == 0;
}

static void mark(const struct ledger_concern *concern, struct shares *shares)
{
    bool is_of_rest = true;
    for (size_t i = 0; i < shares->n; i++)
        if (shares->list[i].items != NULL && has_item(concern, shares->list[i].items))
            is_of_rest = false;
    for (size_t i = 0; i < shares->n; i++)
        shares->amounts[i].is_concerned = is_concerned(concern, &shares->list[i], is_of_rest);
}

/* Money of a share goes back; some of it may have paid others'. What was paid for none was
 * paid before there were shares, or late: only the rest took it. */
static void give_back(struct shares *shares, size_t share, int64_t amount)
{
    for (size_t i = 0; i <= shares->n; i++) {
        size_t from = i == 0 ? share : i - 1;
        if (from >= shares->n || (share >= shares->n && !shares->list[from].is_rest))
            continue;
        int64_t part = shares->amounts[from].paid < amount ? shares->amounts[from].paid : amount;
        shares->amounts[from].paid -= part;
        amount -= part;
    }
}

/* What was paid of the share that is named; a late capture is for the rest. */
static void take_payment(struct request *r, const struct ledger *ledger, struct shares *shares)
{
    const struct ledger_concern *concern = &ledger->concern;
    size_t at = concern->share_id != NULL ? shares_find(shares, concern->share_id) : SIZE_MAX;
    if (concern->paid < 0)
        give_back(shares, at, -concern->paid);
    if (concern->paid <= 0)
        return;
    if (at == SIZE_MAX)
        at = open_share(r, ledger, shares, NULL);
    shares->amounts[at].paid += split_pay(shares->amounts, shares->n, at, concern->paid);
}

/* A guest's order joins the guest's share; what staff ordered for nobody in particular is
 * shared by the guests who are there, or is the rest. */
static enum err raise_shares(struct request *r, const struct ledger *ledger, struct shares *shares, int64_t amount)
{
    if (!is_by_diner(shares) || ledger->concern.diner_id != NULL) {
        shares->amounts[open_share(r, ledger, shares, ledger->concern.diner_id)].amount += amount;
        return ERR_OK;
    }
    db_slot diners = DB_QUEUE(r->db, STMT_SHARES_DINERS, r->restaurant_id, ledger->session_id);
    TRY(transaction_run(r));
    int n = db_rows(r->db, diners);
    for (int row = 0; row < n; row++) {
        int64_t part = amount / n + (row < amount % n ? 1 : 0);
        if (part > 0)
            shares->amounts[open_share(r, ledger, shares, db_text(r->db, diners, row, COL_SHARES_DINERS_ID))].amount +=
                part;
    }
    if (n == 0)
        shares->amounts[open_share(r, ledger, shares, NULL)].amount += amount;
    return ERR_OK;
}

/* What is more than the shares come to was paid before there were any. */
static void lower_shares(struct request *r, const struct ledger *ledger, struct shares *shares, int64_t amount)
{
    int64_t left = split_lower(shares->amounts, shares->n, amount);
    if (left > 0)
        shares->amounts[open_share(r, ledger, shares, NULL)].paid += left;
}

enum { DINERS_MAX = 1000 };

enum err shares_follow(struct request *r, struct ledger *ledger)
{
    struct shares shares;
    int64_t missing = 0;
    TRY(shares_read(r, ledger, DINERS_MAX + 2, &shares));
    take_payment(r, ledger, &shares);
    for (size_t i = 0; i < ledger->n; i++)
        missing += account_due(&ledger->orders[i].account) - account_credit(&ledger->orders[i].account);
    for (size_t i = 0; i < shares.n; i++)
        missing -= shares.amounts[i].amount - shares.amounts[i].paid;
    mark(&ledger->concern, &shares);
    if (missing > 0)
        TRY(raise_shares(r, ledger, &shares, missing));
    if (missing < 0)
        lower_shares(r, ledger, &shares, -missing);
    split_net(shares.amounts, shares.n);
    queue_amounts(r, &shares);
    return ERR_OK;
}
