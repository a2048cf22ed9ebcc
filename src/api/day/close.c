/* Closing a business day: its figures are kept, and nothing more is booked on it. */
#include "api/paging.h"
#include "api/period.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/clock.h"
#include "http/request.h"

#include <string.h>

struct days_filter {
    struct paging paging;
    const char *from, *to;
};

static const struct field list_fields[] = {
    {PAGING_LIMIT},
    {PAGING_CURSOR},
    {AT(days_filter, from), .type = FIELD_DATE},
    {AT(days_filter, to), .type = FIELD_DATE},
};
const struct query_spec days_query = {FIELDS(list_fields), sizeof(struct days_filter)};

struct close_input {
    struct optional_bool force;
};

static const struct field close_fields[] = {
    {AT(close_input, force), .type = FIELD_BOOL},
};

enum err days_list(struct request *r, const void *query)
{
    const struct days_filter *f = query;
    const char *before;
    TRY(period_check_list(r, f->from, f->to));
    TRY(paging_date(r, &f->paging, &before));
    transaction_answer(
        r, 200, DB_QUEUE(r->db, STMT_DAYS_LIST, r->restaurant_id, paging_limit(r, &f->paging), before, f->from, f->to));
    return ERR_OK;
}

/* The day in the path. */
static enum err read_date(struct request *r, const char **date)
{
    int unused;
    *date = r->args[0];
    return clock_day_number(*date, &unused) ? ERR_OK : ERR_NOT_FOUND;
}

enum err day_get(struct request *r)
{
    const char *date;
    TRY(read_date(r, &date));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_DAY_GET, r->restaurant_id, date));
    return ERR_OK;
}

/* Days are closed one after the other, none of them before it has begun. */
static enum err check_state(struct request *r, db_slot state, const char *date)
{
    if (db_rows(r->db, state) == 0)
        return ERR_NOT_FOUND;
    if (db_bool(r->db, state, 0, COL_DAY_STATE_IS_CLOSED) || db_bool(r->db, state, 0, COL_DAY_STATE_IS_PAST))
        return ERR_DAY_CLOSED;
    if (!db_bool(r->db, state, 0, COL_DAY_STATE_HAS_BEGUN))
        return ERR_DAY_NOT_BEGUN;
    const char *first = db_text(r->db, state, 0, COL_DAY_STATE_FIRST_OPEN);
    if (first == NULL || strcmp(first, date) >= 0)
        return ERR_OK;
    problem_detail(r, "The day %s comes first: close it before this one", first);
    return ERR_EARLIER_DAY_OPEN;
}

static enum err refuse_unsettled(struct request *r, db_slot slot)
{
    problem_detail(
        r,
        "%s sessions, orders and drawers of the day are open or unsettled: settle and close them, or repeat this "
        "with \"force\": true",
        db_text(r->db, slot, 0, COL_DAY_UNSETTLED_N));
    r->problem.extension = arena_printf(
        r->arena, "\"sessions\":%s,\"orders\":%s,\"drawers\":%s", db_text(r->db, slot, 0, COL_DAY_UNSETTLED_SESSIONS),
        db_text(r->db, slot, 0, COL_DAY_UNSETTLED_ORDERS), db_text(r->db, slot, 0, COL_DAY_UNSETTLED_DRAWERS));
    return ERR_DAY_NOT_SETTLED;
}

enum err day_close(struct request *r)
{
    struct close_input in = {0};
    const char *date;
    TRY(read_date(r, &date));
    if (r->json != NULL)
        fields_read(r, r->json, "", FIELDS(close_fields), &in);
    TRY(problem_verdict(r));
    DB_QUEUE(r->db, STMT_DAY_LOCK, r->restaurant_id);
    db_slot state = DB_QUEUE(r->db, STMT_DAY_STATE, r->restaurant_id, date);
    db_slot unsettled = DB_QUEUE(r->db, STMT_DAY_UNSETTLED, r->restaurant_id, date);
    TRY(transaction_run(r));
    TRY(check_state(r, state, date));
    bool is_settled = db_int(r->db, unsettled, 0, COL_DAY_UNSETTLED_N) == 0;
    if (!is_settled && !in.force.value)
        return refuse_unsettled(r, unsettled);
    DB_QUEUE(r->db, STMT_DAY_CLOSE, r->restaurant_id, date, r->who.id, bool_text(!is_settled));
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_DAY_GET, r->restaurant_id, date));
    r->response.location = arena_printf(r->arena, "/api/business-days/%s/close", date);
    return ERR_OK;
}
