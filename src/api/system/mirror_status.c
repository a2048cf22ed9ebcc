#include "api/system/mirror_status.h"

#include "conf/conf.h"
#include "db/db.h"
#include "http/request.h"

#include <stdio.h>

enum { GOOD_US = 5000000 };

/* As this worker last saw it. */
static struct {
    int64_t good_until_us;
    struct mirror mirror;
} remembered;

static void remember(const struct db *db, db_slot slot)
{
    struct mirror *m = &remembered.mirror;
    const char *last = db_text(db, slot, 0, COL_MIRROR_STATUS_LAST_SUCCESS_AT);
    m->pending = db_int(db, slot, 0, COL_MIRROR_STATUS_PENDING);
    m->oldest_seconds = db_text(db, slot, 0, COL_MIRROR_STATUS_OLDEST_SECONDS) != NULL
                            ? db_int(db, slot, 0, COL_MIRROR_STATUS_OLDEST_SECONDS)
                            : -1;
    m->dead = db_int(db, slot, 0, COL_MIRROR_STATUS_DEAD);
    snprintf(m->last_success_at, sizeof m->last_success_at, "%s", last != NULL ? last : "");
    m->is_halted = db_text(db, slot, 0, COL_MIRROR_STATUS_HALTED_BECAUSE) != NULL;
    remembered.good_until_us = clock_monotonic_us() + GOOD_US;
}

enum err mirror_status_read(struct request *r, const struct mirror **mirror)
{
    bool mirrors = r->conf->convex_url[0] != '\0';
    bool must_look = mirrors && clock_monotonic_us() >= remembered.good_until_us;
    *mirror = NULL;
    TRY(db_start(r->db, r->arena));
    DB_QUEUE_BARE(r->db, STMT_DATABASE_CHECK);
    db_slot slot = must_look ? DB_QUEUE_BARE(r->db, STMT_MIRROR_STATUS) : -1;
    TRY(db_run(r->db));
    if (must_look)
        remember(r->db, slot);
    if (mirrors)
        *mirror = &remembered.mirror;
    return ERR_OK;
}
