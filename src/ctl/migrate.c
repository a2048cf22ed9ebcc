/* orderzapctl migrate: brings the schema up to date in short steps (step.h),
 * each recorded with its checksum. A migration that was applied must not
 * change.
 *
 * New functions come first, since triggers call them; then the migrations,
 * each with the functions that it names; then the remaining functions that
 * have changed. Those may use everything that the migrations made; until then
 * their old versions are in use, as are the workers of the version before. */
#include "auth/digest.h"
#include "base/arena.h"
#include "ctl/ctl.h"
#include "ctl/schema.h"
#include "ctl/step.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_TRIES = 150, LOCK_PAUSE_NS = 200000000, WAIT_SECONDS = 180 };

struct applied {
    db_slot slot;
    int n;
};

/* Two runs at once would interfere: the second waits. */
static bool take_lock(struct ctl *ctl)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (db_start(ctl->db, ctl->arena) != ERR_OK)
            return false;
        db_slot slot = DB_QUEUE_BARE(ctl->db, STMT_CTL_MIGRATION_LOCK);
        if (!ctl_run(ctl, "lock"))
            return false;
        if (db_bool(ctl->db, slot, 0, COL_CTL_MIGRATION_LOCK_IS_OURS))
            return true;
        nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_NS}, NULL);
    }
    fputs("orderzapctl: another migration is running\n", stderr);
    return false;
}

/* The roles and the table of applied steps; only a superuser can make them,
 * and only the first run has to. */
static bool set_up(struct ctl *ctl, const struct source *sources, size_t n, bool *is_superuser)
{
    if (db_resume(ctl->db, ctl->arena) != ERR_OK)
        return ctl_run(ctl, "role");
    db_slot slot = DB_QUEUE_BARE(ctl->db, STMT_CTL_ROLE_IS_SUPERUSER);
    if (!ctl_run(ctl, "role"))
        return false;
    *is_superuser = db_bool(ctl->db, slot, 0, COL_CTL_ROLE_IS_SUPERUSER_ROLSUPER);
    for (size_t i = 0; *is_superuser && i < n; i++) {
        bool makes_roles = strstr(sources[i].name, "roles") != NULL;
        if (strcmp(sources[i].kind, "setup") == 0 &&
            !(db_script(ctl->db, makes_roles ? "BEGIN" : "BEGIN; SET LOCAL ROLE orderzap_owner") &&
              db_script(ctl->db, sources[i].sql) && db_script(ctl->db, "COMMIT"))) {
            ctl_database_error(ctl, sources[i].name);
            return false;
        }
    }
    return true;
}

static const char *applied_checksum(const struct ctl *ctl, const struct applied *applied, const struct source *s)
{
    for (int row = 0; row < applied->n; row++)
        if (strcmp(db_text(ctl->db, applied->slot, row, COL_CTL_APPLIED_LIST_KIND), s->kind) == 0 &&
            strcmp(db_text(ctl->db, applied->slot, row, COL_CTL_APPLIED_LIST_NAME), s->name) == 0)
            return db_text(ctl->db, applied->slot, row, COL_CTL_APPLIED_LIST_CHECKSUM);
    return NULL;
}

static bool is_known(const struct source *sources, size_t n, const char *kind, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(sources[i].kind, kind) == 0 && strcmp(sources[i].name, name) == 0)
            return true;
    return false;
}

/* Whether the database was made before the first release, whose migrations are
 * different. */
static bool is_unreleased(const struct ctl *ctl, const struct applied *applied)
{
    for (int row = 0; row < applied->n; row++)
        if (strcmp(db_text(ctl->db, applied->slot, row, COL_CTL_APPLIED_LIST_KIND), "migration") == 0 &&
            strcmp(db_text(ctl->db, applied->slot, row, COL_CTL_APPLIED_LIST_NAME), "0001_restaurants") == 0)
            return true;
    return false;
}

/* Refuses a database that this program cannot migrate: one made before the
 * first release or migrated by a newer program. Also refuses migrations that
 * were changed after they were applied. */
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
        const char *kind = db_text(ctl->db, applied->slot, row, COL_CTL_APPLIED_LIST_KIND),
                   *name = db_text(ctl->db, applied->slot, row, COL_CTL_APPLIED_LIST_NAME);
        if (strcmp(kind, "migration") == 0 && !is_known(sources, n, kind, name)) {
            fprintf(stderr,
                    "orderzapctl: the database has migration %s, which this program does not know: "
                    "it was migrated by a newer version\n",
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

/* The record of what was applied; an empty database has none. */
static int read_applied(struct ctl *ctl, bool only_show, struct applied *applied)
{
    if (db_resume(ctl->db, ctl->arena) != ERR_OK)
        return ctl_database_error(ctl, "the record of migrations");
    db_slot exists = DB_QUEUE_BARE(ctl->db, STMT_CTL_APPLIED_EXISTS);
    *applied = (struct applied){.slot = -1};
    if (!ctl_run(ctl, "the record of migrations"))
        return EX_SOFTWARE;
    if (!db_bool(ctl->db, exists, 0, COL_CTL_APPLIED_EXISTS_FOUND)) {
        if (only_show)
            return EX_OK;
        fputs("orderzapctl: this database has no schema yet: run the first migration as a superuser\n", stderr);
        return EX_NOPERM;
    }
    applied->slot = DB_QUEUE_BARE(ctl->db, STMT_CTL_APPLIED_LIST);
    if (!ctl_run(ctl, "the record of migrations"))
        return EX_SOFTWARE;
    applied->n = db_rows(ctl->db, applied->slot);
    return EX_OK;
}

/* What the database lacks, in the order of the sources: functions first. */
struct missing {
    const struct source **sources;
    bool *is_new; /* never applied in any version */
    size_t n;
};

static struct missing find_missing(struct ctl *ctl, const struct applied *applied, const struct source *sources,
                                   size_t n)
{
    struct missing missing = {arena_array(ctl->arena, n, sizeof *missing.sources),
                              arena_array(ctl->arena, n, sizeof *missing.is_new), 0};
    for (size_t i = 0; i < n; i++) {
        char checksum[DIGEST_SIZE];
        const char *known = applied_checksum(ctl, applied, &sources[i]);
        digest_text(sources[i].sql, checksum);
        if (strcmp(sources[i].kind, "setup") == 0 || (known != NULL && strcmp(known, checksum) == 0))
            continue;
        missing.sources[missing.n] = &sources[i];
        missing.is_new[missing.n++] = known == NULL;
    }
    return missing;
}

static bool is_migration(const struct source *s)
{
    return strcmp(s->kind, "migration") == 0;
}

static bool names(const struct source *migration, const struct source *function)
{
    const char *from, *at = migration->sql;
    char name[STEP_NAME_SIZE];
    while (step_next_function(&from, &at, name))
        if (strcmp(name, function->name) == 0)
            return true;
    return false;
}

/* The last missing migration that names the function: after it, everything
 * that the function's text may need exists. missing->n if none does. */
static size_t home_of(const struct missing *missing, const struct source *function)
{
    size_t home = missing->n;
    for (size_t i = 0; i < missing->n; i++)
        if (is_migration(missing->sources[i]) && names(missing->sources[i], function))
            home = i;
    return home;
}

/* Whether a migration calls the function that comes before the first to name it: on an empty
 * database, where what was changed later is new as well. */
static bool is_called_earlier(const struct missing *missing, const struct source *function)
{
    char call[STEP_NAME_SIZE + 1];
    snprintf(call, sizeof call, "%s(", function->name);
    for (size_t i = 0; i < missing->n; i++) {
        if (!is_migration(missing->sources[i]))
            continue;
        if (names(missing->sources[i], function))
            return false;
        if (strstr(missing->sources[i]->sql, call) != NULL)
            return true;
    }
    return false;
}

/* A migration with its functions. A function that never existed comes with
 * each migration that names it. */
static struct step step_of(struct ctl *ctl, const struct missing *missing, size_t migration)
{
    struct step step = {missing->sources[migration], arena_array(ctl->arena, missing->n, sizeof *step.functions), 0};
    for (size_t i = 0; i < missing->n; i++)
        if (!is_migration(missing->sources[i]) && names(step.migration, missing->sources[i]) &&
            (missing->is_new[i] || home_of(missing, missing->sources[i]) == migration))
            step.functions[step.n++] = missing->sources[i];
    return step;
}

/* The functions that no missing migration names: either the new ones, with those that are
 * called before they are named, or the others. */
static bool apply_functions(struct ctl *ctl, const struct missing *missing, struct step_how how, bool are_new)
{
    struct step step = {NULL, arena_array(ctl->arena, missing->n + 1, sizeof *step.functions), 0};
    for (size_t i = 0; i < missing->n; i++)
        if (!is_migration(missing->sources[i]) && missing->is_new[i] == are_new &&
            (home_of(missing, missing->sources[i]) == missing->n ||
             (are_new && is_called_earlier(missing, missing->sources[i]))))
            step.functions[step.n++] = missing->sources[i];
    return step.n == 0 || step_apply(ctl, &step, how);
}

static bool apply_all(struct ctl *ctl, const struct missing *missing, struct step_how how)
{
    if (!apply_functions(ctl, missing, how, true))
        return false;
    for (size_t i = 0; i < missing->n; i++) {
        if (!is_migration(missing->sources[i]))
            continue;
        struct step step = step_of(ctl, missing, i);
        if (!step_apply(ctl, &step, how))
            return false;
    }
    return apply_functions(ctl, missing, how, false);
}

/* Applies, or with `only_show` lists, what the database lacks. */
static int bring_up(struct ctl *ctl, const struct source *sources, size_t n, bool only_show, struct step_how how)
{
    struct applied applied = {0};
    int status = read_applied(ctl, only_show, &applied);
    if (status != EX_OK)
        return status;
    if (!history_fits(ctl, &applied, sources, n))
        return EX_DATAERR;
    struct missing missing = find_missing(ctl, &applied, sources, n);
    if (!only_show && !apply_all(ctl, &missing, how))
        return EX_SOFTWARE;
    for (size_t i = 0; only_show && i < missing.n; i++)
        printf("missing: %s %s\n", missing.sources[i]->kind, missing.sources[i]->name);
    printf(missing.n == 0 ? "The database is up to date.\n"
           : only_show    ? "%zu missing.\n"
                          : "%zu applied.\n",
           missing.n);
    return only_show && missing.n > 0 ? 1 : EX_OK;
}

/* How long a step tries to get its locks; false if the text is not a valid
 * time. */
static bool read_wait(const char *text, struct step_how *how)
{
    char *end = NULL;
    long seconds = text != NULL ? strtol(text, &end, 10) : WAIT_SECONDS;
    if (text != NULL && (*text < '0' || *text > '9' || *end != '\0' || seconds > 86400)) {
        fprintf(stderr, "orderzapctl: --wait %s: must be a number of seconds, 0 to 86400\n", text);
        return false;
    }
    how->wait_seconds = (int)seconds;
    return true;
}

int ctl_migrate(struct ctl *ctl)
{
    const char *from = NULL, *wait = NULL;
    bool only_show = false;
    struct step_how how = {0};
    const struct ctl_option options[] = {
        {"from", &from, NULL, false}, {"wait", &wait, NULL, false}, {"status", NULL, &only_show, false}};
    size_t n;
    if (!ctl_options(ctl, options, 3) || !read_wait(wait, &how))
        return EX_USAGE;
    const struct source *sources = schema_load(ctl->arena, from, &n);
    if (sources == NULL) {
        fprintf(stderr, "orderzapctl: %s: %s\n", from, strerror(errno));
        return EX_NOINPUT;
    }
    srandom((unsigned)getpid());
    if (!take_lock(ctl) || (!only_show && !set_up(ctl, sources, n, &how.is_superuser)))
        return EX_SOFTWARE;
    int status = bring_up(ctl, sources, n, only_show, how);
    if (status == EX_OK && !only_show)
        ctl_analyze(ctl);
    return status;
}
