#include "api/payments/accounts.h"

#include "api/transaction.h"
#include "base/arena.h"
#include "db/array.h"
#include "http/request.h"

#include <string.h>

/* The statements that lock orders for money have the same columns; some have a share,
 * too. */
#define ORDER_COLUMNS(statement)                                                                                       \
    SAME_COLUMN(statement, PAYMENT_INTENT_ORDERS_LOCK, ID);                                                            \
    SAME_COLUMN(statement, PAYMENT_INTENT_ORDERS_LOCK, TOTAL_AMOUNT);                                                  \
    SAME_COLUMN(statement, PAYMENT_INTENT_ORDERS_LOCK, IS_CANCELLED);                                                  \
    SAME_COLUMN(statement, PAYMENT_INTENT_ORDERS_LOCK, SESSION_ID);                                                    \
    SAME_COLUMN(statement, PAYMENT_INTENT_ORDERS_LOCK, CURRENCY)

ORDER_COLUMNS(PAYMENT_ORDER_LOCK);
ORDER_COLUMNS(PAYMENT_SESSION_LOCK);
ORDER_COLUMNS(PAYMENT_ORDERS_REFUND_LOCK);
SAME_COLUMN(PAYMENT_ORDERS_REFUND_LOCK, PAYMENT_INTENT_ORDERS_LOCK, SHARE);

const char *accounts_ids(struct request *r, const struct accounts *accounts)
{
    struct text ids;
    array_init(&ids, r->arena);
    for (size_t i = 0; i < accounts->n; i++)
        array_add(&ids, accounts->orders[i].order_id);
    return array_end(&ids);
}

static struct order_account *find(struct accounts *accounts, const char *order_id)
{
    for (size_t i = 0; i < accounts->n; i++)
        if (strcmp(accounts->orders[i].order_id, order_id) == 0)
            return &accounts->orders[i];
    return NULL;
}

enum err accounts_read(struct request *r, db_slot lock, const char *diner_id, const char *intent_id,
                       struct accounts *out)
{
    int n = db_rows(r->db, lock);
    *out = (struct accounts){arena_array(r->arena, (size_t)n, sizeof *out->orders), (size_t)n, NULL};
    for (int row = 0; row < n; row++) {
        struct order_account *o = &out->orders[row];
        o->order_id = db_text(r->db, lock, row, COL_PAYMENT_INTENT_ORDERS_LOCK_ID);
        o->session_id = db_text(r->db, lock, row, COL_PAYMENT_INTENT_ORDERS_LOCK_SESSION_ID);
        o->account.total = db_int(r->db, lock, row, COL_PAYMENT_INTENT_ORDERS_LOCK_TOTAL_AMOUNT);
        o->account.cancelled = db_bool(r->db, lock, row, COL_PAYMENT_INTENT_ORDERS_LOCK_IS_CANCELLED);
        o->share = db_columns(r->db, lock) > COL_PAYMENT_INTENT_ORDERS_LOCK_SHARE
                       ? db_int(r->db, lock, row, COL_PAYMENT_INTENT_ORDERS_LOCK_SHARE)
                       : 0;
        out->currency = db_text(r->db, lock, row, COL_PAYMENT_INTENT_ORDERS_LOCK_CURRENCY);
    }
    db_slot money = DB_QUEUE(r->db, STMT_PAYMENT_ACCOUNTS, r->restaurant_id, accounts_ids(r, out), diner_id, intent_id);
    TRY(transaction_run(r));
    for (int row = 0; row < db_rows(r->db, money); row++) {
        struct order_account *o = find(out, db_text(r->db, money, row, COL_PAYMENT_ACCOUNTS_ID));
        if (o == NULL)
            return ERR_INTERNAL;
        o->account.paid = db_int(r->db, money, row, COL_PAYMENT_ACCOUNTS_PAID);
        o->account.refunded = db_int(r->db, money, row, COL_PAYMENT_ACCOUNTS_REFUNDED);
        o->account.held = db_int(r->db, money, row, COL_PAYMENT_ACCOUNTS_HELD);
    }
    return ERR_OK;
}

/* Queues a statement of (restaurant, owner, order ids, amounts) for the
 * amounts above zero. */
static void queue_amounts(struct request *r, enum statement statement, const char *owner_id,
                          const struct accounts *accounts, const int64_t *amounts)
{
    struct text ids, values;
    bool any = false;
    array_init(&ids, r->arena);
    array_init(&values, r->arena);
    for (size_t i = 0; i < accounts->n; i++) {
        if (amounts[i] == 0)
            continue;
        array_add(&ids, accounts->orders[i].order_id);
        array_add_int(&values, amounts[i]);
        any = true;
    }
    if (any)
        DB_QUEUE(r->db, statement, r->restaurant_id, owner_id, array_end(&ids), array_end(&values));
}

static void queue_statuses(struct request *r, const struct accounts *accounts)
{
    struct text statuses;
    array_init(&statuses, r->arena);
    for (size_t i = 0; i < accounts->n; i++)
        array_add(&statuses, account_status(&accounts->orders[i].account));
    DB_QUEUE(r->db, STMT_PAYMENT_STATUS_SET, r->restaurant_id, accounts_ids(r, accounts), array_end(&statuses));
}

void accounts_pay(struct request *r, struct accounts *accounts, const char *payment_id, const int64_t *amounts)
{
    for (size_t i = 0; i < accounts->n; i++)
        accounts->orders[i].account.paid += amounts[i];
    queue_amounts(r, STMT_PAYMENT_ALLOCATIONS_INSERT, payment_id, accounts, amounts);
    queue_statuses(r, accounts);
}

void accounts_refund(struct request *r, struct accounts *accounts, const char *payment_id, const int64_t *amounts)
{
    for (size_t i = 0; i < accounts->n; i++)
        accounts->orders[i].account.refunded += amounts[i];
    queue_amounts(r, STMT_PAYMENT_ALLOCATIONS_REFUND, payment_id, accounts, amounts);
    queue_statuses(r, accounts);
}

void accounts_hold(struct request *r, const struct accounts *accounts, const char *intent_id, const int64_t *amounts)
{
    queue_amounts(r, STMT_INTENT_ALLOCATIONS_INSERT, intent_id, accounts, amounts);
}
