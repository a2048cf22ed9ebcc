#include "api/idempotency.h"

#include "api/routes.h"
#include "auth/digest.h"
#include "auth/seal.h"
#include "base/arena.h"
#include "http/fields.h"
#include "http/request.h"

#include <string.h>

enum { KEY_MAX = 255 };

struct idempotency {
    const char *caller, *key;
    char request_hash[DIGEST_SIZE];
    db_slot lock, found;
};

enum err idempotency_header_check(const struct request *r)
{
    if (r->idempotency_key == NULL)
        return ERR_OK;
    size_t len = strlen(r->idempotency_key);
    for (size_t i = 0; i < len; i++)
        if (r->idempotency_key[i] < 0x20 || r->idempotency_key[i] > 0x7e)
            return ERR_INVALID_IDEMPOTENCY_KEY;
    return len == 0 || len > KEY_MAX ? ERR_INVALID_IDEMPOTENCY_KEY : ERR_OK;
}

struct idempotency *idempotency_begin(struct request *r)
{
    if (!(r->route->flags & ROUTE_KEYED) || r->idempotency_key == NULL)
        return NULL;
    struct idempotency *k = arena_alloc(r->arena, sizeof *k);
    k->key = r->idempotency_key;
    k->caller = r->who.role == ROLE_NOBODY
                    ? "public"
                    : arena_printf(r->arena, "%s:%s", r->who.role == ROLE_DINER ? "diner" : "staff", r->who.id);
    digest_request(r->keys, r->method, r->uri, r->body, r->body_len, k->request_hash);
    k->lock =
        DB_QUEUE(r->db, STMT_IDEMPOTENCY_LOCK, arena_printf(r->arena, "%s %s %s", r->restaurant_id, k->caller, k->key));
    k->found = DB_QUEUE(r->db, STMT_IDEMPOTENCY_FIND, r->restaurant_id, k->caller, k->key);
    return k;
}

bool idempotency_looked_up(const struct request *r, const struct idempotency *key)
{
    return db_done(r->db, key->lock) && db_done(r->db, key->found);
}

static enum err replay(struct request *r, const struct idempotency *key)
{
    const char *answer = db_text(r->db, key->found, 0, COL_IDEMPOTENCY_FIND_ANSWER);
    if (db_bool(r->db, key->found, 0, COL_IDEMPOTENCY_FIND_IS_SEALED))
        answer = seal_open(r->arena, r->keys->answer, answer);
    if (answer == NULL) /* sealed under a secret that has changed since */
        return ERR_IDEMPOTENCY_KEY_REUSED;
    response_json(&r->response, (int)db_int(r->db, key->found, 0, COL_IDEMPOTENCY_FIND_STATUS), answer);
    r->response.location = db_text(r->db, key->found, 0, COL_IDEMPOTENCY_FIND_LOCATION);
    r->response.etag = db_text(r->db, key->found, 0, COL_IDEMPOTENCY_FIND_ETAG);
    r->response.replayed = true;
    return ERR_ANSWERED;
}

bool idempotency_is_old(const struct request *r, const struct idempotency *key)
{
    return db_rows(r->db, key->found) > 0 && db_bool(r->db, key->found, 0, COL_IDEMPOTENCY_FIND_IS_OLD);
}

enum err idempotency_check(struct request *r, const struct idempotency *key)
{
    if (key == NULL)
        return ERR_OK;
    if (!db_bool(r->db, key->lock, 0, COL_IDEMPOTENCY_LOCK_IS_OURS))
        return ERR_IDEMPOTENCY_IN_PROGRESS;
    if (db_rows(r->db, key->found) == 0 || idempotency_is_old(r, key))
        return ERR_OK;
    const char *hash = db_text(r->db, key->found, 0, COL_IDEMPOTENCY_FIND_REQUEST_HASH);
    return strcmp(hash, key->request_hash) == 0 ? replay(r, key) : ERR_IDEMPOTENCY_KEY_REUSED;
}

enum err idempotency_queue_answer(struct request *r, const struct idempotency *key)
{
    bool seal = (r->route->flags & ROUTE_SECRET) != 0;
    const char *answer = r->response.body != NULL ? r->response.body : "";
    if (seal)
        answer = seal_close(r->arena, r->keys->answer, answer);
    DB_QUEUE(r->db, STMT_IDEMPOTENCY_STORE, r->restaurant_id, key->caller, key->key, key->request_hash,
             arena_printf(r->arena, "%d", r->response.status), r->response.location, r->response.etag, answer,
             bool_text(seal));
    return ERR_OK;
}

db_slot idempotency_queue_pieces(struct request *r, const struct idempotency *key, const struct answer_pieces *p)
{
    return DB_QUEUE(r->db, p->store, r->restaurant_id, p->id, key->caller, key->key, key->request_hash, p->texts[0],
                    p->texts[1], p->texts[2]);
}
