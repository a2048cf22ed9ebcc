/* Live events: who may listen to what. nginx asks here before it lets anybody
 * listen. The server names the channel, never the client. */
#include "api/caller.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "auth/refresh.h"
#include "base/arena.h"
#include "http/request.h"

enum { TICKET_SECONDS = 60 };

/* A browser's EventSource and WebSocket cannot send a token: the browser
 * trades it for a ticket, which may be in an address since it is valid only
 * once. */
enum err event_ticket(struct request *r)
{
    char ticket[REFRESH_TOKEN_SIZE], hash[REFRESH_HASH_SIZE];
    TRY(fields_read_nothing(r));
    refresh_make(r->restaurant_id, ticket, hash);
    DB_QUEUE(r->db, STMT_TICKET_INSERT, r->restaurant_id, arena_strdup(r->arena, hash), role_name(r->who.role),
             r->who.id, r->who.family_id);
    response_json(&r->response, 200,
                  arena_printf(r->arena, "{\"ticket\":\"%s\",\"expires_in\":%d}", ticket, TICKET_SECONDS));
    return ERR_OK;
}

struct events_filter {
    const char *ticket;
};

static const struct field fields[] = {
    {.name = "ticket", .type = FIELD_RAW, .offset = offsetof(struct events_filter, ticket), .max = 200},
};
const struct query_spec events_query = {FIELDS(fields), sizeof(struct events_filter)};

/* Deletes the ticket and reads who it was given to. */
static enum err use_ticket(struct request *r, const char *hash)
{
    db_slot slot = DB_QUEUE(r->db, STMT_TICKET_USE, r->restaurant_id, hash);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_UNAUTHENTICATED;
    r->who = (struct principal){.role = role_parse(db_text(r->db, slot, 0, COL_TICKET_USE_ROLE)),
                                .id = db_text(r->db, slot, 0, COL_TICKET_USE_CALLER_ID),
                                .restaurant_id = r->restaurant_id,
                                .family_id = db_text(r->db, slot, 0, COL_TICKET_USE_FAMILY_ID),
                                .email = ""};
    r->response.status = 204;
    return ERR_OK;
}

static enum err by_ticket(struct request *r, const char *ticket)
{
    char hash[REFRESH_HASH_SIZE];
    char *restaurant_id = arena_alloc(r->arena, UUID_TEXT_SIZE);
    problem_detail(r, "The ticket is unknown, already used, or older than %d seconds", TICKET_SECONDS);
    if (!refresh_read(ticket, restaurant_id, hash))
        return ERR_UNAUTHENTICATED;
    r->restaurant_id = restaurant_id;
    TRY(db_start(r->db, r->arena));
    transaction_open(r, true);
    TRY(transaction_end(r, use_ticket(r, arena_strdup(r->arena, hash))));
    r->problem.detail = NULL;
    return ERR_OK;
}

/* The channel is read in the snapshot in which the caller was found to be in. If
 * that has changed since, events go to another channel by now. */
static enum err name_channel(struct request *r)
{
    TRY(transaction_run(r)); /* tells whether the caller still exists, and finds a diner's session */
    bool diner = r->who.role == ROLE_DINER;
    db_slot slot = DB_QUEUE(r->db, STMT_LIVE_CHANNEL, r->restaurant_id, diner ? r->who.session_id : r->restaurant_id);
    TRY(transaction_run(r));
    r->response.status = 204;
    r->response.channel =
        arena_printf(r->arena, "%c.%s", diner ? 's' : 'r', db_text(r->db, slot, 0, COL_LIVE_CHANNEL_CHANNEL));
    return ERR_OK;
}

enum err events_authorize(struct request *r, const void *query)
{
    const struct events_filter *f = query;
    TRY(f->ticket != NULL ? by_ticket(r, f->ticket)
                          : caller_authenticate(r, "Send a token, or a ticket: /events?ticket=..."));
    TRY(db_start(r->db, r->arena));
    transaction_open(r, false);
    return transaction_end(r, name_channel(r));
}
