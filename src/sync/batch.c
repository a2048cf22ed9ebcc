#include "sync/batch.h"

#include "base/arena.h"
#include "db/array.h"
#include "db/db.h"
#include "sync/tenant.h"

#include <string.h>

/* The types, ids and versions of some changes, as array parameters. */
struct keys {
    struct text types, ids, versions;
};

static void keys_init(struct sync *sync, struct keys *keys)
{
    array_init(&keys->types, sync->arena);
    array_init(&keys->ids, sync->arena);
    array_init(&keys->versions, sync->arena);
}

static void keys_add(struct keys *keys, const struct change *change)
{
    array_add(&keys->types, change->type);
    array_add(&keys->ids, change->id);
    array_add(&keys->versions, change->version);
}

bool batch_claim(struct sync *sync, struct batch *batch, const char *restaurant_id)
{
    struct keys keys;
    size_t first = batch->n;
    if (!tenant_start(sync, restaurant_id))
        return false;
    db_slot claimed = DB_QUEUE(sync->db, STMT_SYNC_CLAIM, restaurant_id,
                               arena_printf(sync->arena, "%zu", BATCH_MAX - batch->n), sync->started);
    if (db_run(sync->db) != ERR_OK)
        return false;
    keys_init(sync, &keys);
    for (int row = 0; row < db_rows(sync->db, claimed) && batch->n < BATCH_MAX; row++) {
        struct change *change = &batch->changes[batch->n++];
        *change = (struct change){.restaurant_id = restaurant_id,
                                  .type = db_text(sync->db, claimed, row, COL_SYNC_CLAIM_ENTITY_TYPE),
                                  .id = db_text(sync->db, claimed, row, COL_SYNC_CLAIM_ENTITY_ID),
                                  .version = db_text(sync->db, claimed, row, COL_SYNC_CLAIM_ENTITY_VERSION)};
        keys_add(&keys, change);
    }
    db_slot docs = DB_QUEUE(sync->db, STMT_SYNC_DOCS, restaurant_id, array_end(&keys.types), array_end(&keys.ids),
                            array_end(&keys.versions));
    DB_QUEUE_BARE(sync->db, STMT_COMMIT);
    if (db_run(sync->db) != ERR_OK)
        return false;
    for (size_t i = first; i < batch->n; i++) {
        batch->changes[i].json = db_text(sync->db, docs, (int)(i - first), COL_SYNC_DOCS_DOC);
        batch->changes[i].len = strlen(batch->changes[i].json);
    }
    return true;
}

enum { NOT_QUEUED = -1 };

/* Queues the statement for those of n changes of one restaurant that have this
 * verdict and are not settled. */
static db_slot queue_verdict(struct sync *sync, const struct change *changes, size_t n, enum verdict verdict,
                             const char *why)
{
    struct keys keys;
    const char *restaurant_id = changes[0].restaurant_id;
    bool any = false;
    keys_init(sync, &keys);
    for (size_t i = 0; i < n; i++)
        if (changes[i].verdict == verdict && !changes[i].settled) {
            keys_add(&keys, &changes[i]);
            any = true;
        }
    if (!any)
        return NOT_QUEUED;
    const char *types = array_end(&keys.types), *ids = array_end(&keys.ids), *versions = array_end(&keys.versions);
    switch (verdict) {
    case VERDICT_SENT:
        return DB_QUEUE(sync->db, STMT_SYNC_DONE, restaurant_id, types, ids, versions);
    case VERDICT_REFUSED:
        return DB_QUEUE(sync->db, STMT_SYNC_REJECT, restaurant_id, types, ids, versions, why);
    case VERDICT_LATER:
        return DB_QUEUE(sync->db, STMT_SYNC_LATER, restaurant_id, types, ids, versions, why);
    default:
        return DB_QUEUE(sync->db, STMT_SYNC_RELEASE, restaurant_id, types, ids);
    }
}

#define VERDICT_COLUMNS(statement)                                                                                     \
    SAME_COLUMN(SYNC_DONE, statement, ENTITY_TYPE);                                                                    \
    SAME_COLUMN(SYNC_DONE, statement, ENTITY_ID)

VERDICT_COLUMNS(SYNC_REJECT);
VERDICT_COLUMNS(SYNC_LATER);
VERDICT_COLUMNS(SYNC_RELEASE);

/* Marks the changes that the statement wrote as settled. */
static void note_settled(struct sync *sync, db_slot slot, struct change *changes, size_t n)
{
    for (int row = 0; row < db_rows(sync->db, slot); row++)
        for (size_t i = 0; i < n; i++)
            if (strcmp(changes[i].id, db_text(sync->db, slot, row, COL_SYNC_DONE_ENTITY_ID)) == 0 &&
                strcmp(changes[i].type, db_text(sync->db, slot, row, COL_SYNC_DONE_ENTITY_TYPE)) == 0)
                changes[i].settled = true;
}

/* Settles all rows that nobody holds. Never waits for a row. */
static bool settle_free(struct sync *sync, struct change *changes, size_t n, const char *why)
{
    db_slot slots[VERDICT_LATER + 1];
    if (!tenant_start(sync, changes[0].restaurant_id))
        return false;
    for (enum verdict v = VERDICT_NONE; v <= VERDICT_LATER; v++)
        slots[v] = queue_verdict(sync, changes, n, v, why);
    DB_QUEUE_BARE(sync->db, STMT_COMMIT);
    if (db_run(sync->db) != ERR_OK)
        return false;
    for (enum verdict v = VERDICT_NONE; v <= VERDICT_LATER; v++)
        note_settled(sync, slots[v], changes, n);
    return true;
}

/* Settles one row that somebody held, in a transaction that holds no other row
 * while it waits. */
static bool settle_held(struct sync *sync, const struct change *change, const char *why)
{
    if (!tenant_start(sync, change->restaurant_id))
        return false;
    DB_QUEUE(sync->db, STMT_SYNC_HOLD, change->restaurant_id, change->type, change->id);
    queue_verdict(sync, change, 1, change->verdict, why);
    DB_QUEUE_BARE(sync->db, STMT_COMMIT);
    return db_run(sync->db) == ERR_OK;
}

/* The number of changes from `first` on that are of the same restaurant. */
static size_t of_one_restaurant(const struct batch *batch, size_t first)
{
    size_t n = 1;
    while (first + n < batch->n &&
           strcmp(batch->changes[first].restaurant_id, batch->changes[first + n].restaurant_id) == 0)
        n++;
    return n;
}

bool batch_settle(struct sync *sync, struct batch *batch)
{
    for (size_t first = 0, n; first < batch->n; first += n) {
        n = of_one_restaurant(batch, first);
        if (!settle_free(sync, &batch->changes[first], n, batch->why))
            return false;
    }
    for (size_t i = 0; i < batch->n; i++)
        if (!batch->changes[i].settled && !settle_held(sync, &batch->changes[i], batch->why))
            return false;
    return true;
}
