/* Staff and the guests of a session: sending one away, and a code for one whose
 * phone was lost. */
#include "api/activity.h"
#include "api/routes.h"
#include "api/session_start.h"
#include "api/sessions/lock.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "http/request.h"

static const char *details_of(struct request *r, const char *diner_id)
{
    return arena_printf(r->arena, "{\"diner_id\":\"%s\"}", diner_id);
}

/* What was ordered stays. There is a new PIN, since who was sent away knows the
 * old one. */
enum err diner_remove(struct request *r)
{
    const char *session_id = r->args[0], *diner_id = r->args[1];
    bool has_run_out;
    db_slot length = DB_QUEUE(r->db, STMT_RESTAURANT_PIN_LENGTH, r->restaurant_id);
    TRY(session_lock_active(r, &has_run_out));
    db_slot removed = DB_QUEUE(r->db, STMT_DINER_REMOVE, r->restaurant_id, session_id, diner_id);
    TRY(transaction_run(r));
    if (db_affected(r->db, removed) == 0)
        return ERR_NOT_FOUND;
    activity_queue(r, session_id, "diner_removed", details_of(r, diner_id));
    return session_renew_pin(r, session_id, (int)db_int(r->db, length, 0, COL_RESTAURANT_PIN_LENGTH_PIN_LENGTH));
}

enum err diner_link(struct request *r)
{
    const char *session_id = r->args[0], *diner_id = r->args[1];
    char code[LINK_TEXT_SIZE], hash[PIN_HASH_SIZE];
    bool has_run_out;
    TRY(fields_read_nothing(r));
    TRY(session_lock_active(r, &has_run_out));
    if (has_run_out)
        return ERR_SESSION_CLOSED;
    link_make(code);
    if (!link_hash(r->keys, r->restaurant_id, code, hash))
        return ERR_INTERNAL;
    db_slot linked = DB_QUEUE(r->db, STMT_DINER_LINK, r->restaurant_id, session_id, diner_id, hash);
    db_slot link = DB_QUEUE(r->db, STMT_DINER_LINK_GET, r->restaurant_id, diner_id);
    TRY(transaction_run(r));
    if (db_affected(r->db, linked) == 0)
        return ERR_NOT_FOUND;
    activity_queue(r, session_id, "diner_link_made", details_of(r, diner_id));
    response_json(&r->response, 200,
                  arena_printf(r->arena, "{\"code\":\"%s\",\"expires_at\":\"%s\"}", code,
                               db_text(r->db, link, 0, COL_DINER_LINK_GET_EXPIRES_AT)));
    return ERR_OK;
}
