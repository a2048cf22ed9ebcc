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
    db_slot claimed = DB_QUEUE(sync->db, STMT_ADMIN_SYNC_CLAIM, restaurant_id,
                               arena_printf(sync->arena, "%zu", BATCH_MAX - batch->n), sync->started);
    if (db_run(sync->db) != ERR_OK)
        return false;
    keys_init(sync, &keys);
    for (int row = 0; row < db_rows(sync->db, claimed); row++) {
        struct change *change = &batch->changes[batch->n++];
        *change = (struct change){.restaurant_id = restaurant_id,
                                  .type = db_text(sync->db, claimed, row, 0),
                                  .id = db_text(sync->db, claimed, row, 1),
                                  .version = db_text(sync->db, claimed, row, 2)};
        keys_add(&keys, change);
    }
    db_slot docs = DB_QUEUE(sync->db, STMT_ADMIN_SYNC_DOCS, restaurant_id, array_end(&keys.types), array_end(&keys.ids),
                            array_end(&keys.versions));
    DB_QUEUE_BARE(sync->db, STMT_COMMIT);
    if (db_run(sync->db) != ERR_OK)
        return false;
    for (size_t i = first; i < batch->n; i++) {
        batch->changes[i].json = db_text(sync->db, docs, (int)(i - first), 0);
        batch->changes[i].len = strlen(batch->changes[i].json);
    }
    return true;
}

/* Queues the statement for the restaurant's changes of that verdict. */
static void queue_verdict(struct sync *sync, const struct batch *batch, const char *restaurant_id, enum verdict verdict)
{
    struct keys keys;
    bool any = false;
    keys_init(sync, &keys);
    for (size_t i = 0; i < batch->n; i++) {
        const struct change *change = &batch->changes[i];
        if (change->verdict == verdict && strcmp(change->restaurant_id, restaurant_id) == 0) {
            keys_add(&keys, change);
            any = true;
        }
    }
    if (!any)
        return;
    const char *types = array_end(&keys.types), *ids = array_end(&keys.ids), *versions = array_end(&keys.versions);
    switch (verdict) {
    case VERDICT_SENT:
        DB_QUEUE(sync->db, STMT_ADMIN_SYNC_DONE, restaurant_id, types, ids, versions);
        break;
    case VERDICT_REFUSED:
        DB_QUEUE(sync->db, STMT_ADMIN_SYNC_REJECT, restaurant_id, types, ids, versions, batch->why);
        break;
    case VERDICT_LATER:
        DB_QUEUE(sync->db, STMT_ADMIN_SYNC_LATER, restaurant_id, types, ids, versions, batch->why);
        break;
    case VERDICT_NONE:
        DB_QUEUE(sync->db, STMT_ADMIN_SYNC_RELEASE, restaurant_id, types, ids);
        break;
    }
}

static bool is_first_of_restaurant(const struct batch *batch, size_t i)
{
    return i == 0 || strcmp(batch->changes[i - 1].restaurant_id, batch->changes[i].restaurant_id) != 0;
}

bool batch_settle(struct sync *sync, struct batch *batch)
{
    for (size_t i = 0; i < batch->n; i++) {
        if (!is_first_of_restaurant(batch, i))
            continue;
        const char *restaurant_id = batch->changes[i].restaurant_id;
        if (!tenant_start(sync, restaurant_id))
            return false;
        for (enum verdict v = VERDICT_NONE; v <= VERDICT_LATER; v++)
            queue_verdict(sync, batch, restaurant_id, v);
        DB_QUEUE_BARE(sync->db, STMT_COMMIT);
        if (db_run(sync->db) != ERR_OK)
            return false;
    }
    return true;
}
