/* Tables' sessions: reading them; staff opening them, counting the guests, replacing a
 * PIN, closing them. */
#include "api/activity.h"
#include "api/card_guard.h"
#include "api/paging.h"
#include "api/routes.h"
#include "api/session_start.h"
#include "api/sessions/lock.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "http/request.h"

#include <inttypes.h>
#include <string.h>

struct sessions_filter {
    struct paging paging;
    const char *status;
    struct optional_bool due;
};

static const char *const statuses[] = {"active", "closed", "expired", NULL};

static const struct field list_fields[] = {
    {PAGING_LIMIT},
    {PAGING_CURSOR},
    {.name = "status", .type = FIELD_CHOICE, .offset = offsetof(struct sessions_filter, status), .choices = statuses},
    {.name = "due", .type = FIELD_BOOL, .offset = offsetof(struct sessions_filter, due)},
};
const struct query_spec sessions_query = {FIELDS(list_fields), sizeof(struct sessions_filter)};

enum err sessions_list(struct request *r, const void *query)
{
    const struct sessions_filter *filter = query;
    const char *before, *limit = paging_limit(r, &filter->paging);
    TRY(paging_id(r, &filter->paging, &before));
    if (filter->due.value && filter->status != NULL) {
        problem_fault(r, "status", "mismatch", "may not be given with due: those of any status are listed");
        return problem_verdict(r);
    }
    db_slot slot;
    if (filter->due.value)
        slot = DB_QUEUE(r->db, STMT_SESSIONS_LIST_DUE, r->restaurant_id, limit, before);
    else if (filter->status == NULL)
        slot = DB_QUEUE(r->db, STMT_SESSIONS_LIST, r->restaurant_id, limit, before);
    else if (strcmp(filter->status, "active") == 0)
        slot = DB_QUEUE(r->db, STMT_SESSIONS_LIST_ACTIVE, r->restaurant_id, limit, before);
    else
        slot = DB_QUEUE(r->db, STMT_SESSIONS_LIST_ENDED, r->restaurant_id, limit, before, filter->status);
    transaction_answer(r, 200, slot);
    return ERR_OK;
}

enum err session_get(struct request *r)
{
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_SESSION_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}

enum err session_current(struct request *r)
{
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_SESSION_CURRENT, r->restaurant_id, r->who.id));
    return ERR_OK;
}

struct guests_input {
    struct optional_int guest_count;
};

static const struct field guests_fields[] = {
    {AT(guests_input, guest_count), .type = FIELD_INT, .min = 1, .max = GUEST_COUNT_MAX},
};

enum err session_open(struct request *r)
{
    struct guests_input in = {0};
    char pin[PIN_TEXT_SIZE];
    const char *session_id;
    if (r->json != NULL)
        fields_read(r, r->json, "", FIELDS(guests_fields), &in);
    TRY(problem_verdict(r));
    db_slot table = DB_QUEUE(r->db, STMT_TABLE_FIND, r->restaurant_id, r->args[0]);
    db_slot length = DB_QUEUE(r->db, STMT_RESTAURANT_PIN_LENGTH, r->restaurant_id);
    TRY(transaction_run(r));
    if (db_rows(r->db, table) == 0)
        return ERR_NOT_FOUND;
    TRY(session_start(r, r->args[0], (int)db_int(r->db, length, 0, COL_RESTAURANT_PIN_LENGTH_PIN_LENGTH),
                      in.guest_count, pin, &session_id));
    activity_queue(r, session_id, "session_opened", NULL);
    r->response.location = arena_printf(r->arena, "/api/sessions/%s", session_id);
    return session_answer_with_pin(r, session_id, pin, 201);
}

enum err session_change(struct request *r)
{
    struct guests_input in = {0};
    bool has_run_out;
    fields_read_patch(r, r->json, FIELDS(guests_fields), &in);
    TRY(problem_verdict(r));
    TRY(session_lock_active(r, &has_run_out));
    const char *count = session_guest_count(r, in.guest_count);
    DB_QUEUE(r->db, STMT_SESSION_GUESTS_SET, r->restaurant_id, r->args[0], count);
    activity_queue(r, r->args[0], "guests_counted",
                   arena_printf(r->arena, "{\"guest_count\":%s}", count != NULL ? count : "null"));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_SESSION_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}

enum err session_new_pin(struct request *r)
{
    bool has_run_out;
    TRY(fields_read_nothing(r));
    db_slot length = DB_QUEUE(r->db, STMT_RESTAURANT_PIN_LENGTH, r->restaurant_id);
    TRY(session_lock_active(r, &has_run_out));
    if (has_run_out)
        return ERR_SESSION_CLOSED;
    activity_queue(r, r->args[0], "pin_changed", NULL);
    return session_renew_pin(r, r->args[0], (int)db_int(r->db, length, 0, COL_RESTAURANT_PIN_LENGTH_PIN_LENGTH));
}

struct close_input {
    struct optional_bool force;
    const char *reason;
};

static const struct field close_fields[] = {
    {.name = "force", .type = FIELD_BOOL, .offset = offsetof(struct close_input, force), .roles = ROLES_MANAGERS},
    {.name = "reason", .type = FIELD_TEXT, .offset = offsetof(struct close_input, reason), .max = 500},
};

static const char *close_details(struct request *r, const struct close_input *in, int64_t unpaid, int64_t credit)
{
    struct text json;
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_member_int(&json, "unpaid_orders", unpaid);
    if (credit > 0)
        text_json_member_int(&json, "credit", credit);
    text_json_member(&json, "reason", in->reason);
    text_puts(&json, "}");
    return json.bytes;
}

static enum err check_settled(struct request *r, int64_t unpaid, int64_t credit)
{
    if (unpaid > 0) {
        problem_detail(r, "%d of the session's orders are not paid; a manager may close it with \"force\": true",
                       (int)unpaid);
        return ERR_UNPAID_ORDERS;
    }
    if (credit > 0) {
        problem_detail(r,
                       "%" PRId64 " was paid beyond what the orders come to: give it back, or a manager may close the "
                       "session with \"force\": true",
                       credit);
        return ERR_REFUND_DUE;
    }
    return ERR_OK;
}

enum err session_close(struct request *r)
{
    struct close_input in = {0};
    const char *session_id = r->args[0];
    bool has_run_out;
    if (r->json != NULL)
        fields_read(r, r->json, "", FIELDS(close_fields), &in);
    card_guard_check(r, in.reason, "/reason");
    TRY(problem_verdict(r));
    TRY(session_lock_active(r, &has_run_out));
    db_slot slot = DB_QUEUE(r->db, STMT_SESSION_UNPAID, r->restaurant_id, session_id);
    TRY(transaction_run(r));
    int64_t unpaid = db_int(r->db, slot, 0, COL_SESSION_UNPAID_UNPAID_ORDERS);
    int64_t credit = db_int(r->db, slot, 0, COL_SESSION_UNPAID_CREDIT);
    if (!in.force.value)
        TRY(check_settled(r, unpaid, credit));
    DB_QUEUE(r->db, STMT_SESSION_CLOSE, r->restaurant_id, session_id, r->who.id);
    activity_queue(r, session_id, "session_closed", close_details(r, &in, unpaid, credit));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_SESSION_GET, r->restaurant_id, session_id));
    return ERR_OK;
}
