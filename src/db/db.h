/* One PostgreSQL connection: statements are queued, sent together as one
 * pipeline, and their results read by slot. The only caller of libpq.
 *
 * A connection serves one request at a time. The queue and the results belong
 * to the arena given to db_start(); a slot is valid until the next call of
 * that. */
#ifndef OZ_DB_DB_H
#define OZ_DB_DB_H

#include "base/err.h"
#include "db/statements.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct db;

enum db_mode {
    DB_WORKER, /* prepares the workers' statements at each connect */
    DB_ADMIN   /* prepares nothing, may run scripts; the server gets no timeouts */
};

/* Connects when first needed, so it may be created before a fork. timeout_ms
 * bounds each statement and each wait. Copies the texts. */
struct db *db_create(const char *url, const char *application, int timeout_ms, enum db_mode mode);
void db_destroy(struct db **db);

/* The outboxes that changes leave rows in. */
struct outboxes {
    bool mirror; /* sync_logs, which orderzap-sync reads */
    bool events; /* events, which the relay reads */
};

/* Takes effect at the next connect; without this call there are none. */
void db_set_outboxes(struct db *db, struct outboxes outboxes);

/* Begins a request: forgets the queue and results, and connects if the
 * connection is lost. ERR_DATABASE_UNAVAILABLE within a second, the first time
 * within three: a worker that fails at once would attract the requests. */
enum err db_start(struct db *db, struct arena *arena);

/* The same on the existing connection: ERR_DATABASE_UNAVAILABLE if it was
 * lost, for callers whose locks and settings were lost with it. */
enum err db_resume(struct db *db, struct arena *arena);

typedef int db_slot;

/* Queues a statement; nothing is sent before db_run(). Parameters are text,
 * NULL for SQL's NULL, and must stay until then. */
db_slot db_queue(struct db *db, enum statement statement, const char *const *params, int n);
#define DB_QUEUE(db, statement, ...)                                                                                   \
    db_queue((db), (statement), (const char *const[]){__VA_ARGS__},                                                    \
             (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)))
#define DB_QUEUE_BARE(db, statement) db_queue((db), (statement), NULL, 0)

/* The slot that is queued next; to forget it and those after it, once they ran. Their
 * results are the arena's: it is to be rewound to a mark of the same time. */
db_slot db_mark(const struct db *db);
void db_forget(struct db *db, db_slot from);

/* Sends what is queued, in one pipeline, and reads all results. The first
 * error decides: its SQLSTATE mapped by sqlstate_to_err(). A connection lost
 * while a COMMIT of changes was under way is ERR_OUTCOME_UNKNOWN. */
enum err db_run(struct db *db);

/* Whether db_run() failed because the schema changed under the worker's plans:
 * its ERR_BUSY rolled everything back, and the next db_start() prepares again. */
bool db_plans_are_stale(const struct db *db);

/* Rolls back an open transaction, if there is one, and drops what is queued. */
void db_rollback(struct db *db);

/* Whether the statement ran, and without an error. */
bool db_done(const struct db *db, db_slot slot);
int db_rows(const struct db *db, db_slot slot);
int db_columns(const struct db *db, db_slot slot);
const char *db_column_name(const struct db *db, db_slot slot, int column);
/* Rows changed by an INSERT, UPDATE or DELETE. */
int db_affected(const struct db *db, db_slot slot);
/* A column is one of the statement's COL_ (db/statements.h). NULL for SQL's NULL. */
const char *db_text(const struct db *db, db_slot slot, int row, int column);
int64_t db_int(const struct db *db, db_slot slot, int row, int column);
bool db_bool(const struct db *db, db_slot slot, int row, int column);

/* Work done since db_create(). */
struct db_work {
    int64_t time_us; /* spent in db_run() */
    int64_t connects, failed_connects;
};
struct db_work db_work(const struct db *db);
/* SQLSTATE, message and statement of the last error, only for the log. */
const char *db_last_error(const struct db *db);
const char *db_last_sqlstate(const struct db *db);

/* DB_ADMIN: runs a script of several statements. False on an error. */
bool db_script(struct db *db, const char *sql);
/* Rows changed by its last statement. */
int db_script_rows(const struct db *db);

#endif
