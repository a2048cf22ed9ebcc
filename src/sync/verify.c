#include "sync/verify.h"

#include "base/arena.h"
#include "base/text.h"
#include "convex/convex.h"
#include "db/array.h"
#include "db/db.h"
#include "sync/progress.h"
#include "sync/pump.h"
#include "sync/say.h"
#include "sync/stop.h"
#include "sync/tenant.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

enum { PAGE = 1000, GOING_ON = -1, ID_SIZE = 37, ENQUEUE_TRIES = 5 };

/* One side's ids and versions, page by page, by rising id. */
struct side {
    char ids[PAGE][ID_SIZE];
    int64_t versions[PAGE];
    int n, at;
    bool done; /* no page after this one */
    char after[ID_SIZE];
};

struct comparison {
    struct sync *sync;
    const char *restaurant_id, *type;
    struct side here, there;
    long missing, stale, extra, ahead;
};

static void side_start(struct side *side)
{
    side->n = side->at = 0;
    side->done = false;
    snprintf(side->after, ID_SIZE, "00000000-0000-0000-0000-000000000000");
}

static void side_add(struct side *side, const char *id, int64_t version)
{
    snprintf(side->ids[side->n], ID_SIZE, "%s", id);
    side->versions[side->n++] = version;
}

static bool start_again(struct sync *sync, const char *restaurant_id)
{
    arena_reset(sync->arena);
    return tenant_start(sync, restaurant_id);
}

static int read_here(struct sync *sync, const char *restaurant_id, const char *type, struct side *side)
{
    if (!start_again(sync, restaurant_id))
        return sync_database_failed(sync);
    db_slot slot =
        DB_QUEUE(sync->db, STMT_SYNC_VERSIONS, restaurant_id, type, side->after, arena_printf(sync->arena, "%d", PAGE));
    DB_QUEUE_BARE(sync->db, STMT_COMMIT);
    if (db_run(sync->db) != ERR_OK)
        return sync_database_failed(sync);
    side->n = side->at = 0;
    for (int row = 0; row < db_rows(sync->db, slot); row++)
        side_add(side, db_text(sync->db, slot, row, COL_SYNC_VERSIONS_ID),
                 db_int(sync->db, slot, row, COL_SYNC_VERSIONS_VERSION));
    side->done = side->n < PAGE;
    if (side->n > 0)
        memcpy(side->after, side->ids[side->n - 1], ID_SIZE);
    return GOING_ON;
}

static bool take_page(struct side *side, struct json_object *page)
{
    struct json_object *rows, *done, *id, *version;
    if (!json_object_object_get_ex(page, "rows", &rows) || !json_object_object_get_ex(page, "done", &done) ||
        !json_object_is_type(rows, json_type_array) || json_object_array_length(rows) > PAGE)
        return false;
    side->n = side->at = 0;
    side->done = json_object_get_boolean(done);
    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        if (!json_object_object_get_ex(row, "pgId", &id) || !json_object_object_get_ex(row, "version", &version))
            return false;
        side_add(side, json_object_get_string(id), json_object_get_int64(version));
    }
    if (side->n > 0)
        memcpy(side->after, side->ids[side->n - 1], ID_SIZE);
    else
        side->done = true;
    return true;
}

static int read_there(struct comparison *c, struct side *side)
{
    struct sync *sync = c->sync;
    struct json_object *page = NULL;
    arena_reset(sync->arena);
    const char *args =
        arena_printf(sync->arena, "{\"entity\":\"%s\",\"restaurantId\":\"%s\",\"after\":\"%s\",\"limit\":%d}", c->type,
                     c->restaurant_id, side->after, PAGE);
    switch (convex_call(sync->convex, sync->arena, "query", "sync:versions", args, &page)) {
    case CONVEX_DONE:
        if (take_page(side, page))
            return GOING_ON;
        sync_say("the mirror's answer is not from sync:versions: deploy convex/ again");
        return SYNC_HALTED;
    case CONVEX_AWAY:
        sync_say("the mirror cannot be reached: %s", convex_error(sync->convex));
        return SYNC_SOME_LEFT;
    default:
        sync_say("stopped: %s", convex_error(sync->convex));
        return SYNC_HALTED;
    }
}

static int refill(struct comparison *c)
{
    int status = GOING_ON;
    if (c->here.at == c->here.n && !c->here.done)
        status = read_here(c->sync, c->restaurant_id, c->type, &c->here);
    if (status == GOING_ON && c->there.at == c->there.n && !c->there.done)
        status = read_there(c, &c->there);
    return status;
}

/* Puts rows into the outbox; versions: the versions to delete at, for rows
 * that no longer exist here. A worker that changes some of them in another
 * order may interrupt it. */
static bool enqueue(struct sync *sync, const char *restaurant_id, const char *type, const char *ids,
                    const char *versions)
{
    enum err err = ERR_BUSY;
    for (int i = 0; i < ENQUEUE_TRIES && err == ERR_BUSY; i++) {
        if (!start_again(sync, restaurant_id))
            return false;
        DB_QUEUE(sync->db, STMT_SYNC_ENQUEUE, restaurant_id, type, ids, versions);
        DB_QUEUE_BARE(sync->db, STMT_COMMIT);
        err = db_run(sync->db);
        if (err != ERR_OK)
            db_rollback(sync->db);
    }
    return err == ERR_OK;
}

static int mend(struct comparison *c, const char *id, int64_t version, long *counter)
{
    char ids[ID_SIZE + 2], versions[30];
    ++*counter;
    snprintf(ids, sizeof ids, "{%s}", id);
    snprintf(versions, sizeof versions, "{%" PRId64 "}", version);
    return enqueue(c->sync, c->restaurant_id, c->type, ids, versions) ? GOING_ON : sync_database_failed(c->sync);
}

/* The next id of either side. */
static int compare_next(struct comparison *c)
{
    struct side *here = &c->here, *there = &c->there;
    int order = here->at == here->n     ? 1
                : there->at == there->n ? -1
                                        : strcmp(here->ids[here->at], there->ids[there->at]);
    if (order < 0) {
        int i = here->at++;
        return mend(c, here->ids[i], here->versions[i], &c->missing);
    }
    if (order > 0) { /* missing here: deleted at a version above the mirror's */
        int i = there->at++;
        return mend(c, there->ids[i], there->versions[i] + 1, &c->extra);
    }
    int i = here->at++, k = there->at++;
    if (here->versions[i] > there->versions[k])
        return mend(c, here->ids[i], here->versions[i], &c->stale);
    c->ahead += here->versions[i] < there->versions[k];
    return GOING_ON;
}

static int compare(struct comparison *c)
{
    int status = GOING_ON;
    side_start(&c->here);
    side_start(&c->there);
    while (status == GOING_ON && !sync_stopping) {
        status = refill(c);
        if (status != GOING_ON || (c->here.at == c->here.n && c->there.at == c->there.n))
            break;
        status = compare_next(c);
    }
    return status;
}

/* The texts of a column, kept in the arena. */
struct texts {
    const char **at;
    int n;
};

static struct texts texts_of(struct db *db, struct arena *arena, db_slot slot, int column)
{
    struct texts texts = {.n = db_rows(db, slot)};
    texts.at = arena_array(arena, (size_t)texts.n, sizeof *texts.at);
    for (int row = 0; row < texts.n; row++)
        texts.at[row] = db_text(db, slot, row, column);
    return texts;
}

/* Calls visit for each restaurant and type until one of the calls says stop. */
static int each(struct sync *sync, int (*visit)(void *context, const char *restaurant_id, const char *type),
                void *context)
{
    struct arena *arena = arena_create();
    int status = GOING_ON;
    enum err err = db_start(sync->db, arena);
    if (err == ERR_OK) {
        db_slot restaurants = DB_QUEUE_BARE(sync->db, STMT_SYNC_RESTAURANTS);
        db_slot entities = DB_QUEUE_BARE(sync->db, STMT_SYNC_ENTITIES);
        err = db_run(sync->db);
        struct texts ids = {0}, types = {0};
        if (err == ERR_OK) {
            ids = texts_of(sync->db, arena, restaurants, COL_SYNC_RESTAURANTS_RESTAURANT_ID);
            types = texts_of(sync->db, arena, entities, COL_SYNC_ENTITIES_ENTITY_TYPE);
        }
        for (int i = 0; i < ids.n * types.n && status == GOING_ON; i++)
            status = visit(context, ids.at[i / types.n], types.at[i % types.n]);
    }
    if (err != ERR_OK)
        status = sync_database_failed(sync);
    arena_destroy(&arena);
    return status;
}

static int compare_one(void *context, const char *restaurant_id, const char *type)
{
    struct comparison *c = context;
    c->restaurant_id = restaurant_id;
    c->type = type;
    return compare(c);
}

int verify(struct sync *sync)
{
    static struct comparison c;
    c = (struct comparison){.sync = sync};
    int status = pump(sync, 0, NULL); /* what is waiting is not a difference */
    if (status == SYNC_HALTED)
        return status;
    status = each(sync, compare_one, &c);
    if (status != GOING_ON)
        return status;
    if (sync_stopping) {
        sync_say("stopped before everything was compared");
        return SYNC_SOME_LEFT;
    }
    printf("missing there: %ld, out of date: %ld, too many: %ld, newer there than here: %ld\n", c.missing, c.stale,
           c.extra, c.ahead);
    if (c.missing + c.stale + c.extra > 0)
        status = pump(sync, 0, NULL);
    else
        status = sync->left ? SYNC_SOME_LEFT : SYNC_ALL_SENT;
    return status == SYNC_ALL_SENT && c.ahead > 0 ? SYNC_SOME_LEFT : status;
}

struct filling {
    struct sync *sync;
    struct side page;
    long total;
};

/* Puts all rows of one type into the outbox, page by page. */
static int fill_one(void *context, const char *restaurant_id, const char *type)
{
    struct filling *f = context;
    side_start(&f->page);
    while (!f->page.done) { /* not stopped halfway: a later run must find all of it */
        struct text ids, versions;
        int status = read_here(f->sync, restaurant_id, type, &f->page);
        if (status != GOING_ON)
            return status;
        array_init(&ids, f->sync->arena);
        array_init(&versions, f->sync->arena);
        for (int i = 0; i < f->page.n; i++) {
            array_add(&ids, f->page.ids[i]);
            array_add_int(&versions, f->page.versions[i]);
        }
        struct arena *arena = arena_create(); /* start_again() clears the run's */
        const char *all = arena_strdup(arena, array_end(&ids)), *at = arena_strdup(arena, array_end(&versions));
        bool good = enqueue(f->sync, restaurant_id, type, all, at);
        arena_destroy(&arena);
        if (!good)
            return sync_database_failed(f->sync);
        f->total += f->page.n;
    }
    return GOING_ON;
}

int send_everything(struct sync *sync)
{
    static struct filling f;
    struct progress progress;
    f = (struct filling){.sync = sync};
    int status = each(sync, fill_one, &f);
    if (status != GOING_ON)
        return status;
    progress_start(&progress, "mirrored", f.total);
    status = pump(sync, 0, sync->quiet ? NULL : &progress);
    if (!sync->quiet)
        progress_end(&progress);
    return status;
}
