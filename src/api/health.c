/* Whether this installation can serve: for monitors and load balancers. */
#include "api/handlers.h"
#include "base/arena.h"
#include "db/db.h"
#include "http/request.h"
#include "version.h"

enum { RETRY_SECONDS = 1 };

enum err health_get(struct request *r, const void *query)
{
    (void)query;
    enum err err = db_start(r->db, r->arena);
    if (err == ERR_OK) {
        DB_QUEUE_BARE(r->db, STMT_DATABASE_CHECK);
        err = db_run(r->db);
    }
    bool good = err == ERR_OK;
    response_json(
        &r->response, good ? 200 : 503,
        arena_printf(r->arena,
                     "{\"status\":\"%s\",\"version\":\"%s\",\"database\":\"%s\",\"sync\":{\"status\":\"off\"}}",
                     good ? "ok" : "degraded", ORDERZAP_VERSION, good ? "ok" : "unavailable"));
    if (!good)
        r->response.retry_after = RETRY_SECONDS;
    return ERR_OK;
}
