/* What a ledger comes to, written: credits that pay what is due, what orders stand
 * at, the session's sums, the credit notes of receipts that are no longer true. */
#include "api/ledger.h"

#include "api/shares.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "db/array.h"
#include "http/request.h"

#include <string.h>

/* Allocations that move from one order to another. */
struct moves {
    struct text ids, payments, from, to, amounts;
    bool any;
};

static void moves_init(struct request *r, struct moves *m)
{
    struct text *const all[] = {&m->ids, &m->payments, &m->from, &m->to, &m->amounts};
    *m = (struct moves){.any = false};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        array_init(all[i], r->arena);
}

static void moves_add(struct request *r, struct moves *m, const char *payment_id, const char *from, const char *to,
                      int64_t amount)
{
    array_add(&m->ids, request_new_id(r));
    array_add(&m->payments, payment_id);
    array_add(&m->from, from);
    array_add(&m->to, to);
    array_add_int(&m->amounts, amount);
    m->any = true;
}

/* Gives what a payment has with one order to those that take. */
static void give(struct request *r, const struct ledger *ledger, const char *payment_id, size_t from, int64_t *left,
                 int64_t *changes, struct moves *moves)
{
    for (size_t to = 0; changes[from] < 0 && *left > 0 && to < ledger->n; to++) {
        int64_t amount = *left < -changes[from] ? *left : -changes[from];
        amount = amount < changes[to] ? amount : changes[to];
        if (amount <= 0)
            continue;
        moves_add(r, moves, payment_id, ledger->orders[from].id, ledger->orders[to].id, amount);
        changes[from] += amount;
        changes[to] -= amount;
        *left -= amount;
    }
}

static const char *order_ids(struct request *r, const struct ledger *ledger)
{
    struct text ids;
    array_init(&ids, r->arena);
    for (size_t i = 0; i < ledger->n; i++)
        array_add(&ids, ledger->orders[i].id);
    return array_end(&ids);
}

static enum err queue_moves(struct request *r, const struct ledger *ledger, int64_t *changes)
{
    struct moves moves;
    db_slot allocations = DB_QUEUE(r->db, STMT_LEDGER_ALLOCATIONS, r->restaurant_id, order_ids(r, ledger));
    TRY(transaction_run(r));
    moves_init(r, &moves);
    for (int row = 0; row < db_rows(r->db, allocations); row++) {
        int64_t left = db_int(r->db, allocations, row, COL_LEDGER_ALLOCATIONS_AMOUNT_LEFT);
        const char *order_id = db_text(r->db, allocations, row, COL_LEDGER_ALLOCATIONS_ORDER_ID);
        for (size_t i = 0; i < ledger->n; i++)
            if (strcmp(ledger->orders[i].id, order_id) == 0)
                give(r, ledger, db_text(r->db, allocations, row, COL_LEDGER_ALLOCATIONS_PAYMENT_ID), i, &left, changes,
                     &moves);
    }
    if (!moves.any)
        return ERR_OK;
    const char *ids = array_end(&moves.ids), *payments = array_end(&moves.payments), *from = array_end(&moves.from);
    const char *to = array_end(&moves.to), *amounts = array_end(&moves.amounts);
    DB_QUEUE(r->db, STMT_ALLOCATION_MOVES_INSERT, r->restaurant_id, ids, payments, from, to, amounts);
    DB_QUEUE(r->db, STMT_ALLOCATIONS_TAKE, r->restaurant_id, payments, from, amounts);
    DB_QUEUE(r->db, STMT_ALLOCATIONS_GIVE, r->restaurant_id, payments, to, amounts);
    DB_QUEUE(r->db, STMT_PAYMENTS_TOUCH, r->restaurant_id, payments);
    return ERR_OK;
}

/* What was paid and is no longer due pays what is. */
static enum err net_credits(struct request *r, struct ledger *ledger)
{
    struct account *accounts = arena_array(r->arena, ledger->n, sizeof *accounts);
    int64_t *changes = arena_array(r->arena, ledger->n, sizeof *changes);
    for (size_t i = 0; i < ledger->n; i++)
        accounts[i] = ledger->orders[i].account;
    if (accounts_net(accounts, ledger->n, changes) == 0)
        return ERR_OK;
    for (size_t i = 0; i < ledger->n; i++)
        ledger->orders[i].account.kept += changes[i];
    return queue_moves(r, ledger, changes);
}

static void queue_orders(struct request *r, const struct ledger *ledger)
{
    struct text ids, standings, totals, payments, statuses, deleted;
    struct text *const all[] = {&ids, &standings, &totals, &payments, &statuses, &deleted};
    bool any = false;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        array_init(all[i], r->arena);
    for (size_t i = 0; i < ledger->n; i++) {
        const struct ledger_order *o = &ledger->orders[i];
        const char *payment_status = account_status(&o->account);
        bool is_same = o->account.kept == o->kept_before && strcmp(payment_status, o->payment_status) == 0;
        if (!o->is_written && is_same)
            continue;
        any = true;
        array_add(&ids, o->id);
        array_add(&standings, o->is_written ? figures_standing_text(r, &o->settled, &o->adjusted, &o->extras,
                                                                    &o->terms.parts, &o->names)
                                            : NULL);
        if (o->is_written)
            array_add_int(&totals, o->adjusted.total_amount);
        else
            array_add(&totals, NULL);
        array_add(&payments, payment_status);
        array_add(&statuses, order_status_name(o->status));
        array_add(&deleted, bool_text(o->is_deleted));
    }
    if (any)
        DB_QUEUE(r->db, STMT_LEDGER_ORDERS_SET, r->restaurant_id, array_end(&ids), array_end(&standings),
                 array_end(&totals), array_end(&payments), array_end(&statuses), array_end(&deleted));
}

/* What was issued does not change: where its orders, or its share, come to something else by
 * now, a credit note says so. Its number is the last that is locked. */
static enum err correct_receipts(struct request *r, const struct ledger *ledger)
{
    if (!ledger->has_receipts)
        return ERR_OK;
    const char *staff_id = r->who.role & ROLES_STAFF ? r->who.id : NULL;
    db_slot receipts = DB_QUEUE(r->db, STMT_RECEIPTS_CONCERNED, r->restaurant_id, order_ids(r, ledger));
    TRY(transaction_run(r));
    for (int row = 0; row < db_rows(r->db, receipts); row++)
        DB_QUEUE(r->db, STMT_RECEIPT_CORRECT, r->restaurant_id, request_new_id(r),
                 db_text(r->db, receipts, row, COL_RECEIPTS_CONCERNED_ID),
                 bool_text(db_bool(r->db, receipts, row, COL_RECEIPTS_CONCERNED_IS_LAST)), staff_id);
    return ERR_OK;
}

static void queue_sums(struct request *r, struct ledger *ledger)
{
    ledger->sums.has_credit = false;
    for (size_t i = 0; i < ledger->n; i++)
        ledger->sums.has_credit = ledger->sums.has_credit || account_credit(&ledger->orders[i].account) > 0;
    DB_QUEUE(r->db, STMT_LEDGER_SUMS_SET, r->restaurant_id, ledger->session_id, figures_sums_text(r, &ledger->sums),
             bool_text(ledger->sums.has_credit));
}

enum err ledger_write(struct request *r, struct ledger *ledger)
{
    TRY(net_credits(r, ledger));
    if (ledger->sums.has_split)
        TRY(shares_follow(r, ledger));
    queue_orders(r, ledger);
    if (ledger->session_id != NULL)
        queue_sums(r, ledger);
    return correct_receipts(r, ledger);
}
