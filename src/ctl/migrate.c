/* orderzapctl migrate: the schema, step by step, each in a transaction and
 * recorded with its checksum. What was applied once must not change. */
#include "auth/digest.h"
#include "base/arena.h"
#include "ctl/ctl.h"
#include "ctl/sources.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

enum { LOCK_TRIES = 150, LOCK_PAUSE_NS = 200000000 };

struct applied {
    db_slot slot;
    int n;
};

/* Two of us at once would trip over each other: the second waits. */
static bool take_lock(struct ctl *ctl)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (db_start(ctl->db, ctl->arena) != ERR_OK)
            return false;
        db_slot slot = DB_QUEUE_BARE(ctl->db, STMT_CTL_MIGRATION_LOCK);
        if (!ctl_run(ctl, "lock"))
            return false;
        if (db_bool(ctl->db, slot, 0, 0))
            return true;
        nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_NS}, NULL);
    }
    fputs("orderzapctl: another migration is running\n", stderr);
    return false;
}

/* Roles and the table of records; only a superuser can make them, and only
 * the first time is there need to. */
static bool set_up(struct ctl *ctl, const struct source *sources, size_t n)
{
    db_slot slot = DB_QUEUE_BARE(ctl->db, STMT_CTL_ROLE_IS_SUPERUSER);
    if (!ctl_run(ctl, "role"))
        return false;
    if (!db_bool(ctl->db, slot, 0, 0))
        return true;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(sources[i].kind, "setup") == 0 && !db_script(ctl->db, sources[i].sql)) {
            ctl_database_error(ctl, sources[i].name);
            return false;
        }
        if (strstr(sources[i].name, "roles") != NULL && strcmp(sources[i].kind, "setup") == 0 &&
            !db_script(ctl->db, "SET ROLE orderzap_owner"))
            return false;
    }
    return true;
}

static const char *applied_checksum(const struct ctl *ctl, const struct applied *applied, const struct source *s)
{
    for (int row = 0; row < applied->n; row++)
        if (strcmp(db_text(ctl->db, applied->slot, row, 0), s->kind) == 0 &&
            strcmp(db_text(ctl->db, applied->slot, row, 1), s->name) == 0)
            return db_text(ctl->db, applied->slot, row, 2);
    return NULL;
}

static bool is_known(const struct source *sources, size_t n, const char *kind, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(sources[i].kind, kind) == 0 && strcmp(sources[i].name, name) == 0)
            return true;
    return false;
}

/* Whether it was made before the first release, whose migrations are others. */
static bool is_unreleased(const struct ctl *ctl, const struct applied *applied)
{
    for (int row = 0; row < applied->n; row++)
        if (strcmp(db_text(ctl->db, applied->slot, row, 0), "migration") == 0 &&
            strcmp(db_text(ctl->db, applied->slot, row, 1), "0001_restaurants") == 0)
            return true;
    return false;
}

/* Refuses a database that this program cannot bring up: made before the first
 * release or migrated by a newer program; and migrations that were changed after
 * they were applied. */
static bool history_fits(const struct ctl *ctl, const struct applied *applied, const struct source *sources, size_t n)
{
    bool fits = true;
    if (is_unreleased(ctl, applied)) {
        fputs("orderzapctl: this database was made before the first release and cannot be migrated. "
              "Make a new database, run migrate on it, and copy the data as PostgreSQL's superuser:\n"
              "  pg_dump --data-only --disable-triggers -T schema_migrations -T sync_state OLD | psql -1 NEW\n",
              stderr);
        return false;
    }
    for (int row = 0; row < applied->n; row++) {
        const char *kind = db_text(ctl->db, applied->slot, row, 0), *name = db_text(ctl->db, applied->slot, row, 1);
        if (strcmp(kind, "migration") == 0 && !is_known(sources, n, kind, name)) {
            fprintf(stderr,
                    "orderzapctl: the database has migration %s, which this program does not know: "
                    "it is of a newer version\n",
                    name);
            fits = false;
        }
    }
    for (size_t i = 0; i < n; i++) {
        char checksum[DIGEST_SIZE];
        const char *known = applied_checksum(ctl, applied, &sources[i]);
        digest_text(sources[i].sql, checksum);
        if (known != NULL && strcmp(sources[i].kind, "migration") == 0 && strcmp(known, checksum) != 0) {
            fprintf(stderr,
                    "orderzapctl: migration %s was changed after it was applied: restore it, and put the "
                    "change into a new one\n",
                    sources[i].name);
            fits = false;
        }
    }
    return fits;
}

static bool apply(struct ctl *ctl, const struct source *s, const char *checksum)
{
    printf("applying %s %s\n", s->kind, s->name);
    fflush(stdout);
    bool good = db_script(ctl->db, "BEGIN") && db_script(ctl->db, s->sql);
    if (!good)
        ctl_database_error(ctl, s->name);
    if (good) {
        DB_QUEUE(ctl->db, STMT_CTL_APPLIED_RECORD, s->kind, s->name, checksum);
        good = ctl_run(ctl, s->name);
    }
    if (good && !db_script(ctl->db, "COMMIT")) {
        ctl_database_error(ctl, s->name);
        good = false;
    }
    if (!good)
        db_script(ctl->db, "ROLLBACK");
    return good;
}

/* The record of what was applied; an empty database has none. */
static int read_applied(struct ctl *ctl, bool only_show, struct applied *applied)
{
    db_slot exists = DB_QUEUE_BARE(ctl->db, STMT_CTL_APPLIED_EXISTS);
    *applied = (struct applied){.slot = -1};
    if (!ctl_run(ctl, "the record of migrations"))
        return EX_SOFTWARE;
    if (!db_bool(ctl->db, exists, 0, 0)) {
        if (only_show)
            return EX_OK;
        fputs("orderzapctl: this database has no schema yet: the first migration must be a superuser's\n", stderr);
        return EX_NOPERM;
    }
    applied->slot = DB_QUEUE_BARE(ctl->db, STMT_CTL_APPLIED_LIST);
    if (!ctl_run(ctl, "the record of migrations"))
        return EX_SOFTWARE;
    applied->n = db_rows(ctl->db, applied->slot);
    return EX_OK;
}

/* Applies, or with `only_show` lists, what the database lacks. */
static int bring_up(struct ctl *ctl, const struct source *sources, size_t n, bool only_show)
{
    struct arena *kept = ctl->arena; /* holds the list while apply() runs others */
    struct applied applied;
    int status = read_applied(ctl, only_show, &applied);
    if (status != EX_OK)
        return status;
    if (!history_fits(ctl, &applied, sources, n))
        return EX_DATAERR;
    size_t *missing = arena_array(kept, n, sizeof *missing), n_missing = 0;
    for (size_t i = 0; i < n; i++) {
        char checksum[DIGEST_SIZE];
        const char *known = applied_checksum(ctl, &applied, &sources[i]);
        digest_text(sources[i].sql, checksum);
        if (strcmp(sources[i].kind, "setup") != 0 && (known == NULL || strcmp(known, checksum) != 0))
            missing[n_missing++] = i;
    }
    for (size_t i = 0; i < n_missing; i++) {
        const struct source *s = &sources[missing[i]];
        char checksum[DIGEST_SIZE];
        digest_text(s->sql, checksum);
        if (only_show)
            printf("missing: %s %s\n", s->kind, s->name);
        else if (db_start(ctl->db, kept) != ERR_OK || !apply(ctl, s, checksum))
            return EX_SOFTWARE;
    }
    printf(n_missing == 0 ? "The database is up to date.\n"
           : only_show    ? "%zu missing.\n"
                          : "%zu applied.\n",
           n_missing);
    return only_show && n_missing > 0 ? 1 : EX_OK;
}

int ctl_migrate(struct ctl *ctl)
{
    const char *from = NULL;
    bool only_show = false;
    const struct ctl_option options[] = {{"--from", &from, NULL, false}, {"--status", NULL, &only_show, false}};
    size_t n;
    if (!ctl_options(ctl, options, 2))
        return EX_USAGE;
    const struct source *sources = sources_load(ctl->arena, from, &n);
    if (sources == NULL) {
        fprintf(stderr, "orderzapctl: %s: %s\n", from, strerror(errno));
        return EX_NOINPUT;
    }
    if (!take_lock(ctl) || (!only_show && !set_up(ctl, sources, n)))
        return EX_SOFTWARE;
    return bring_up(ctl, sources, n, only_show);
}
