/* Orders, as staff and diners read them; hiding one. */
#include "api/activity.h"
#include "api/card_guard.h"
#include "api/if_match.h"
#include "api/ledger.h"
#include "api/orders/input.h"
#include "api/paging.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "domain/order_state.h"
#include "http/request.h"

#include <string.h>

struct orders_filter {
    struct paging paging;
    const char *status, *payment_status, *order_type, *table_id, *session_id, *diner_id, *customer_phone;
    const char *from, *to, *updated_since;
    struct optional_int order_number;
    struct optional_bool include_deleted;
};

static const char *const payment_statuses[] = {"unpaid", "partially_paid", "paid", "partially_refunded", "refunded",
                                               NULL};

static const struct field list_fields[] = {
    {PAGING_LIMIT},
    {PAGING_CURSOR},
    {AT(orders_filter, status), .type = FIELD_CHOICES, .choices = order_statuses},
    {AT(orders_filter, payment_status), .type = FIELD_CHOICES, .choices = payment_statuses},
    {AT(orders_filter, order_type), .type = FIELD_CHOICE, .choices = order_types},
    {AT(orders_filter, order_number), .type = FIELD_INT, .min = 1, .max = 2147483647},
    {AT(orders_filter, customer_phone), .type = FIELD_LINE, .min = 1, .max = 40},
    {AT(orders_filter, table_id), .type = FIELD_UUID},
    {AT(orders_filter, session_id), .type = FIELD_UUID},
    {AT(orders_filter, diner_id), .type = FIELD_UUID},
    {AT(orders_filter, from), .type = FIELD_TIME},
    {AT(orders_filter, to), .type = FIELD_TIME},
    {AT(orders_filter, updated_since), .type = FIELD_TIME},
    {AT(orders_filter, include_deleted), .type = FIELD_BOOL, .roles = ROLES_MANAGERS},
};
const struct query_spec orders_query = {FIELDS(list_fields), sizeof(struct orders_filter)};

struct order_filter {
    struct optional_bool include_deleted;
};

static const struct field one_fields[] = {
    {.name = "include_deleted",
     .type = FIELD_BOOL,
     .offset = offsetof(struct order_filter, include_deleted),
     .roles = ROLES_MANAGERS},
};
const struct query_spec order_query = {FIELDS(one_fields), sizeof(struct order_filter)};

/* A diner's token names the session, which may have been merged into another
 * since. The check of the caller finds the current one before anything is read
 * by it. */
static enum err find_own_session(struct request *r, const char **session_id)
{
    *session_id = NULL;
    if (r->who.role != ROLE_DINER)
        return ERR_OK;
    TRY(transaction_run(r));
    *session_id = r->who.session_id;
    return ERR_OK;
}

/* Whether so few orders have changed since then that all of them are read. */
static enum err changed_few(struct request *r, const char *since, bool *few)
{
    *few = false;
    if (since == NULL)
        return ERR_OK;
    db_slot slot = DB_QUEUE(r->db, STMT_ORDERS_UPDATED_FEW, r->restaurant_id, since);
    TRY(transaction_run(r));
    *few = db_bool(r->db, slot, 0, COL_ORDERS_UPDATED_FEW_ARE_FEW);
    return ERR_OK;
}

/* A way to find orders: a statement, and how many of the conditions it takes. */
struct way {
    enum statement statement;
    int n_params;
};

/* The way that finds the fewest; it applies all conditions that are given. */
static struct way way_to_find(const struct orders_filter *f, bool one_session, bool few_changed)
{
    if (one_session)
        return (struct way){STMT_ORDERS_LIST_SESSION, 16};
    if (few_changed)
        return (struct way){STMT_ORDERS_LIST_UPDATED, 14};
    if (f->customer_phone != NULL)
        return (struct way){STMT_ORDERS_LIST_PHONE, 14};
    if (f->order_number.is_set)
        return (struct way){STMT_ORDERS_LIST_NUMBER, 13};
    if (f->table_id != NULL)
        return (struct way){STMT_ORDERS_LIST_TABLE, 12};
    if (f->status != NULL || f->payment_status != NULL || f->order_type != NULL)
        return (struct way){STMT_ORDERS_LIST_STATE, 11};
    return (struct way){STMT_ORDERS_LIST, 8};
}

static db_slot queue_list(struct request *r, const struct orders_filter *f, struct way way, const char *const cursor[2],
                          const char *session_id)
{
    const char *number = f->order_number.is_set ? request_int_text(r, f->order_number.value) : NULL;
    const char *params[] = {
        r->restaurant_id, paging_limit(r, &f->paging),
        cursor[0],        cursor[1],
        f->from,          f->to,
        f->updated_since, bool_text(f->include_deleted.value),
        f->status,        f->payment_status,
        f->order_type,    f->table_id,
        number,           f->customer_phone,
        f->diner_id,      session_id,
    };
    return db_queue(r->db, way.statement, params, way.n_params);
}

enum err orders_list(struct request *r, const void *query)
{
    const struct orders_filter *f = query;
    const char *cursor[2], *own;
    bool few;
    TRY(paging_number(r, &f->paging, &cursor[0], &cursor[1]));
    TRY(find_own_session(r, &own));
    if (own != NULL && f->session_id != NULL && strcmp(f->session_id, own) != 0)
        return ERR_NOT_FOUND;
    const char *session = own != NULL ? own : f->session_id;
    bool one_session = session != NULL || f->diner_id != NULL;
    TRY(changed_few(r, one_session ? NULL : f->updated_since, &few));
    transaction_answer(r, 200, queue_list(r, f, way_to_find(f, one_session, few), cursor, session));
    return ERR_OK;
}

enum err order_get(struct request *r, const void *query)
{
    const struct order_filter *f = query;
    const char *own;
    TRY(find_own_session(r, &own));
    transaction_answer(
        r, 200,
        DB_QUEUE(r->db, STMT_ORDER_GET, r->restaurant_id, r->args[0], own, bool_text(f->include_deleted.value)));
    return ERR_OK;
}

enum err order_history(struct request *r)
{
    const char *own;
    TRY(find_own_session(r, &own));
    transaction_answer(r, 200,
                       DB_QUEUE(r->db, STMT_ORDER_HISTORY_LIST, r->restaurant_id, r->args[0], own,
                                bool_text(r->who.role & ROLES_MANAGERS)));
    return ERR_OK;
}

struct delete_input {
    const char *reason;
};

static const struct field delete_fields[] = {
    {AT(delete_input, reason), .type = FIELD_TEXT, .required = true, .min = 1, .max = 500},
};

/* The order is kept, with who took it out of sight, when and why. */
enum err order_delete(struct request *r)
{
    struct delete_input in = {0};
    struct ledger ledger = {0};
    struct ledger_order *o;
    if (r->json != NULL)
        fields_read(r, r->json, "", FIELDS(delete_fields), &in);
    else
        problem_fault(r, "/reason", "required", "must be given");
    card_guard_check(r, in.reason, "/reason");
    TRY(ledger_lock_order(r, r->args[0], NULL, &ledger, &o));
    if (o->is_deleted)
        return ERR_NOT_FOUND;
    TRY(if_match_check(r, o->version));
    TRY(ledger_check_unpaid(r, o));
    TRY(problem_verdict(r));
    const struct ledger_document document = {.kind = "deleted", .reason = in.reason};
    TRY(ledger_add(r, &ledger, o, &document, NULL));
    o->is_deleted = true;
    history_queue(r, o->id, order_status_name(o->status), "deleted", in.reason);
    if (ledger.session_id != NULL)
        activity_queue(r, ledger.session_id, "order_deleted", arena_printf(r->arena, "{\"order_id\":\"%s\"}", o->id));
    ledger_concerns(r, &ledger, o, NULL);
    TRY(ledger_write(r, &ledger));
    r->response.status = 204;
    return ERR_OK;
}
