/* Drawers of cash: opened with a float, money put in and taken out with a reason, counted at the
 * close. What guests pay and get back in cash is in the drawer that their payments name. */
#include "api/card_guard.h"
#include "api/paging.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "domain/money.h"
#include "http/request.h"

#include <string.h>

struct drawer_input {
    struct optional_int amount; /* the float, what is moved, what was counted */
    const char *name, *reason;
};

static const struct field open_fields[] = {
    {.name = "float",
     .offset = offsetof(struct drawer_input, amount),
     .type = FIELD_INT,
     .required = true,
     .min = 0,
     .max = MONEY_MAX},
    {AT(drawer_input, name), .type = FIELD_LINE, .max = 60},
};

static const struct field move_fields[] = {
    {AT(drawer_input, amount), .type = FIELD_INT, .required = true, .min = -MONEY_MAX, .max = MONEY_MAX},
    {AT(drawer_input, reason), .type = FIELD_TEXT, .required = true, .min = 1, .max = 500},
};

static const struct field close_fields[] = {
    {.name = "counted",
     .offset = offsetof(struct drawer_input, amount),
     .type = FIELD_INT,
     .required = true,
     .min = 0,
     .max = MONEY_MAX},
};

struct drawers_filter {
    struct paging paging;
    struct optional_bool open;
};

static const struct field list_fields[] = {
    {PAGING_LIMIT},
    {PAGING_CURSOR},
    {AT(drawers_filter, open), .type = FIELD_BOOL},
};
const struct query_spec drawers_query = {FIELDS(list_fields), sizeof(struct drawers_filter)};

enum err drawers_list(struct request *r, const void *query)
{
    const struct drawers_filter *filter = query;
    enum statement statement = !filter->open.is_set ? STMT_DRAWERS_LIST
                               : filter->open.value ? STMT_DRAWERS_LIST_OPEN
                                                    : STMT_DRAWERS_LIST_CLOSED;
    const char *before;
    TRY(paging_id(r, &filter->paging, &before));
    transaction_answer(r, 200, DB_QUEUE(r->db, statement, r->restaurant_id, paging_limit(r, &filter->paging), before));
    return ERR_OK;
}

static void answer_drawer(struct request *r, int status, const char *id)
{
    transaction_answer(r, status, DB_QUEUE(r->db, STMT_DRAWER_GET, r->restaurant_id, id));
}

enum err drawer_get(struct request *r)
{
    answer_drawer(r, 200, r->args[0]);
    return ERR_OK;
}

enum err drawer_open(struct request *r)
{
    struct drawer_input in = {0};
    const char *id = request_new_id(r);
    fields_read(r, r->json, "", FIELDS(open_fields), &in);
    card_guard_check(r, in.name, "/name");
    TRY(problem_verdict(r));
    transaction_on_conflict(r, ERR_DRAWER_OPEN);
    DB_QUEUE(r->db, STMT_DRAWER_INSERT, r->restaurant_id, id, r->who.id, in.name, request_int_text(r, in.amount.value));
    r->response.location = arena_printf(r->arena, "/api/drawers/%s", id);
    answer_drawer(r, 201, id);
    return ERR_OK;
}

/* Money that is no guest's: change that was fetched, a delivery that was paid for. */
enum err drawer_move(struct request *r)
{
    struct drawer_input in = {0};
    const char *id = request_new_id(r);
    fields_read(r, r->json, "", FIELDS(move_fields), &in);
    card_guard_check(r, in.reason, "/reason");
    if (in.amount.is_set && in.amount.value == 0)
        problem_fault(r, "/amount", "out_of_range",
                      "must be above zero for what is put in, below for what is taken out");
    TRY(problem_verdict(r));
    db_slot slot = DB_QUEUE(r->db, STMT_DRAWER_HOLD, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    if (db_bool(r->db, slot, 0, COL_DRAWER_HOLD_IS_CLOSED))
        return ERR_DRAWER_CLOSED;
    DB_QUEUE(r->db, STMT_DRAWER_MOVEMENT_INSERT, r->restaurant_id, id, r->args[0], request_int_text(r, in.amount.value),
             in.reason, r->who.id);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_DRAWER_MOVEMENT_GET, r->restaurant_id, id));
    return ERR_OK;
}

/* Whose it is, or a manager. */
static bool may_close(const struct request *r, const char *holder_id)
{
    return (r->who.role & ROLES_MANAGERS) != 0 || strcmp(r->who.id, holder_id) == 0;
}

enum err drawer_close(struct request *r)
{
    struct drawer_input in = {0};
    fields_read(r, r->json, "", FIELDS(close_fields), &in);
    TRY(problem_verdict(r));
    db_slot slot = DB_QUEUE(r->db, STMT_DRAWER_LOCK, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    if (!may_close(r, db_text(r->db, slot, 0, COL_DRAWER_LOCK_STAFF_ID))) {
        problem_detail(r, "A drawer is closed by whoever opened it, or by a manager");
        return ERR_INSUFFICIENT_ROLE;
    }
    if (db_bool(r->db, slot, 0, COL_DRAWER_LOCK_IS_CLOSED))
        return ERR_DRAWER_CLOSED;
    DB_QUEUE(r->db, STMT_DRAWER_CLOSE, r->restaurant_id, r->args[0], r->who.id, request_int_text(r, in.amount.value));
    answer_drawer(r, 200, r->args[0]);
    return ERR_OK;
}
