#include "api/transaction.h"

#include "api/idempotency.h"
#include "api/offline_change.h"
#include "api/routes.h"
#include "api/stream.h"
#include "base/arena.h"
#include "http/request.h"

#include <string.h>

/* Columns of every statement that makes an answer (columns.lint). */
enum { ANSWER_JSON, ANSWER_VERSION };

SAME_COLUMN(DINER_CHECK, DINER_CHECK_LOCK, SESSION_ID);
SAME_COLUMN(DINER_CHECK, DINER_CHECK_LOCK, IS_RUNNING);
SAME_COLUMN(DINER_CHECK, DINER_CHECK_LOCK, TABLE_ID);
SAME_COLUMN(DINER_CHECK, DINER_CHECK_LOCK, IS_LET_IN);

struct transaction {
    bool write, checked, keep;
    db_slot tenant;
    db_slot caller;                  /* the check of who calls, -1 for none */
    struct idempotency *idempotency; /* NULL without a key */
    db_slot answer;                  /* -1: the handler made the answer itself */
    int answer_status;
    struct answer_pieces pieces; /* the answer, if its id is set */
    enum err on_conflict;
};

static db_slot queue_caller_check(struct request *r, bool write)
{
    if (r->who.role == ROLE_NOBODY)
        return -1;
    if (r->who.role == ROLE_DINER)
        return DB_QUEUE(r->db, write ? STMT_DINER_CHECK_LOCK : STMT_DINER_CHECK, r->restaurant_id, r->who.id,
                        r->who.family_id);
    return DB_QUEUE(r->db, STMT_STAFF_CHECK, r->restaurant_id, r->who.id, r->who.family_id);
}

void transaction_open(struct request *r, bool write)
{
    struct transaction *t = arena_alloc(r->arena, sizeof *t);
    *t = (struct transaction){.write = write, .answer = -1, .on_conflict = ERR_CONFLICT};
    DB_QUEUE_BARE(r->db, write ? STMT_BEGIN : STMT_BEGIN_READ);
    t->tenant = DB_QUEUE(r->db, STMT_SET_TENANT, r->restaurant_id);
    t->caller = queue_caller_check(r, write);
    t->idempotency = idempotency_begin(r);
    if (r->change != NULL)
        offline_change_begin(r);
    r->transaction = t;
}

static enum err check_caller(struct request *r, const struct transaction *t)
{
    db_slot slot = t->caller;
    if (slot < 0)
        return ERR_OK;
    if (r->who.role == ROLE_DINER) {
        if (db_rows(r->db, slot) == 0 || !db_bool(r->db, slot, 0, COL_DINER_CHECK_IS_LET_IN))
            return ERR_SESSION_ENDED;
        r->who.session_id = db_text(r->db, slot, 0, COL_DINER_CHECK_SESSION_ID);
        r->who.table_id = db_text(r->db, slot, 0, COL_DINER_CHECK_TABLE_ID);
        if (t->write) {
            r->session_sums = db_text(r->db, slot, 0, COL_DINER_CHECK_LOCK_SUMS);
            r->session_overdue = db_bool(r->db, slot, 0, COL_DINER_CHECK_LOCK_IS_OVERDUE);
            r->session_seconds_left = db_int(r->db, slot, 0, COL_DINER_CHECK_LOCK_SECONDS_LEFT);
        }
        bool is_open =
            db_bool(r->db, slot, 0, COL_DINER_CHECK_IS_RUNNING) ||
            (r->route->flags & ROUTE_AFTERWARDS && !t->write && db_bool(r->db, slot, 0, COL_DINER_CHECK_IS_OF_LATE));
        return is_open ? ERR_OK : ERR_SESSION_ENDED;
    }
    const char *role = db_text(r->db, slot, 0, COL_STAFF_CHECK_ROLE);
    return role != NULL && role_parse(role) == r->who.role ? ERR_OK : ERR_TOKEN_ENDED;
}

/* Whether something other than the checks failed. */
static bool checks_ran(const struct request *r, const struct transaction *t)
{
    return db_done(r->db, t->tenant) && (t->caller < 0 || db_done(r->db, t->caller)) &&
           (t->idempotency == NULL || idempotency_looked_up(r, t->idempotency)) &&
           (r->change == NULL || offline_change_looked_up(r));
}

enum err transaction_run(struct request *r)
{
    struct transaction *t = r->transaction;
    enum err err = db_run(r->db);
    if (err == ERR_CONFLICT && strcmp(db_last_sqlstate(r->db), "23505") == 0)
        err = t->on_conflict; /* unique_violation */
    if (t->checked || !checks_ran(r, t))
        return err;
    t->checked = true;
    TRY(check_caller(r, t));
    TRY(idempotency_check(r, t->idempotency));
    if (r->change != NULL)
        TRY(offline_change_check(r));
    return err;
}

void transaction_answer(struct request *r, int status, db_slot slot)
{
    r->transaction->answer = slot;
    r->transaction->answer_status = status;
}

void transaction_answer_pieces(struct request *r, int status, struct answer_pieces pieces)
{
    r->transaction->pieces = pieces;
    r->transaction->answer_status = status;
}

enum err transaction_again(struct request *r)
{
    r->overtaken = true;
    return ERR_BUSY;
}

enum err transaction_still_in(struct request *r, const char *held, const char *now)
{
    if (held == now || (held != NULL && now != NULL && strcmp(held, now) == 0))
        return ERR_OK;
    return transaction_again(r);
}

void transaction_keep(struct request *r)
{
    r->transaction->keep = true;
}

void transaction_on_conflict(struct request *r, enum err err)
{
    r->transaction->on_conflict = err;
}

/* Makes the answer from the slot that was named for it. */
static enum err take_answer(struct request *r, struct transaction *t)
{
    if (t->answer < 0)
        return ERR_OK;
    const char *json = db_text(r->db, t->answer, 0, ANSWER_JSON);
    if (json == NULL)
        return ERR_NOT_FOUND;
    response_json(&r->response, t->answer_status, json);
    if (db_columns(r->db, t->answer) > ANSWER_VERSION)
        response_version(&r->response, r->arena, db_text(r->db, t->answer, 0, ANSWER_VERSION));
    t->answer = -1;
    return ERR_OK;
}

static db_slot queue_pieces(struct request *r, const struct answer_pieces *p)
{
    return DB_QUEUE(r->db, p->show, r->restaurant_id, p->id, p->texts[0], p->texts[1], p->texts[2]);
}

/* Queues the key's row, where the request has a key, and an answer in pieces. */
static enum err queue_key(struct request *r, struct transaction *t)
{
    bool is_at_once = t->pieces.id != NULL && t->idempotency != NULL && !idempotency_is_old(r, t->idempotency);
    if (is_at_once)
        t->answer = idempotency_queue_pieces(r, t->idempotency, &t->pieces);
    else if (t->pieces.id != NULL)
        t->answer = queue_pieces(r, &t->pieces);
    if (t->idempotency == NULL || is_at_once)
        return ERR_OK;
    if (t->answer >= 0) { /* the stored answer must be at hand */
        TRY(transaction_run(r));
        TRY(take_answer(r, t));
    }
    return idempotency_queue_answer(r, t->idempotency);
}

/* Queues the row of an offline change, with the answer. */
static enum err queue_change(struct request *r, struct transaction *t)
{
    if (t->pieces.id != NULL)
        t->answer = queue_pieces(r, &t->pieces);
    if (t->answer >= 0) {
        TRY(transaction_run(r));
        TRY(take_answer(r, t));
    }
    offline_change_store(r);
    return ERR_OK;
}

static enum err commit(struct request *r, struct transaction *t)
{
    if (t->write && !t->checked)
        TRY(transaction_run(r));
    TRY(r->change != NULL ? queue_change(r, t) : queue_key(r, t));
    DB_QUEUE_BARE(r->db, STMT_COMMIT);
    TRY(transaction_run(r));
    return take_answer(r, t);
}

/* Commit and answer, or rollback. */
static enum err finish(struct request *r, enum err err)
{
    struct transaction *t = r->transaction;
    if (err == ERR_OK) {
        err = commit(r, t);
    } else if (t->keep && t->checked) {
        DB_QUEUE_BARE(r->db, STMT_COMMIT);
        enum err lost = db_run(r->db);
        err = lost != ERR_OK ? lost : err;
    }
    db_rollback(r->db); /* whatever is still open */
    return err;
}

/* The answer's first piece, after the checks. */
static enum err stream_begin(struct request *r)
{
    TRY(transaction_run(r));
    TRY(stream_first(r));
    if (strcmp(r->method, "HEAD") == 0)
        r->response.has_more = false;
    return ERR_OK;
}

enum err transaction_end(struct request *r, enum err err)
{
    if (err == ERR_OK && r->stream != NULL)
        err = stream_begin(r);
    return err == ERR_OK && r->response.has_more ? ERR_OK : finish(r, err);
}

enum err transaction_next(struct request *r)
{
    enum err err = stream_next(r);
    return err == ERR_OK && r->response.has_more ? ERR_OK : finish(r, err);
}
