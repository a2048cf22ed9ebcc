#include "api/offline_change.h"

#include "base/arena.h"
#include "http/request.h"

/* Clients choose the names: one caller's names are not another's. */
static const char *caller(struct request *r)
{
    return arena_printf(r->arena, "%s:%s", r->who.role == ROLE_DINER ? "diner" : "staff", r->who.id);
}

void offline_change_begin(struct request *r)
{
    struct offline_change *change = r->change;
    change->lock = DB_QUEUE(r->db, STMT_OFFLINE_LOCK,
                            arena_printf(r->arena, "offline %s %s %s %s", r->restaurant_id, caller(r),
                                         change->client_id, change->change_id));
    change->found =
        DB_QUEUE(r->db, STMT_OFFLINE_FIND, r->restaurant_id, caller(r), change->client_id, change->change_id);
}

bool offline_change_looked_up(const struct request *r)
{
    return db_done(r->db, r->change->lock) && db_done(r->db, r->change->found);
}

enum err offline_change_check(struct request *r)
{
    struct offline_change *change = r->change;
    if (db_rows(r->db, change->found) == 0)
        return ERR_OK;
    change->was_known = true;
    change->status = db_text(r->db, change->found, 0, COL_OFFLINE_FIND_STATUS);
    change->result = db_text(r->db, change->found, 0, COL_OFFLINE_FIND_RESULT);
    return ERR_ANSWERED;
}

const char *offline_change_time(const struct request *r)
{
    return r->change != NULL ? r->change->occurred_at : NULL;
}

void offline_change_store(struct request *r)
{
    struct offline_change *change = r->change;
    bool refused = change->refusal != NULL;
    const char *body = r->response.body != NULL ? r->response.body : "null";
    change->status = refused ? "rejected" : "applied";
    change->result = refused ? arena_printf(r->arena, "{\"problem\":%s}", change->refusal)
                             : arena_printf(r->arena, "{\"resource\":%s}", body);
    DB_QUEUE(r->db, STMT_OFFLINE_STORE, r->restaurant_id, request_new_id(r), caller(r), change->client_id,
             change->change_id, change->type, change->payload_text, change->status, change->result,
             change->occurred_at);
}
