#include "sync/status.h"

#include "base/arena.h"
#include "base/text.h"
#include "conf/conf.h"
#include "db/db.h"
#include "sync/say.h"
#include "sync/tenant.h"

#include <inttypes.h>
#include <stdio.h>

static void print_json(struct sync *sync, db_slot slot)
{
    struct text json;
    text_init(&json, sync->arena);
    text_puts(&json, "{");
    text_json_member(&json, "mirror", sync->conf->convex_url[0] != '\0' ? "on" : "off");
    text_json_member_int(&json, "pending", db_int(sync->db, slot, 0, COL_SYNC_STATUS_PENDING));
    text_json_key(&json, "oldest_seconds");
    const char *oldest = db_text(sync->db, slot, 0, COL_SYNC_STATUS_OLDEST_SECONDS);
    text_puts(&json, oldest != NULL ? oldest : "null");
    text_json_member_int(&json, "dead", db_int(sync->db, slot, 0, COL_SYNC_STATUS_DEAD));
    text_json_member(&json, "last_success_at", db_text(sync->db, slot, 0, COL_SYNC_STATUS_LAST_SUCCESS_AT));
    text_json_member(&json, "halted_because", db_text(sync->db, slot, 0, COL_SYNC_STATUS_HALTED_BECAUSE));
    text_puts(&json, "}");
    puts(json.bytes);
}

static void print_text(struct sync *sync, db_slot slot)
{
    const char *oldest = db_text(sync->db, slot, 0, COL_SYNC_STATUS_OLDEST_SECONDS),
               *last = db_text(sync->db, slot, 0, COL_SYNC_STATUS_LAST_SUCCESS_AT),
               *halted = db_text(sync->db, slot, 0, COL_SYNC_STATUS_HALTED_BECAUSE);
    if (sync->conf->convex_url[0] == '\0')
        puts("mirror:        off, CONVEX_URL is not set");
    printf("pending:       %" PRId64 "\n", db_int(sync->db, slot, 0, COL_SYNC_STATUS_PENDING));
    printf("oldest:        %s%s\n", oldest != NULL ? oldest : "-", oldest != NULL ? " s" : "");
    printf("dead:          %" PRId64 "%s\n", db_int(sync->db, slot, 0, COL_SYNC_STATUS_DEAD),
           db_int(sync->db, slot, 0, COL_SYNC_STATUS_DEAD) > 0 ? ", try them again with --retry-dead" : "");
    printf("last success:  %s\n", last != NULL ? last : "never");
    if (halted != NULL)
        printf("halted:        %s\n", halted);
}

int show_status(struct sync *sync, bool json)
{
    if (db_start(sync->db, sync->arena) != ERR_OK)
        return sync_database_failed(sync);
    db_slot slot = DB_QUEUE_BARE(sync->db, STMT_SYNC_STATUS);
    if (db_run(sync->db) != ERR_OK)
        return sync_database_failed(sync);
    if (json)
        print_json(sync, slot);
    else
        print_text(sync, slot);
    return SYNC_ALL_SENT;
}

SAME_COLUMN(SYNC_RESTAURANTS, SYNC_DUE, RESTAURANT_ID);

/* The restaurants that a statement lists; -1 if the database fails. */
static int list(struct sync *sync, enum statement statement, const char ***out)
{
    if (db_start(sync->db, sync->arena) != ERR_OK)
        return -1;
    db_slot slot = DB_QUEUE_BARE(sync->db, statement);
    if (db_run(sync->db) != ERR_OK)
        return -1;
    int n = db_rows(sync->db, slot);
    *out = arena_array(sync->arena, (size_t)n, sizeof **out);
    for (int row = 0; row < n; row++)
        (*out)[row] = db_text(sync->db, slot, row, COL_SYNC_RESTAURANTS_RESTAURANT_ID);
    return n;
}

int show_due(struct sync *sync)
{
    const char **restaurants;
    int64_t total = 0;
    int n = list(sync, STMT_SYNC_DUE, &restaurants);
    if (n < 0)
        return sync_database_failed(sync);
    for (int i = 0; i < n; i++) {
        if (!tenant_start(sync, restaurants[i]))
            return sync_database_failed(sync);
        db_slot slot = DB_QUEUE(sync->db, STMT_SYNC_DUE_ROWS, restaurants[i]);
        DB_QUEUE_BARE(sync->db, STMT_COMMIT);
        if (db_run(sync->db) != ERR_OK)
            return sync_database_failed(sync);
        for (int row = 0; row < db_rows(sync->db, slot); row++) {
            printf("%s  %-16s %6s\n", restaurants[i], db_text(sync->db, slot, row, COL_SYNC_DUE_ROWS_ENTITY_TYPE),
                   db_text(sync->db, slot, row, COL_SYNC_DUE_ROWS_WAITING));
            total += db_int(sync->db, slot, row, COL_SYNC_DUE_ROWS_WAITING);
        }
    }
    printf("%" PRId64 " rows would be sent\n", total);
    return SYNC_ALL_SENT;
}

int retry_dead(struct sync *sync)
{
    const char **restaurants;
    long retried = 0;
    int n = list(sync, STMT_SYNC_RESTAURANTS, &restaurants);
    if (n < 0)
        return sync_database_failed(sync);
    for (int i = 0; i < n; i++) {
        if (!tenant_start(sync, restaurants[i]))
            return sync_database_failed(sync);
        db_slot slot = DB_QUEUE(sync->db, STMT_SYNC_RETRY_DEAD, restaurants[i]);
        DB_QUEUE_BARE(sync->db, STMT_COMMIT);
        if (db_run(sync->db) != ERR_OK)
            return sync_database_failed(sync);
        retried += db_affected(sync->db, slot);
    }
    printf("%ld rows will be tried again\n", retried);
    return SYNC_ALL_SENT;
}
