/* The menu as guests read it. nginx keeps it for a second and asks again with
 * the entity tag. */
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/clock.h"
#include "http/gzip.h"
#include "http/request.h"

static const char cache_control[] = "public, max-age=1";

/* The tag tells what the menu holds, how it is written, and how it is sent. */
static bool is_known(struct request *r, const char *version, const char *representation, bool gzip)
{
    r->response.etag = arena_printf(r->arena, "\"m%s-%s%s\"", version, representation, gzip ? "-gzip" : "");
    return etag_matches(r->if_none_match, r->response.etag, true);
}

/* nginx counts whole seconds: until the end of the current one is at most one
 * second. */
static void let_cache(struct request *r)
{
    r->response.cache_control = cache_control;
    r->response.fresh_until = clock_real_us() / 1000000;
}

static enum err not_modified(struct request *r)
{
    r->response.status = 304;
    let_cache(r);
    return ERR_OK;
}

static void compress(struct request *r)
{
    size_t len;
    const char *compressed = gzip_compress(r->arena, r->response.body, r->response.body_len, &len);
    if (compressed == NULL)
        return;
    r->response.body = compressed;
    r->response.body_len = len;
    r->response.content_encoding = "gzip";
}

enum err menu_get(struct request *r)
{
    bool gzip = header_accepts(r->accept_encoding, "gzip");
    if (r->if_none_match[0] != '\0') {
        db_slot version = DB_QUEUE(r->db, STMT_MENU_VERSION, r->restaurant_id);
        TRY(transaction_run(r));
        const char *current = db_text(r->db, version, 0, COL_MENU_VERSION_MENU_VERSION);
        if (current != NULL && is_known(r, current, db_text(r->db, version, 0, COL_MENU_VERSION_REPRESENTATION), gzip))
            return not_modified(r);
    }
    db_slot menu = DB_QUEUE(r->db, STMT_MENU_READ, r->restaurant_id);
    TRY(transaction_run(r));
    const char *json = db_text(r->db, menu, 0, COL_MENU_READ_MENU);
    if (json == NULL)
        return ERR_NOT_FOUND;
    response_json(&r->response, 200, json);
    if (gzip)
        compress(r);
    is_known(r, db_text(r->db, menu, 0, COL_MENU_READ_MENU_VERSION),
             db_text(r->db, menu, 0, COL_MENU_READ_REPRESENTATION), r->response.content_encoding != NULL);
    let_cache(r);
    return ERR_OK;
}
