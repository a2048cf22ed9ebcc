#include "sync/pump.h"

#include "base/arena.h"
#include "base/clock.h"
#include "convex/convex.h"
#include "db/db.h"
#include "sync/batch.h"
#include "sync/deliver.h"
#include "sync/progress.h"
#include "sync/say.h"
#include "sync/stop.h"

#include <time.h>

enum { LOOK_EVERY_MS = 500, GOING_ON = -1 };

struct due {
    struct arena *arena;
    const char **restaurants;
    int n;
};

static bool find_due(struct sync *sync, struct due *due)
{
    arena_reset(due->arena);
    due->n = 0;
    if (db_start(sync->db, due->arena) != ERR_OK)
        return false;
    db_slot slot = DB_QUEUE_BARE(sync->db, STMT_SYNC_DUE);
    if (db_run(sync->db) != ERR_OK)
        return false;
    due->n = db_rows(sync->db, slot);
    due->restaurants = arena_array(due->arena, (size_t)due->n, sizeof *due->restaurants);
    for (int row = 0; row < due->n; row++)
        due->restaurants[row] = db_text(sync->db, slot, row, COL_SYNC_DUE_RESTAURANT_ID);
    return true;
}

static int halt(struct sync *sync, const struct batch *batch)
{
    sync_say("stopped, since no call can succeed: %s", batch->why);
    if (db_start(sync->db, sync->arena) == ERR_OK) {
        DB_QUEUE(sync->db, STMT_SYNC_STATE_HALTED, batch->why);
        db_run(sync->db);
    }
    return SYNC_HALTED;
}

/* Counts the batch's results; returns whether some of it was sent. */
static bool tally(struct sync *sync, const struct batch *batch)
{
    long sent = 0;
    for (size_t i = 0; i < batch->n; i++) {
        sent += batch->changes[i].verdict == VERDICT_SENT;
        sync->refused += batch->changes[i].verdict == VERDICT_REFUSED;
        sync->left = sync->left || batch->changes[i].verdict != VERDICT_SENT;
    }
    sync->sent += sent;
    return sent > 0;
}

static bool note_success(struct sync *sync)
{
    if (db_start(sync->db, sync->arena) != ERR_OK)
        return false;
    DB_QUEUE_BARE(sync->db, STMT_SYNC_STATE_SUCCESS);
    return db_run(sync->db) == ERR_OK;
}

/* GOING_ON, or an exit status. */
static int send_batch(struct sync *sync, struct batch *batch, struct progress *progress)
{
    if (batch->n == 0)
        return GOING_ON;
    enum delivery delivery = deliver(sync, batch);
    if (!batch_settle(sync, batch))
        return sync_database_failed(sync);
    bool some = tally(sync, batch);
    if (delivery == DELIVERY_HALTED)
        return halt(sync, batch);
    if (some && !note_success(sync))
        return sync_database_failed(sync);
    progress_show(progress, sync->sent);
    if (delivery == DELIVERY_AWAY) {
        sync_say("the mirror cannot be reached, trying again later: %s", batch->why);
        return SYNC_SOME_LEFT;
    }
    batch->n = 0;
    arena_reset(sync->arena);
    return GOING_ON;
}

/* Looks once at each restaurant that has something due. A batch holds rows of
 * as many restaurants as fit. */
static int send_due(struct sync *sync, const struct due *due, struct progress *progress)
{
    struct batch batch = {.n = 0};
    int status = GOING_ON;
    arena_reset(sync->arena);
    for (int i = 0; i < due->n && status == GOING_ON && !sync_stopping;) {
        if (!batch_claim(sync, &batch, due->restaurants[i])) {
            db_rollback(sync->db);
            return sync_database_failed(sync);
        }
        if (batch.n == BATCH_MAX)
            status = send_batch(sync, &batch, progress); /* it may have more */
        else
            i++;
    }
    return status == GOING_ON ? send_batch(sync, &batch, progress) : status;
}

static void wait_a_little(void)
{
    struct timespec t = {0, LOOK_EVERY_MS * 1000000L};
    nanosleep(&t, NULL);
}

/* Whether rows wait, due or not. */
static int final_status(struct sync *sync)
{
    arena_reset(sync->arena);
    if (db_start(sync->db, sync->arena) != ERR_OK)
        return sync_database_failed(sync);
    db_slot slot = DB_QUEUE_BARE(sync->db, STMT_SYNC_STATUS);
    if (db_run(sync->db) != ERR_OK)
        return sync_database_failed(sync);
    return sync->left || db_int(sync->db, slot, 0, COL_SYNC_STATUS_PENDING) > 0 ? SYNC_SOME_LEFT : SYNC_ALL_SENT;
}

static long handled(const struct sync *sync)
{
    return sync->sent + sync->refused;
}

int pump(struct sync *sync, int64_t until_us, struct progress *progress)
{
    struct due due = {.arena = arena_create()};
    int status = GOING_ON;
    while (status == GOING_ON && !sync_stopping) {
        long before = handled(sync);
        if (!find_due(sync, &due))
            status = sync_database_failed(sync);
        else if (due.n > 0)
            status = send_due(sync, &due, progress);
        /* What is due may be held by a transaction that is changing it now. */
        bool idle = handled(sync) == before;
        if ((until_us > 0 || idle) && clock_monotonic_us() >= until_us)
            break;
        if (idle && status == GOING_ON)
            wait_a_little();
    }
    arena_destroy(&due.arena);
    return status == GOING_ON ? final_status(sync) : status;
}
