#include "ctl/step.h"

#include "auth/digest.h"
#include "base/arena.h"
#include "base/clock.h"
#include "ctl/ctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Whatever queues behind a step that waits for a lock waits too. */
#define BEGIN_STEP "BEGIN; SET LOCAL lock_timeout = '100ms'; SET LOCAL check_function_bodies = off; "
#define AS_OWNER   "ROLE orderzap_owner"

enum { PAUSE_MS = 200, PAUSE_MAX_MS = 1500, PROGRESS_US = 5000000 };

enum outcome { DONE, MORE, HELD_UP, FAILED };

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

bool step_next_function(const char **from, const char **at, char name[STEP_NAME_SIZE])
{
    static const char marker[] = "-- function ";
    for (const char *line = *at; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        const char *next = line + len + (line[len] == '\n');
        if (strncmp(line, marker, sizeof marker - 1) == 0) {
            snprintf(name, STEP_NAME_SIZE, "%.*s", (int)(len - (sizeof marker - 1)), line + sizeof marker - 1);
            *from = line;
            *at = next;
            return true;
        }
        line = next;
    }
    return false;
}

static bool begins_with(const struct step *step, const char *line)
{
    size_t len = strlen(line);
    return step->migration != NULL && strncmp(step->migration->sql, line, len) == 0 &&
           step->migration->sql[len] == '\n';
}

static const char *name_of(const struct step *step)
{
    return step->migration != NULL ? step->migration->name : "functions";
}

/* What an error means: a step waits again for another's lock; anything else
 * ends the run. */
static enum outcome judge(struct ctl *ctl, const struct step *step)
{
    const char *sqlstate = db_last_sqlstate(ctl->db);
    if (strcmp(sqlstate, "55P03") == 0 || strncmp(sqlstate, "40", 2) == 0)
        return HELD_UP;
    ctl_database_error(ctl, name_of(step));
    return FAILED;
}

/* Whether this is still the session that took the lock and the owner's role. A
 * lost connection is never replaced: both were lost with it. */
static bool is_ours(struct ctl *ctl)
{
    db_slot slot = DB_QUEUE_BARE(ctl->db, STMT_CTL_MIGRATION_LOCK_HELD);
    if (!ctl_run(ctl, "the migration lock"))
        return false;
    if (db_bool(ctl->db, slot, 0, COL_CTL_MIGRATION_LOCK_HELD_IS_OURS))
        return true;
    fputs("orderzapctl: the migration lock was lost: run migrate again\n", stderr);
    return false;
}

static enum outcome begin(struct ctl *ctl, const struct step *step, struct step_how how, bool without_triggers)
{
    if (db_resume(ctl->db, ctl->arena) != ERR_OK) {
        fprintf(stderr, "orderzapctl: %s: the connection was lost: run migrate again; it continues from here\n",
                name_of(step));
        return FAILED;
    }
    const char *sql = arena_printf(ctl->arena, BEGIN_STEP "%s%s",
                                   without_triggers ? "SET LOCAL session_replication_role = replica; " : "",
                                   how.is_superuser ? "SET LOCAL " AS_OWNER : "");
    if (!db_script(ctl->db, sql))
        return judge(ctl, step);
    return is_ours(ctl) ? DONE : FAILED;
}

static bool record(struct ctl *ctl, const struct source *s)
{
    char checksum[DIGEST_SIZE];
    digest_text(s->sql, checksum);
    if (db_resume(ctl->db, ctl->arena) != ERR_OK)
        return false;
    DB_QUEUE(ctl->db, STMT_CTL_APPLIED_RECORD, s->kind, s->name, checksum);
    return db_run(ctl->db) == ERR_OK;
}

static const struct source *function_of(const struct step *step, const char *name)
{
    for (size_t i = 0; i < step->n; i++)
        if (strcmp(step->functions[i]->name, name) == 0)
            return step->functions[i];
    return NULL;
}

/* Runs the text piece by piece, and its functions where it names them. */
static bool run_text(struct ctl *ctl, const struct step *step)
{
    const char *done = step->migration->sql, *at = done, *from;
    char name[STEP_NAME_SIZE];
    while (step_next_function(&from, &at, name)) {
        const struct source *function = function_of(step, name);
        if (!db_script(ctl->db, arena_strndup(ctl->arena, done, (size_t)(from - done))) ||
            (function != NULL && !db_script(ctl->db, function->sql)))
            return false;
        done = at;
    }
    return db_script(ctl->db, done);
}

static bool run_functions(struct ctl *ctl, const struct step *step)
{
    for (size_t i = 0; i < step->n; i++)
        if (!db_script(ctl->db, step->functions[i]->sql))
            return false;
    return true;
}

static enum outcome try_transaction(struct ctl *ctl, const struct step *step, struct step_how how)
{
    enum outcome outcome = begin(ctl, step, how, false);
    if (outcome != DONE)
        return outcome;
    bool good = step->migration != NULL ? run_text(ctl, step) : run_functions(ctl, step);
    for (size_t i = 0; good && i < step->n; i++)
        good = record(ctl, step->functions[i]);
    good = good && (step->migration == NULL || record(ctl, step->migration)) && db_script(ctl->db, "COMMIT");
    return good ? DONE : judge(ctl, step);
}

/* One batch; the last one, which changes nothing, records the step. */
static enum outcome try_batch(struct ctl *ctl, const struct step *step, struct step_how how, long *rows)
{
    enum outcome outcome = begin(ctl, step, how, begins_with(step, "-- batch without triggers"));
    if (outcome != DONE)
        return outcome;
    int64_t start = clock_monotonic_us();
    if (!db_script(ctl->db, step->migration->sql))
        return judge(ctl, step);
    int changed = db_script_rows(ctl->db);
    if ((changed == 0 && !record(ctl, step->migration)) || !db_script(ctl->db, "COMMIT"))
        return judge(ctl, step);
    *rows += changed;
    if (changed == 0)
        return DONE;
    pause_ms((clock_monotonic_us() - start) / 1000); /* half of the time is left to others */
    return MORE;
}

/* The index that the statement makes; NULL if it makes none. */
static const char *index_of(struct ctl *ctl, const char *sql)
{
    const char *name = strstr(sql, "INDEX CONCURRENTLY ");
    if (name == NULL || strstr(sql, "CREATE ") == NULL)
        return NULL;
    name += strlen("INDEX CONCURRENTLY ");
    return arena_strndup(ctl->arena, name, strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"));
}

/* Handles what an interrupted run left: a valid index need not be made again,
 * and an invalid one is in the way. */
static bool look_for_index(struct ctl *ctl, const char *index, bool *is_there)
{
    db_slot slot = DB_QUEUE(ctl->db, STMT_CTL_INDEX_STATE, index);
    if (db_run(ctl->db) != ERR_OK)
        return false;
    *is_there = db_rows(ctl->db, slot) == 1 && db_bool(ctl->db, slot, 0, COL_CTL_INDEX_STATE_INDISVALID);
    return db_rows(ctl->db, slot) == 0 || *is_there ||
           db_script(ctl->db, arena_printf(ctl->arena, "DROP INDEX CONCURRENTLY public.%s", index));
}

/* It waits for open transactions, but nobody waits for it: its lock conflicts
 * only with other steps and VACUUM. So it has no lock_timeout. */
static enum outcome try_alone(struct ctl *ctl, const struct step *step, struct step_how how)
{
    enum outcome outcome = begin(ctl, step, how, false);
    if (outcome != DONE)
        return outcome;
    const char *index = index_of(ctl, step->migration->sql);
    bool is_there = false;
    bool good = db_script(ctl->db, "COMMIT") && (!how.is_superuser || db_script(ctl->db, "SET " AS_OWNER)) &&
                (index == NULL || look_for_index(ctl, index, &is_there)) &&
                (is_there || db_script(ctl->db, step->migration->sql)) && record(ctl, step->migration);
    outcome = good ? DONE : judge(ctl, step);
    if (how.is_superuser)
        db_script(ctl->db, "RESET ROLE");
    return outcome;
}

/* Names the process with the oldest transaction, if that is visible. */
static void say_who_holds(struct ctl *ctl, FILE *out)
{
    if (db_resume(ctl->db, ctl->arena) != ERR_OK)
        return;
    db_slot slot = DB_QUEUE_BARE(ctl->db, STMT_CTL_TRANSACTION_OLDEST);
    if (db_run(ctl->db) == ERR_OK && db_rows(ctl->db, slot) == 1)
        fprintf(out, "; the oldest transaction is that of process %s (%s), open for %s s",
                db_text(ctl->db, slot, 0, COL_CTL_TRANSACTION_OLDEST_PID),
                db_text(ctl->db, slot, 0, COL_CTL_TRANSACTION_OLDEST_NAME),
                db_text(ctl->db, slot, 0, COL_CTL_TRANSACTION_OLDEST_SECONDS));
}

static enum outcome try_once(struct ctl *ctl, const struct step *step, struct step_how how, long *rows)
{
    if (begins_with(step, "-- alone"))
        return try_alone(ctl, step, how);
    if (begins_with(step, "-- batch") || begins_with(step, "-- batch without triggers"))
        return try_batch(ctl, step, how, rows);
    return try_transaction(ctl, step, how);
}

static void announce(const struct step *step)
{
    if (step->migration != NULL)
        printf("applying migration %s\n", step->migration->name);
    for (size_t i = 0; i < step->n; i++)
        printf("applying function %s\n", step->functions[i]->name);
    fflush(stdout);
}

/* Reports on a long step now and then. */
static void tell(struct ctl *ctl, const struct step *step, enum outcome outcome, long rows, int64_t *told_us)
{
    int64_t now = clock_monotonic_us();
    if (now - *told_us < PROGRESS_US)
        return;
    *told_us = now;
    if (outcome == MORE) {
        printf("%s: %ld rows so far", name_of(step), rows);
    } else {
        printf("%s: others hold locks that it needs; trying again", name_of(step));
        say_who_holds(ctl, stdout);
    }
    putchar('\n');
    fflush(stdout);
}

bool step_apply(struct ctl *ctl, const struct step *step, struct step_how how)
{
    int64_t told_us = clock_monotonic_us(), held_since_us = told_us;
    long rows = 0;
    announce(step);
    for (int tries = 1;; tries++) {
        enum outcome outcome = try_once(ctl, step, how, &rows);
        if (outcome == DONE)
            return true;
        if (outcome != MORE)
            db_script(ctl->db, "ROLLBACK");
        if (outcome == FAILED)
            return false;
        tell(ctl, step, outcome, rows, &told_us);
        if (outcome == MORE) {
            held_since_us = clock_monotonic_us();
            tries = 0;
            continue;
        }
        if (clock_monotonic_us() - held_since_us > how.wait_seconds * INT64_C(1000000)) {
            fprintf(stderr, "orderzapctl: %s: others held locks that it needs for %d s", name_of(step),
                    how.wait_seconds);
            say_who_holds(ctl, stderr);
            fputs(". What was done is kept: run migrate again when they have ended\n", stderr);
            return false;
        }
        long longest = tries * PAUSE_MS < PAUSE_MAX_MS ? tries * PAUSE_MS : PAUSE_MAX_MS;
        pause_ms(PAUSE_MS + random() % longest);
    }
}
