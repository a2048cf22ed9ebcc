/* orderzapctl cleanup: ends what has expired. Safe at any time, twice too. */
#include "ctl/ctl.h"

#include <stdio.h>
#include <sysexits.h>

int ctl_cleanup(struct ctl *ctl)
{
    static const struct {
        enum statement statement;
        const char *what;
    } steps[] = {
        {STMT_ADMIN_SESSIONS_EXPIRE, "sessions ended that had expired"},
        {STMT_ADMIN_INTENTS_EXPIRE, "online payments ended that were not heard of again"},
        {STMT_ADMIN_IDEMPOTENCY_CLEANUP, "idempotency keys removed that were older than 24 hours"},
        {STMT_ADMIN_SYNC_CLEANUP, "outbox rows removed that the mirror has had for a day"},
        {STMT_ADMIN_REFRESH_CLEANUP, "refresh tokens removed that had expired"},
        {STMT_ADMIN_COUNTERS_CLEANUP, "order counters removed of days over a year ago"},
    };
    bool quiet = false;
    const struct ctl_option options[] = {{"--quiet", NULL, &quiet, false}};
    if (!ctl_options(ctl, options, 1))
        return EX_USAGE;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        db_slot slot = DB_QUEUE_BARE(ctl->db, steps[i].statement);
        if (!ctl_run(ctl, steps[i].what))
            return EX_SOFTWARE;
        if (!quiet)
            printf("%d %s\n", db_affected(ctl->db, slot), steps[i].what);
    }
    return EX_OK;
}
