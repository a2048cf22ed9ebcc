#include "api/ledger.h"

#include "api/transaction.h"
#include "base/arena.h"
#include "http/request.h"

#include <inttypes.h>
#include <string.h>

/* The orders of a session and an order by itself are read alike. */
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, ID);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, STATUS);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, IS_DELETED);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, PAYMENT_STATUS);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, VERSION);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, DINER_ID);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, CURRENCY);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, PRICES_INCLUDE_TAX);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, DISCOUNT_REDUCES_TAX);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, SERVICE_CHARGE_PPM);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, SERVICE_CHARGE_TAX_RATE_PPM);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, TAX_PARTS);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, SUBTOTAL);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, DISCOUNT_AMOUNT);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, SERVICE_CHARGE_AMOUNT);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, TAX_AMOUNT);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, TAXES);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, TIP_AMOUNT);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, DEPOSIT_USED);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, TOTAL_AMOUNT);
SAME_COLUMN(LEDGER_ORDER, LEDGER_ORDERS, STANDING);
SAME_COLUMN(LEDGER_ORDER_MONEY, LEDGER_ORDERS_MONEY, ID);
SAME_COLUMN(LEDGER_ORDER_MONEY, LEDGER_ORDERS_MONEY, KEPT);
SAME_COLUMN(LEDGER_ORDER_MONEY, LEDGER_ORDERS_MONEY, HELD);
SAME_COLUMN(LEDGER_ORDER_MONEY, LEDGER_ORDERS_MONEY, IS_REFUNDED);
SAME_COLUMN(LEDGER_ORDER_MONEY, LEDGER_ORDERS_MONEY, HAS_RETURNED);
SAME_COLUMN(LEDGER_ORDER_MONEY, LEDGER_ORDERS_MONEY, GIVEN_BACK);
SAME_COLUMN(LEDGER_ORDER_MONEY, LEDGER_ORDERS_MONEY, HAS_RECEIPT);

static void read_terms(struct request *r, db_slot slot, int row, struct ledger_order *o)
{
    const char *service_tax = db_text(r->db, slot, row, COL_LEDGER_ORDERS_SERVICE_CHARGE_TAX_RATE_PPM);
    o->terms = (struct order_terms){
        .prices_include_tax = db_bool(r->db, slot, row, COL_LEDGER_ORDERS_PRICES_INCLUDE_TAX),
        .discount_reduces_tax = db_bool(r->db, slot, row, COL_LEDGER_ORDERS_DISCOUNT_REDUCES_TAX),
        .service_charge_ppm = (int32_t)db_int(r->db, slot, row, COL_LEDGER_ORDERS_SERVICE_CHARGE_PPM),
        .service_tax_rate_ppm = service_tax != NULL
                                    ? (int32_t)db_int(r->db, slot, row, COL_LEDGER_ORDERS_SERVICE_CHARGE_TAX_RATE_PPM)
                                    : NO_RATE,
    };
    figures_parts_read(r, db_text(r->db, slot, row, COL_LEDGER_ORDERS_TAX_PARTS), &o->terms.parts, &o->names);
}

/* As it was placed: nothing happened to it. */
static void read_placed(struct request *r, db_slot slot, int row, struct ledger_order *o)
{
    struct order_figures *f = &o->settled;
    f->subtotal = db_int(r->db, slot, row, COL_LEDGER_ORDERS_SUBTOTAL);
    f->discount_amount = o->placed_discount;
    f->service_charge_amount = db_int(r->db, slot, row, COL_LEDGER_ORDERS_SERVICE_CHARGE_AMOUNT);
    f->service_base = o->terms.service_charge_ppm > 0 ? f->subtotal - f->discount_amount : 0;
    f->tax_amount = db_int(r->db, slot, row, COL_LEDGER_ORDERS_TAX_AMOUNT);
    f->total_amount = db_int(r->db, slot, row, COL_LEDGER_ORDERS_TOTAL_AMOUNT);
    figures_taxes_read(r, db_text(r->db, slot, row, COL_LEDGER_ORDERS_TAXES), &o->terms.parts, f);
    o->adjusted = *f;
}

static enum err read_order(struct request *r, db_slot slot, int row, struct ledger_order *o)
{
    o->id = db_text(r->db, slot, row, COL_LEDGER_ORDERS_ID);
    o->diner_id = db_text(r->db, slot, row, COL_LEDGER_ORDERS_DINER_ID);
    o->version = db_text(r->db, slot, row, COL_LEDGER_ORDERS_VERSION);
    o->payment_status = db_text(r->db, slot, row, COL_LEDGER_ORDERS_PAYMENT_STATUS);
    o->is_deleted = db_bool(r->db, slot, row, COL_LEDGER_ORDERS_IS_DELETED);
    if (!order_status_parse(db_text(r->db, slot, row, COL_LEDGER_ORDERS_STATUS), &o->status))
        return ERR_INTERNAL;
    o->stands = !o->is_deleted && o->status != ORDER_CANCELLED;
    read_terms(r, slot, row, o);
    if (!o->stands)
        return ERR_OK; /* it comes to nothing */
    o->extras.tip_amount = db_int(r->db, slot, row, COL_LEDGER_ORDERS_TIP_AMOUNT);
    o->extras.deposit_used = db_int(r->db, slot, row, COL_LEDGER_ORDERS_DEPOSIT_USED);
    o->placed_discount = db_int(r->db, slot, row, COL_LEDGER_ORDERS_DISCOUNT_AMOUNT);
    const char *standing = db_text(r->db, slot, row, COL_LEDGER_ORDERS_STANDING);
    if (standing != NULL)
        figures_standing_read(r, standing, &o->terms.parts, &o->settled, &o->adjusted, &o->extras);
    else
        read_placed(r, slot, row, o);
    return ERR_OK;
}

int64_t ledger_sale(const struct ledger_order *o)
{
    return o->adjusted.total_amount + o->extras.deposit_used - o->extras.tip_amount + o->adjusted.tip_given_back;
}

/* An earlier build left the tip as it was and took the sale below zero. */
static int64_t tip_back(const struct ledger_order *o)
{
    int64_t sale = ledger_sale(o);
    return o->adjusted.tip_given_back + (sale < 0 ? -sale : 0);
}

static enum err read_money(struct request *r, db_slot slot, struct ledger *ledger)
{
    for (int row = 0; row < db_rows(r->db, slot); row++) {
        struct ledger_order *o = ledger_find(ledger, db_text(r->db, slot, row, COL_LEDGER_ORDERS_MONEY_ID));
        if (o == NULL)
            return ERR_INTERNAL;
        o->account = (struct account){
            .total = o->adjusted.total_amount,
            .kept = db_int(r->db, slot, row, COL_LEDGER_ORDERS_MONEY_KEPT),
            .held = db_int(r->db, slot, row, COL_LEDGER_ORDERS_MONEY_HELD),
            .refunded = db_bool(r->db, slot, row, COL_LEDGER_ORDERS_MONEY_IS_REFUNDED),
            .cancelled = !o->stands,
            .returned = db_bool(r->db, slot, row, COL_LEDGER_ORDERS_MONEY_HAS_RETURNED),
        };
        o->kept_before = o->account.kept;
        o->given_back = db_int(r->db, slot, row, COL_LEDGER_ORDERS_MONEY_GIVEN_BACK);
        o->tip_back = tip_back(o);
        ledger->has_receipts = ledger->has_receipts || db_bool(r->db, slot, row, COL_LEDGER_ORDERS_MONEY_HAS_RECEIPT);
    }
    return ERR_OK;
}

/* The orders of the session, or the one order. */
static enum err read_orders(struct request *r, const char *order_id, struct ledger *ledger)
{
    const char *id = ledger->session_id != NULL ? ledger->session_id : order_id;
    bool all = ledger->session_id != NULL;
    db_slot orders = DB_QUEUE(r->db, all ? STMT_LEDGER_ORDERS : STMT_LEDGER_ORDER, r->restaurant_id, id);
    db_slot money = DB_QUEUE(r->db, all ? STMT_LEDGER_ORDERS_MONEY : STMT_LEDGER_ORDER_MONEY, r->restaurant_id, id,
                             ledger->payer_id, ledger->intent_id);
    TRY(transaction_run(r));
    ledger->n = (size_t)db_rows(r->db, orders);
    ledger->orders = arena_array(r->arena, ledger->n, sizeof *ledger->orders);
    for (size_t i = 0; i < ledger->n; i++) {
        TRY(read_order(r, orders, (int)i, &ledger->orders[i]));
        ledger->currency = db_text(r->db, orders, (int)i, COL_LEDGER_ORDERS_CURRENCY);
    }
    return read_money(r, money, ledger);
}

enum err ledger_lock_session(struct request *r, const char *session_id, struct ledger *ledger)
{
    db_slot session = DB_QUEUE(r->db, STMT_LEDGER_SESSION, r->restaurant_id, session_id);
    TRY(transaction_run(r));
    if (db_rows(r->db, session) == 0)
        return ERR_NOT_FOUND;
    ledger->session_id = session_id;
    ledger->session_seconds_left = db_int(r->db, session, 0, COL_LEDGER_SESSION_SECONDS_LEFT);
    ledger->session_seconds = 60 * db_int(r->db, session, 0, COL_LEDGER_SESSION_SESSION_EXPIRY_MINUTES);
    figures_sums_read(r, db_text(r->db, session, 0, COL_LEDGER_SESSION_SUMS), &ledger->sums);
    return read_orders(r, NULL, ledger);
}

enum err ledger_lock_order(struct request *r, const char *order_id, const char *own_session, struct ledger *ledger,
                           struct ledger_order **order)
{
    db_slot place = DB_QUEUE(r->db, STMT_LEDGER_PLACE, r->restaurant_id, order_id);
    TRY(transaction_run(r));
    if (db_rows(r->db, place) == 0)
        return ERR_NOT_FOUND;
    const char *session_id = db_text(r->db, place, 0, COL_LEDGER_PLACE_SESSION_ID);
    if (own_session != NULL && (session_id == NULL || strcmp(session_id, own_session) != 0))
        return ERR_NOT_FOUND;
    figures_sums_read(r, NULL, &ledger->sums);
    TRY(session_id != NULL ? ledger_lock_session(r, session_id, ledger) : read_orders(r, order_id, ledger));
    *order = ledger_find(ledger, order_id);
    return *order != NULL ? ERR_OK : transaction_again(r); /* it is at another table by now */
}

struct ledger_order *ledger_find(struct ledger *ledger, const char *order_id)
{
    for (size_t i = 0; i < ledger->n; i++)
        if (strcmp(ledger->orders[i].id, order_id) == 0)
            return &ledger->orders[i];
    return NULL;
}

struct ledger_line *ledger_find_line(struct ledger_order *order, const char *item_id)
{
    for (size_t i = 0; i < order->n_lines; i++)
        if (strcmp(order->lines[i].id, item_id) == 0)
            return &order->lines[i];
    return NULL;
}

enum err ledger_check_unpaid(struct request *r, const struct ledger_order *o)
{
    if (o->account.kept == 0 && o->account.held == 0)
        return ERR_OK;
    if (o->account.kept > 0)
        problem_detail(r, "%" PRId64 " was paid for the order: give it back first", o->account.kept);
    else
        problem_detail(r, "An online payment holds %" PRId64 " of the order: end it first", o->account.held);
    return ERR_ORDER_PAID;
}
