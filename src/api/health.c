/* Whether this installation can serve: for monitors and load balancers. */
#include "api/handlers.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "conf/conf.h"
#include "db/db.h"
#include "http/request.h"
#include "version.h"

#include <stdio.h>
#include <string.h>

enum { RETRY_SECONDS = 1, MIRROR_GOOD_US = 5000000, BEHIND_SECONDS = 300 };

/* How the mirror stood when this worker last looked. Anybody may ask for this
 * page, and a long outbox takes a while to count. */
static struct {
    int64_t good_until_us;
    char json[400];
} mirror;

static bool must_look(const struct request *r)
{
    return r->conf->convex_url[0] != '\0' && clock_monotonic_us() >= mirror.good_until_us;
}

/* "halted": a person has to mend it; "behind": something waits for long. */
static const char *mirror_status(struct request *r, db_slot slot)
{
    if (db_text(r->db, slot, 0, 4) != NULL)
        return "halted";
    return db_int(r->db, slot, 0, 1) > BEHIND_SECONDS ? "behind" : "ok";
}

static void remember_mirror(struct request *r, db_slot slot)
{
    const char *oldest = db_text(r->db, slot, 0, 1);
    struct text json;
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_key(&json, "status");
    text_json_string(&json, mirror_status(r, slot));
    text_json_key(&json, "pending");
    text_json_int(&json, db_int(r->db, slot, 0, 0));
    text_json_key(&json, "oldest_seconds");
    text_puts(&json, oldest != NULL ? oldest : "null");
    text_json_key(&json, "dead");
    text_json_int(&json, db_int(r->db, slot, 0, 2));
    text_json_key(&json, "last_success_at");
    text_json_string(&json, db_text(r->db, slot, 0, 3));
    text_puts(&json, "}");
    snprintf(mirror.json, sizeof mirror.json, "%s", json.bytes);
    mirror.good_until_us = clock_monotonic_us() + MIRROR_GOOD_US;
}

enum err health_get(struct request *r, const void *query)
{
    (void)query;
    bool look = must_look(r);
    enum err err = db_start(r->db, r->arena);
    if (err == ERR_OK) {
        DB_QUEUE_BARE(r->db, STMT_DATABASE_CHECK);
        db_slot slot = look ? DB_QUEUE_BARE(r->db, STMT_MIRROR_STATUS) : -1;
        err = db_run(r->db);
        if (err == ERR_OK && look)
            remember_mirror(r, slot);
    }
    bool good = err == ERR_OK, off = r->conf->convex_url[0] == '\0';
    const char *sync = off                              ? "{\"status\":\"off\"}"
                       : good && mirror.json[0] != '\0' ? mirror.json
                                                        : "{\"status\":\"unknown\"}";
    response_json(&r->response, good ? 200 : 503,
                  arena_printf(r->arena, "{\"status\":\"%s\",\"version\":\"%s\",\"database\":\"%s\",\"sync\":%s}",
                               good ? "ok" : "degraded", ORDERZAP_VERSION, good ? "ok" : "unavailable", sync));
    if (!good)
        r->response.retry_after = RETRY_SECONDS;
    return ERR_OK;
}
