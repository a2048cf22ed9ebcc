#include "db/db.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/connection.h"
#include "db/sqlstate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS = 48,       /* statements of most requests */
    SLOTS_MAX = 8192, /* of one that changes all orders of a large table */
    CONNECT_MS = 1000,
    FIRST_CONNECT_MS = 3000, /* of a worker that serves nobody yet */
    SLOW_CONNECT_US = 200000,
    ADMIN_CONNECT_MS = 5000,
    REPLAN_LEAST = 8, /* changes of a connection */
    REPLAN_MOST = 2048
};

struct queued {
    enum statement statement;
    const char *const *params;
    int n;
};

struct db {
    PGconn *conn;
    char *url, *application;
    int timeout_ms;
    enum db_mode mode;
    struct outboxes outboxes;
    int64_t retry_at_us;        /* no connection is tried before this */
    int64_t changes, replan_at; /* committed on this connection; at how many plans are made again */

    struct arena *arena;
    struct queued *slots;
    PGresult **results;
    int room, queued, done; /* slots that there are, that are filled, and those already run */
    bool writes;            /* the transaction may change data */
    bool stale;             /* a prepared statement no longer fits the schema */
    int script_rows;
    struct db_work work;
    char sqlstate[6];
    char error[256];
};

struct db *db_create(const char *url, const char *application, int timeout_ms, enum db_mode mode)
{
    struct db *db = calloc(1, sizeof *db);
    if (db == NULL || (db->url = strdup(url)) == NULL || (db->application = strdup(application)) == NULL) {
        perror("db_create");
        exit(EXIT_FAILURE);
    }
    db->timeout_ms = timeout_ms;
    db->mode = mode;
    return db;
}

void db_set_outboxes(struct db *db, struct outboxes outboxes)
{
    db->outboxes = outboxes;
}

static void disconnect(struct db *db)
{
    PQfinish(db->conn);
    db->conn = NULL;
}

void db_destroy(struct db **db)
{
    if (*db == NULL)
        return;
    disconnect(*db);
    free((*db)->slots);
    free((*db)->results);
    explicit_bzero((*db)->url, strlen((*db)->url));
    free((*db)->url);
    free((*db)->application);
    free(*db);
    *db = NULL;
}

static void note_error(struct db *db, const char *sqlstate, const char *statement, const char *message)
{
    snprintf(db->sqlstate, sizeof db->sqlstate, "%s", sqlstate != NULL ? sqlstate : "");
    snprintf(db->error, sizeof db->error, "%s: %s", statement, message);
    db->error[strcspn(db->error, "\n")] = '\0';
}

static int64_t deadline(const struct db *db)
{
    return clock_monotonic_us() + ((int64_t)db->timeout_ms + 500) * 1000;
}

/* Takes one result off the pipeline; *lost if there will be none. */
static PGresult *take_result(struct db *db, int64_t deadline_us, bool *lost)
{
    *lost = !connection_wait(db->conn, deadline_us);
    if (*lost)
        return NULL;
    PGresult *result = PQgetResult(db->conn);
    if (result == NULL && PQstatus(db->conn) != CONNECTION_OK)
        *lost = true;
    return result;
}

/* Skips the results of one statement; false if the connection was lost. */
static bool skip_results(struct db *db)
{
    PGresult *result;
    bool lost;
    do {
        result = take_result(db, deadline(db), &lost);
        PQclear(result);
    } while (result != NULL);
    return !lost;
}

/* Prepares all of the workers' statements; forgets those of an older schema. */
static bool prepare_all(struct db *db)
{
    db->stale = false;
    if (!PQsendQueryParams(db->conn, "DEALLOCATE ALL", 0, NULL, NULL, NULL, NULL, 0))
        return false;
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        const struct statement_text *t = statement_text((enum statement)i);
        if (t->worker && !PQsendPrepare(db->conn, t->name, t->text, 0, NULL))
            return false;
    }
    if (!PQpipelineSync(db->conn) || !skip_results(db))
        return false;
    bool good = true;
    for (int i = 0; i < STATEMENT_COUNT + 1;) {
        if (i < STATEMENT_COUNT && !statement_text((enum statement)i)->worker) {
            i++;
            continue;
        }
        bool lost;
        PGresult *result = take_result(db, deadline(db), &lost);
        if (lost)
            return false;
        if (result == NULL) /* the end of one statement's results */
            continue;
        if (good && PQresultStatus(result) == PGRES_FATAL_ERROR) {
            good = false;
            note_error(db, PQresultErrorField(result, PG_DIAG_SQLSTATE), statement_text((enum statement)i)->name,
                       PQresultErrorMessage(result));
            LOG_ERROR("the database does not fit this program; run 'orderzapctl migrate'",
                      LOG_TEXT("sqlstate", db->sqlstate), LOG_TEXT("error", db->error));
        }
        PQclear(result);
        i++;
    }
    return good;
}

/* A plan is made for the tables' current size, and while they are small one
 * index looks as good as another. So plans are made again while the tables
 * grow: each time after a quarter more changes. */
static bool plan_again(struct db *db)
{
    if (db->mode != DB_WORKER || db->changes < db->replan_at)
        return true;
    int64_t more = db->changes / 4 < REPLAN_LEAST ? REPLAN_LEAST : db->changes / 4;
    db->replan_at = db->changes + (more < REPLAN_MOST ? more : REPLAN_MOST);
    if (!PQsendQueryParams(db->conn, "DISCARD PLANS", 0, NULL, NULL, NULL, NULL, 0) || !PQpipelineSync(db->conn) ||
        !skip_results(db))
        return false;
    bool lost;
    PQclear(take_result(db, deadline(db), &lost));
    return !lost;
}

static int connect_ms(const struct db *db)
{
    if (db->mode == DB_ADMIN)
        return ADMIN_CONNECT_MS;
    bool first = db->work.connects + db->work.failed_connects == 0;
    return first ? FIRST_CONNECT_MS : CONNECT_MS;
}

/* A refused connection costs nothing and is tried at each request. One that
 * times out is tried again only after a while, so that requests do not wait
 * for it one after the other. */
static enum err reconnect(struct db *db)
{
    int64_t start = clock_monotonic_us();
    disconnect(db);
    if (start < db->retry_at_us)
        return ERR_DATABASE_UNAVAILABLE;
    bool admin = db->mode == DB_ADMIN;
    db->conn =
        connection_open(db->url, db->application, admin ? 0 : db->timeout_ms, connect_ms(db), db->outboxes, false);
    if (db->conn != NULL && !admin && !prepare_all(db))
        disconnect(db);
    db->changes = 0;
    db->replan_at = REPLAN_LEAST;
    int64_t end = clock_monotonic_us();
    db->work.connects += db->conn != NULL;
    db->work.failed_connects += db->conn == NULL;
    if (db->conn == NULL && end - start > SLOW_CONNECT_US)
        db->retry_at_us = end + 500000 + random() % 1000000;
    return db->conn != NULL ? ERR_OK : ERR_DATABASE_UNAVAILABLE;
}

enum err db_resume(struct db *db, struct arena *arena)
{
    db->arena = arena;
    db->queued = db->done = 0;
    db->writes = false;
    db->sqlstate[0] = db->error[0] = '\0';
    return db->conn != NULL && connection_is_alive(db->conn) ? ERR_OK : ERR_DATABASE_UNAVAILABLE;
}

enum err db_start(struct db *db, struct arena *arena)
{
    if (db_resume(db, arena) == ERR_OK && (!db->stale || prepare_all(db)) && plan_again(db))
        return ERR_OK;
    return reconnect(db);
}

/* More slots: how many statements a request needs may depend on what is stored. */
static void grow(struct db *db)
{
    int room = db->room > 0 ? 2 * db->room : SLOTS;
    if (room > SLOTS_MAX) {
        LOG_ERROR("a request queued too many statements", LOG_INT("slots", db->room));
        abort();
    }
    db->slots = realloc(db->slots, (size_t)room * sizeof *db->slots);
    db->results = realloc(db->results, (size_t)room * sizeof(PGresult *));
    if (db->slots == NULL || db->results == NULL) {
        perror("db_queue");
        exit(EXIT_FAILURE);
    }
    db->room = room;
}

db_slot db_queue(struct db *db, enum statement statement, const char *const *params, int n)
{
    if (db->queued == db->room)
        grow(db);
    const char **copy = arena_array(db->arena, (size_t)n + 1, sizeof *copy);
    for (int i = 0; i < n; i++)
        copy[i] = params[i];
    db->slots[db->queued] = (struct queued){statement, copy, n};
    db->results[db->queued] = NULL;
    return db->queued++;
}

db_slot db_mark(const struct db *db)
{
    return db->queued;
}

void db_forget(struct db *db, db_slot from)
{
    db->queued = db->done = from;
}

static bool send_one(struct db *db, const struct queued *q)
{
    const struct statement_text *t = statement_text(q->statement);
    if (q->statement == STMT_BEGIN)
        db->writes = true;
    if (db->mode == DB_WORKER)
        return PQsendQueryPrepared(db->conn, t->name, q->n, q->params, NULL, NULL, 0) == 1;
    return PQsendQueryParams(db->conn, t->text, q->n, NULL, q->params, NULL, NULL, 0) == 1;
}

/* "cached plan must not change result type", or a statement that is no longer
 * prepared: a migration has run. */
static bool is_stale(const struct db *db, const char *sqlstate)
{
    return db->mode == DB_WORKER && sqlstate != NULL &&
           (strcmp(sqlstate, "0A000") == 0 || strcmp(sqlstate, "26000") == 0);
}

static enum err judge_error(struct db *db, const char *statement, const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    note_error(db, sqlstate, statement, PQresultErrorMessage(result));
    if (!is_stale(db, sqlstate))
        return sqlstate_to_err(sqlstate);
    db->stale = true;
    LOG_WARN("the schema has changed: preparing the statements again", LOG_TEXT("error", db->error));
    return ERR_BUSY;
}

static void release_result(void *result)
{
    PQclear(result);
}

/* The error of one result, ERR_OK if it has none. */
static enum err judge(struct db *db, const struct queued *q, PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_FATAL_ERROR:
        return judge_error(db, statement_text(q->statement)->name, result);
    case PGRES_COMMAND_OK:
        /* COMMIT of a failed transaction answers ROLLBACK, which is not a
         * success. */
        if (q->statement == STMT_COMMIT && strcmp(PQcmdStatus(result), "COMMIT") != 0) {
            note_error(db, "", "COMMIT", "answered ROLLBACK");
            return ERR_INTERNAL;
        }
        return ERR_OK;
    default:
        return ERR_OK;
    }
}

static enum err lose(struct db *db, bool committing)
{
    if (db->error[0] == '\0')
        note_error(db, "", "connection", PQerrorMessage(db->conn));
    disconnect(db);
    return committing && db->writes ? ERR_OUTCOME_UNKNOWN : ERR_DATABASE_UNAVAILABLE;
}

/* Reads results up to the pipeline's sync point. */
static enum err collect(struct db *db, bool committing)
{
    enum err first = ERR_OK;
    int64_t deadline_us = deadline(db);
    for (;;) {
        bool lost;
        PGresult *result = take_result(db, deadline_us, &lost);
        if (lost) {
            PQclear(result);
            return lose(db, committing);
        }
        if (result == NULL) {
            db->done++; /* the end of one statement's results */
            continue;
        }
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            db->done = db->queued;
            return first;
        }
        arena_defer(db->arena, release_result, result);
        enum err err;
        if (db->done < db->queued) {
            db->results[db->done] = result;
            err = judge(db, &db->slots[db->done], result);
        } else {
            err = judge_error(db, "connection", result); /* after the last one, such as the server's farewell */
        }
        if (first == ERR_OK)
            first = err;
    }
}

enum err db_run(struct db *db)
{
    if (db->conn == NULL)
        return ERR_DATABASE_UNAVAILABLE;
    if (db->done == db->queued)
        return ERR_OK;
    int64_t start = clock_monotonic_us();
    bool committing = false, sent = true;
    for (int i = db->done; sent && i < db->queued; i++) {
        committing = committing || db->slots[i].statement == STMT_COMMIT;
        sent = send_one(db, &db->slots[i]);
    }
    sent = sent && PQpipelineSync(db->conn) == 1;
    enum err err = sent ? collect(db, committing) : lose(db, committing);
    db->changes += committing && db->writes;
    db->work.time_us += clock_monotonic_us() - start;
    if (err == ERR_INTERNAL || err == ERR_OUTCOME_UNKNOWN)
        LOG_ERROR("database error", LOG_TEXT("sqlstate", db->sqlstate), LOG_TEXT("error", db->error));
    return err;
}

bool db_plans_are_stale(const struct db *db)
{
    return db->stale;
}

void db_rollback(struct db *db)
{
    db->queued = db->done;
    if (db->conn == NULL || PQtransactionStatus(db->conn) == PQTRANS_IDLE)
        return;
    DB_QUEUE_BARE(db, STMT_ROLLBACK);
    if (db_run(db) != ERR_OK)
        disconnect(db);
}

static const PGresult *result_of(const struct db *db, db_slot slot)
{
    return slot >= 0 && slot < db->queued ? db->results[slot] : NULL;
}

bool db_done(const struct db *db, db_slot slot)
{
    ExecStatusType status = PQresultStatus(result_of(db, slot));
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

int db_rows(const struct db *db, db_slot slot)
{
    return PQntuples(result_of(db, slot));
}

int db_columns(const struct db *db, db_slot slot)
{
    return PQnfields(result_of(db, slot));
}

const char *db_column_name(const struct db *db, db_slot slot, int column)
{
    return PQfname(result_of(db, slot), column);
}

int db_affected(const struct db *db, db_slot slot)
{
    const PGresult *result = result_of(db, slot);
    return result != NULL ? atoi(PQcmdTuples((PGresult *)(uintptr_t)result)) : 0;
}

const char *db_text(const struct db *db, db_slot slot, int row, int column)
{
    const PGresult *result = result_of(db, slot);
    if (result == NULL || row >= PQntuples(result) || PQgetisnull(result, row, column))
        return NULL;
    return PQgetvalue(result, row, column);
}

int64_t db_int(const struct db *db, db_slot slot, int row, int column)
{
    const char *text = db_text(db, slot, row, column);
    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

bool db_bool(const struct db *db, db_slot slot, int row, int column)
{
    const char *text = db_text(db, slot, row, column);
    return text != NULL && text[0] == 't';
}

struct db_work db_work(const struct db *db)
{
    return db->work;
}

const char *db_last_error(const struct db *db)
{
    return db->error;
}

const char *db_last_sqlstate(const struct db *db)
{
    return db->sqlstate;
}

int db_script_rows(const struct db *db)
{
    return db->script_rows;
}

bool db_script(struct db *db, const char *sql)
{
    if (db->conn == NULL || !PQexitPipelineMode(db->conn) || PQsetnonblocking(db->conn, 0) != 0)
        return false;
    PGresult *result = PQexec(db->conn, sql);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
    if (!good)
        note_error(db, PQresultErrorField(result, PG_DIAG_SQLSTATE), "script", PQresultErrorMessage(result));
    db->script_rows = good ? atoi(PQcmdTuples(result)) : 0;
    PQclear(result);
    return PQsetnonblocking(db->conn, 1) == 0 && PQenterPipelineMode(db->conn) && good;
}
