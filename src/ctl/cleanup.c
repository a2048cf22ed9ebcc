/* orderzapctl cleanup: ends or removes what has expired. Safe to run at any
 * time, also twice. */
#include "base/arena.h"
#include "conf/conf.h"
#include "convex/convex.h"
#include "ctl/ctl.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <sysexits.h>

enum { REAP = 1000, BATCH = 10000, DAYS_AT_ONCE = 1 };

/* Deletes the mirror's tombstones of rows deleted over 30 days ago: no change
 * that old is still on its way. -1 if the mirror refuses or cannot be reached. */
static long reap_all(struct ctl *ctl, struct convex *convex, int64_t before_ms)
{
    const char *args = arena_printf(ctl->arena, "{\"before\":%" PRId64 ",\"limit\":%d}", before_ms, REAP);
    struct json_object *reaped;
    long total = 0;
    do {
        if (convex_call(convex, ctl->arena, "mutation", "sync:reapTombstones", args, &reaped) != CONVEX_DONE) {
            fprintf(stderr, "orderzapctl: the mirror's tombstones: %s\n", convex_error(convex));
            return -1;
        }
        total += json_object_get_int64(reaped);
    } while (json_object_get_int64(reaped) >= REAP);
    return total;
}

/* Once a day, if there is a mirror: each call of it counts. */
static int reap_tombstones(struct ctl *ctl, bool quiet)
{
    const struct conf *conf = ctl->conf;
    if (conf->convex_url[0] == '\0' || conf->convex_deploy_key[0] == '\0')
        return EX_OK;
    db_slot due = DB_QUEUE_BARE(ctl->db, STMT_CTL_MIRROR_REAP_DUE);
    if (!ctl_run(ctl, "tombstones"))
        return EX_SOFTWARE;
    if (!db_bool(ctl->db, due, 0, COL_CTL_MIRROR_REAP_DUE_IS_DUE))
        return EX_OK;
    struct convex *convex = convex_create(conf->convex_url, conf->convex_deploy_key, conf->convex_timeout_ms);
    long total =
        convex != NULL ? reap_all(ctl, convex, db_int(ctl->db, due, 0, COL_CTL_MIRROR_REAP_DUE_BEFORE_MS)) : -1;
    convex_destroy(&convex);
    if (total < 0)
        return EX_TEMPFAIL;
    if (!quiet)
        printf("%ld tombstones removed from the mirror\n", total);
    DB_QUEUE_BARE(ctl->db, STMT_CTL_MIRROR_REAPED);
    return ctl_run(ctl, "tombstones") ? EX_OK : EX_SOFTWARE;
}

/* Batch by batch, each in its own transaction, so that no row is held for
 * long. */
static bool end_all(struct ctl *ctl, enum statement statement, int at_once, const char *what, long *total)
{
    const char *batch = arena_printf(ctl->arena, "%d", at_once);
    int64_t ended;
    *total = 0;
    do {
        if (db_start(ctl->db, ctl->arena) != ERR_OK)
            return ctl_run(ctl, what);
        db_slot slot = DB_QUEUE(ctl->db, statement, batch);
        if (!ctl_run(ctl, what))
            return false;
        ended = db_int(ctl->db, slot, 0, COL_CTL_SESSIONS_EXPIRE_ENDED); /* the same in all of them */
        *total += ended;
    } while (ended == at_once);
    return true;
}

int ctl_cleanup(struct ctl *ctl)
{
    static const struct {
        enum statement statement;
        int at_once;
        const char *what;
    } steps[] = {
        {STMT_CTL_SESSIONS_EXPIRE, BATCH, "expired sessions ended"},
        {STMT_CTL_INTENTS_EXPIRE, BATCH, "abandoned online payments ended"},
        {STMT_CTL_IDEMPOTENCY_CLEANUP, BATCH, "idempotency keys older than 24 hours removed"},
        {STMT_CTL_TICKETS_CLEANUP, BATCH, "expired tickets for live events removed"},
        {STMT_CTL_OUTBOX_CLEANUP, BATCH, "outbox rows mirrored a day ago removed"},
        {STMT_CTL_REFRESH_CLEANUP, BATCH, "expired refresh tokens removed"},
        {STMT_CTL_COUNTERS_CLEANUP, BATCH, "order counters older than a year removed"},
        {STMT_CTL_DOOR_ADDRESSES_CLEANUP, BATCH, "networks forgotten that no account or session saw for long"},
        {STMT_CTL_DAYS_CLOSE, DAYS_AT_ONCE, "business days closed that nobody had closed"},
    };
    bool quiet = false;
    const struct ctl_option options[] = {{"quiet", NULL, &quiet, false}};
    if (!ctl_options(ctl, options, 1))
        return EX_USAGE;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        long total;
        if (!end_all(ctl, steps[i].statement, steps[i].at_once, steps[i].what, &total))
            return EX_SOFTWARE;
        if (!quiet)
            printf("%ld %s\n", total, steps[i].what);
    }
    return reap_tombstones(ctl, quiet);
}
