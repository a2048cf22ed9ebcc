/* The kitchen's screen and its lines: the order's status follows theirs, back
 * as well as forwards. */
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

static const char *const statuses[] = {"pending", "preparing", "ready", "served", NULL};

static const struct field fields[] = {
    {.name = "status",
     .type = FIELD_CHOICE,
     .offset = offsetof(struct line_status_input, status),
     .required = true,
     .choices = statuses},
};

/* The line's row among the order's, -1 if it is not one of them. */
static int row_of(struct request *r, db_slot lines, const char *id)
{
    for (int row = 0; row < db_rows(r->db, lines); row++)
        if (strcmp(db_text(r->db, lines, row, COL_ORDER_ITEMS_STATES_ID), id) == 0)
            return row;
    return -1;
}

static enum err check_back(struct request *r, db_slot lines, int row, const char *from)
{
    if (db_int(r->db, lines, row, COL_ORDER_ITEMS_STATES_AGE) <= ORDER_STEP_BACK_SECONDS)
        return ERR_OK;
    problem_detail(r, "The line came to %s more than ten minutes ago: it does not go back", from);
    return ERR_INVALID_TRANSITION;
}

static enum err check_step(struct request *r, db_slot lines, int row, const char *to)
{
    const char *from = db_text(r->db, lines, row, COL_ORDER_ITEMS_STATES_STATUS);
    switch (line_step_check(r->who.role, from, to)) {
    case ORDER_STEP_ALLOWED:
        return ERR_OK;
    case ORDER_STEP_BACK:
        return check_back(r, lines, row, from);
    case ORDER_STEP_FORBIDDEN:
        return caller_refuse(r, "move a line from %s to %s", from, to);
    default:
        problem_detail(r, "A line cannot go from %s to %s", from, to);
        return ERR_INVALID_TRANSITION;
    }
}

/* What the lines make of their order once the one in that row has moved. */
static enum order_status status_by_lines(struct request *r, db_slot lines, int moved, const char *to, bool confirmed)
{
    int least = line_rank(to), most = least;
    for (int row = 0; row < db_rows(r->db, lines); row++) {
        int rank = line_rank(db_text(r->db, lines, row, COL_ORDER_ITEMS_STATES_STATUS));
        if (row == moved || rank > 3)
            continue;
        least = rank < least ? rank : least;
        most = rank > most ? rank : most;
    }
    return order_status_of_lines(least, most, confirmed);
}

/* The status that the order moves to as well: forwards with a line that went
 * forwards, back with one that went back. An order that was served stays so. */
static enum err order_follows(struct request *r, db_slot lines, int row, const char *to, enum order_status *status)
{
    const char *from = db_text(r->db, lines, row, COL_ORDER_ITEMS_STATES_STATUS);
    bool back = line_rank(to) < line_rank(from), confirmed = *status == ORDER_CONFIRMED;
    if (*status >= ORDER_SERVED)
        return ERR_OK;
    if (back) {
        db_slot step = DB_QUEUE(r->db, STMT_ORDER_STEP_AGE, r->restaurant_id, r->args[0], order_status_name(*status));
        TRY(transaction_run(r));
        confirmed = db_bool(r->db, step, 0, COL_ORDER_STEP_AGE_WAS_CONFIRMED);
    }
    enum order_status by_lines = status_by_lines(r, lines, row, to, confirmed);
    if (back ? by_lines < *status : by_lines > *status)
        *status = by_lines;
    return ERR_OK;
}

static void queue_step(struct request *r, const char *from, const char *to, const char *order_from,
                       const char *order_to)
{
    const char *order_id = r->args[0], *line_id = r->args[1];
    DB_QUEUE(r->db, STMT_ORDER_ITEM_STATUS_SET, r->restaurant_id, line_id, to);
    /* Even without a new status: the order's version also covers its lines. */
    DB_QUEUE(r->db, STMT_ORDER_STATUS_SET, r->restaurant_id, order_id, order_to);
    if (line_rank(to) < line_rank(from))
        line_history_queue(r, order_id, line_id, from, to);
    if (strcmp(order_from, order_to) != 0)
        history_queue(r, order_id, order_from, order_to, NULL);
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
    int row = row_of(r, lines, line_id);
    if (db_rows(r->db, order) == 0 || row < 0)
        return ERR_NOT_FOUND;
    TRY(if_match_check(r, db_text(r->db, order, 0, COL_ORDER_LOCK_VERSION)));
    TRY(check_step(r, lines, row, in.status));
    const char *from = db_text(r->db, lines, row, COL_ORDER_ITEMS_STATES_STATUS);
    const char *order_from = db_text(r->db, order, 0, COL_ORDER_LOCK_STATUS);
    enum order_status status;
    if (!order_status_parse(order_from, &status))
        return ERR_INTERNAL;
    TRY(order_follows(r, lines, row, in.status, &status));
    queue_step(r, from, in.status, order_from, order_status_name(status));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_ORDER_GET, r->restaurant_id, order_id, NULL, "false"));
    return ERR_OK;
}
