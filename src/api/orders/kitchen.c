/* The kitchen's screen and its lines: when the last line is ready, so is the
 * order. */
#include "api/activity.h"
#include "api/caller.h"
#include "api/if_match.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "domain/order_state.h"
#include "http/request.h"

#include <string.h>

struct kitchen_filter {
    const char *station;
};

static const struct field list_fields[] = {
    {.name = "station", .type = FIELD_LINE, .offset = offsetof(struct kitchen_filter, station), .min = 1, .max = 60},
};
const struct query_spec kitchen_query = {FIELDS(list_fields), sizeof(struct kitchen_filter)};

enum err kitchen_list(struct request *r, const void *query)
{
    const struct kitchen_filter *filter = query;
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_KITCHEN_LIST, r->restaurant_id, filter->station));
    return ERR_OK;
}

struct line_status_input {
    const char *status;
};

static const char *const statuses[] = {"preparing", "ready", "served", NULL};

static const struct field fields[] = {
    {.name = "status",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct line_status_input, status),
     .required = true,
     .choices = statuses},
};

/* The line's status among the order's, NULL if it is not one of them. */
static const char *status_of(struct request *r, db_slot lines, const char *id)
{
    for (int row = 0; row < db_rows(r->db, lines); row++)
        if (strcmp(db_text(r->db, lines, row, COL_ORDER_ITEMS_STATES_ID), id) == 0)
            return db_text(r->db, lines, row, COL_ORDER_ITEMS_STATES_STATUS);
    return NULL;
}

/* Whether, with the line at `status`, all lines to be made have reached it or
 * are further. */
static bool all_at(struct request *r, db_slot lines, const char *id, const char *status)
{
    for (int row = 0; row < db_rows(r->db, lines); row++) {
        const char *other = db_text(r->db, lines, row, COL_ORDER_ITEMS_STATES_STATUS);
        if (strcmp(db_text(r->db, lines, row, COL_ORDER_ITEMS_STATES_ID), id) != 0 &&
            line_rank(other) < line_rank(status))
            return false;
    }
    return true;
}

static enum err check_step(struct request *r, const char *from, const char *to)
{
    switch (line_step_check(r->who.role, from, to)) {
    case ORDER_STEP_ALLOWED:
        return ERR_OK;
    case ORDER_STEP_FORBIDDEN:
        return caller_refuse(r, "move a line from %s to %s", from, to);
    default:
        problem_detail(r, "A line cannot go from %s to %s", from, to);
        return ERR_INVALID_TRANSITION;
    }
}

/* The status that the order moves to as well, NULL if it stays. */
static const char *order_follows(struct request *r, db_slot lines, const char *order_status, const char *to)
{
    enum order_status now;
    if (!order_status_parse(order_status, &now))
        return NULL;
    if (strcmp(to, "preparing") == 0)
        return now == ORDER_PENDING || now == ORDER_CONFIRMED ? "preparing" : NULL;
    if (!all_at(r, lines, r->args[1], to))
        return now == ORDER_PENDING || now == ORDER_CONFIRMED ? "preparing" : NULL;
    if (strcmp(to, "ready") == 0)
        return now < ORDER_READY ? "ready" : NULL;
    return now == ORDER_READY ? "served" : NULL;
}

enum err kitchen_set_line(struct request *r)
{
    struct line_status_input in = {0};
    const char *order_id = r->args[0], *line_id = r->args[1];
    fields_read(r, r->json, "", FIELDS(fields), &in);
    TRY(problem_verdict(r));
    db_slot order = DB_QUEUE(r->db, STMT_ORDER_LOCK, r->restaurant_id, order_id, NULL);
    db_slot lines = DB_QUEUE(r->db, STMT_ORDER_ITEMS_STATES, r->restaurant_id, order_id);
    TRY(transaction_run(r));
    const char *line_status = status_of(r, lines, line_id);
    if (db_rows(r->db, order) == 0 || line_status == NULL)
        return ERR_NOT_FOUND;
    TRY(if_match_check(r, db_text(r->db, order, 0, COL_ORDER_LOCK_VERSION)));
    TRY(check_step(r, line_status, in.status));
    const char *order_status = db_text(r->db, order, 0, COL_ORDER_LOCK_STATUS);
    const char *follows = order_follows(r, lines, order_status, in.status);
    DB_QUEUE(r->db, STMT_ORDER_ITEM_STATUS_SET, r->restaurant_id, line_id, in.status);
    /* Even without a new status: the order's version also covers its lines. */
    DB_QUEUE(r->db, STMT_ORDER_STATUS_SET, r->restaurant_id, order_id, follows != NULL ? follows : order_status);
    if (follows != NULL)
        history_queue(r, order_id, order_status, follows, NULL);
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_ORDER_GET, r->restaurant_id, order_id, NULL, "false"));
    return ERR_OK;
}
