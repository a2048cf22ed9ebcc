/* Extending, moving and merging sessions while diners order: the locks make
 * each order land before or after. */
#include "api/activity.h"
#include "api/if_match.h"
#include "api/ledger.h"
#include "api/paging.h"
#include "api/routes.h"
#include "api/sessions/lock.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "http/request.h"

#include <inttypes.h>
#include <string.h>

struct change_input {
    struct optional_int minutes;
    const char *table_id, *session_id;
};

static const struct field extend_fields[] = {
    {AT(change_input, minutes), .required = true, .type = FIELD_INT, .min = 1, .max = 1440}};
static const struct field move_fields[] = {{AT(change_input, table_id), .required = true, .type = FIELD_UUID}};
static const struct field merge_fields[] = {{AT(change_input, session_id), .required = true, .type = FIELD_UUID}};

static void answer_session(struct request *r, const char *session_id)
{
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_SESSION_GET, r->restaurant_id, session_id));
}

enum err session_extend(struct request *r)
{
    struct change_input in = {0};
    bool has_run_out;
    fields_read(r, r->json, "", FIELDS(extend_fields), &in);
    TRY(problem_verdict(r));
    TRY(session_lock_active(r, &has_run_out));
    DB_QUEUE(r->db, STMT_SESSION_EXTEND, r->restaurant_id, r->args[0],
             arena_printf(r->arena, "%" PRId64, in.minutes.value));
    activity_queue(r, r->args[0], "session_extended",
                   arena_printf(r->arena, "{\"minutes\":%" PRId64 "}", in.minutes.value));
    answer_session(r, r->args[0]);
    return ERR_OK;
}

/* Moves what belongs to a session to `to`, which is at the table. */
static void queue_belongings(struct request *r, const char *from, const char *to, const char *table_id)
{
    DB_QUEUE(r->db, STMT_SESSION_ORDERS_MOVE, r->restaurant_id, from, to, table_id);
    DB_QUEUE(r->db, STMT_SESSION_CALLS_MOVE, r->restaurant_id, from, to, table_id);
}

/* Where the session is, of the two that were locked. */
static const char *table_left(struct request *r, db_slot places, const char *session_id)
{
    const char *table_id = NULL;
    for (int row = 0; row < db_rows(r->db, places); row++)
        if (strcmp(db_text(r->db, places, row, COL_SESSIONS_LOCK_PLACES_ID), session_id) == 0)
            table_id = db_text(r->db, places, row, COL_SESSIONS_LOCK_PLACES_TABLE_ID);
    return table_id;
}

enum err session_move(struct request *r)
{
    struct change_input in = {0};
    const char *session_id = r->args[0];
    bool has_run_out;
    fields_read(r, r->json, "", FIELDS(move_fields), &in);
    TRY(problem_verdict(r));
    db_slot table = DB_QUEUE(r->db, STMT_TABLE_HOLD, r->restaurant_id, in.table_id);
    db_slot places = DB_QUEUE(r->db, STMT_SESSIONS_LOCK_PLACES, r->restaurant_id, session_id, in.table_id);
    TRY(session_lock_active(r, &has_run_out));
    if (db_rows(r->db, table) == 0)
        problem_fault(r, "/table_id", "not_found", "is not a table");
    TRY(problem_verdict(r));
    const char *left = table_left(r, places, session_id);
    transaction_on_conflict(r, ERR_SESSION_ACTIVE);
    DB_QUEUE(r->db, STMT_SESSION_EXPIRE_TABLE, r->restaurant_id, in.table_id);
    DB_QUEUE(r->db, STMT_SESSION_MOVE, r->restaurant_id, session_id, in.table_id);
    queue_belongings(r, session_id, session_id, in.table_id);
    DB_QUEUE(r->db, STMT_SESSION_ACTIVITY_MOVED, r->restaurant_id, request_new_id(r), session_id, actor_role(r),
             r->who.id, arena_printf(r->arena, "{\"table_id\":\"%s\"}", in.table_id), left);
    answer_session(r, session_id);
    return ERR_OK;
}

/* Locks both sessions; both must be running. *table_id: where `into` is. */
static enum err lock_both(struct request *r, const char *into, const char **table_id)
{
    db_slot slot = DB_QUEUE(r->db, STMT_SESSIONS_LOCK_TWO, r->restaurant_id, r->args[0], into);
    bool from_found = false, into_found = false, running = true;
    TRY(transaction_run(r));
    for (int row = 0; row < db_rows(r->db, slot); row++) {
        bool is_into = strcmp(db_text(r->db, slot, row, COL_SESSIONS_LOCK_TWO_ID), into) == 0;
        running = running && db_bool(r->db, slot, row, COL_SESSIONS_LOCK_TWO_IS_RUNNING);
        if (is_into)
            *table_id = db_text(r->db, slot, row, COL_SESSIONS_LOCK_TWO_TABLE_ID);
        else
            TRY(if_match_check(r, db_text(r->db, slot, row, COL_SESSIONS_LOCK_TWO_VERSION)));
        into_found = into_found || is_into;
        from_found = from_found || !is_into;
    }
    if (!from_found)
        return ERR_NOT_FOUND;
    if (!into_found)
        problem_fault(r, "/session_id", "not_found", "is not a session");
    TRY(problem_verdict(r));
    return running ? ERR_OK : ERR_SESSION_CLOSED;
}

/* A bill has receipts for its orders or for its shares, not for both. */
static enum err check_receipts(struct request *r, const char *session_id)
{
    db_slot differ = DB_QUEUE(r->db, STMT_RECEIPTS_DIFFER, r->restaurant_id, session_id);
    TRY(transaction_run(r));
    if (!db_bool(r->db, differ, 0, COL_RECEIPTS_DIFFER_FOUND))
        return ERR_OK;
    problem_detail(r, "One bill has receipts for its shares and the other for its orders");
    return ERR_ALREADY_RECEIPTED;
}

enum err session_merge(struct request *r)
{
    struct change_input in = {0};
    struct ledger ledger = {0};
    const char *from = r->args[0], *table_id = NULL;
    fields_read(r, r->json, "", FIELDS(merge_fields), &in);
    if (in.session_id != NULL && strcmp(in.session_id, from) == 0)
        problem_fault(r, "/session_id", "invalid_choice", "must be another session");
    TRY(problem_verdict(r));
    TRY(lock_both(r, in.session_id, &table_id));
    queue_belongings(r, from, in.session_id, table_id);
    DB_QUEUE(r->db, STMT_SESSION_DINERS_MOVE, r->restaurant_id, from, in.session_id);
    DB_QUEUE(r->db, STMT_SESSION_PAYMENTS_MOVE, r->restaurant_id, from, in.session_id);
    DB_QUEUE(r->db, STMT_SESSION_INTENTS_MOVE, r->restaurant_id, from, in.session_id);
    DB_QUEUE(r->db, STMT_SESSION_GUESTS_ADD, r->restaurant_id, in.session_id, from);
    DB_QUEUE(r->db, STMT_SESSION_MERGED, r->restaurant_id, from, r->who.id);
    DB_QUEUE(r->db, STMT_LEDGER_SUMS_SET, r->restaurant_id, from, NULL, "false");
    DB_QUEUE(r->db, STMT_SHARES_MOVE, r->restaurant_id, from, in.session_id);
    db_slot shares = DB_QUEUE(r->db, STMT_SHARES_EXIST, r->restaurant_id, in.session_id);
    TRY(ledger_lock_session(r, in.session_id, &ledger)); /* of all that is there now */
    ledger.sums.has_split = db_bool(r->db, shares, 0, COL_SHARES_EXIST_FOUND);
    TRY(ledger_join(r, &ledger));
    if (ledger.has_receipts)
        TRY(check_receipts(r, in.session_id));
    TRY(ledger_write(r, &ledger));
    activity_queue(r, from, "session_merged", arena_printf(r->arena, "{\"into\":\"%s\"}", in.session_id));
    activity_queue(r, in.session_id, "session_merged", arena_printf(r->arena, "{\"from\":\"%s\"}", from));
    answer_session(r, in.session_id);
    return ERR_OK;
}

static const struct field activity_fields[] = {{PAGING_LIMIT}, {PAGING_CURSOR}};
const struct query_spec activity_query = {FIELDS(activity_fields), sizeof(struct paging)};

enum err session_activity(struct request *r, const void *query)
{
    const struct paging *paging = query;
    const char *after;
    TRY(paging_id(r, paging, &after));
    db_slot slot = DB_QUEUE(r->db, STMT_SESSION_EXISTS, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    transaction_answer(
        r, 200,
        DB_QUEUE(r->db, STMT_SESSION_ACTIVITY_LIST, r->restaurant_id, r->args[0], paging_limit(r, paging), after));
    return ERR_OK;
}
