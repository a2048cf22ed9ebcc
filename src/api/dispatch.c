#include "api/dispatch.h"

#include "api/caller.h"
#include "api/idempotency.h"
#include "api/route_match.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/json_strict.h"
#include "base/log.h"
#include "conf/conf.h"
#include "http/request.h"

#include <string.h>
#include <strings.h>

enum { TRIES = 5 };

/* Finds out who calls and whether they may (RFC 6750, 2.1). */
static enum err authorize(struct request *r)
{
    if (r->route->tenant != TENANT_TOKEN)
        return ERR_OK;
    TRY(caller_authenticate(r, "Send a token: Authorization: Bearer ..."));
    return r->route->roles & r->who.role ? ERR_OK : caller_refuse(r, "do this");
}

static bool is_json(const char *content_type)
{
    static const char json[] = "application/json";
    size_t len = sizeof json - 1;
    return strncasecmp(content_type, json, len) == 0 && strchr("; \t", content_type[len]) != NULL;
}

static enum err read_body(struct request *r)
{
    struct json_fault fault;
    if (r->body_too_large)
        return ERR_BODY_TOO_LARGE;
    if (r->body_len == 0) {
        if (r->route->body != BODY_REQUIRED)
            return ERR_OK;
        problem_detail(r, "This request needs a JSON body");
        return ERR_INVALID_JSON;
    }
    if (!is_json(r->content_type))
        return ERR_UNSUPPORTED_MEDIA_TYPE;
    if (r->route->body == BODY_NONE) {
        problem_detail(r, "This request takes no body");
        return ERR_BAD_REQUEST;
    }
    if (!json_strict_parse(r->arena, r->body, r->body_len, &r->json, &fault)) {
        problem_detail(r, "The body is malformed at byte %zu: %s", fault.offset, fault.what);
        return ERR_INVALID_JSON;
    }
    if (r->json == NULL) { /* the body `null` */
        problem_fault(r, "", "wrong_type", "must be an object");
        return ERR_VALIDATION_FAILED;
    }
    return ERR_OK;
}

static enum err read_query(struct request *r, const void **query)
{
    const struct query_spec *spec = r->route->query;
    *query = NULL;
    if (spec == NULL)
        return fields_read_query(r, NULL, 0, NULL); /* no parameter is allowed */
    void *values = arena_alloc(r->arena, spec->size);
    *query = values;
    return fields_read_query(r, spec->fields, spec->n, values);
}

static enum err find_tenant(struct request *r)
{
    if (r->route->tenant != TENANT_SLUG)
        return ERR_OK;
    db_slot slot = DB_QUEUE(r->db, STMT_SLUG_FIND, r->args[0]);
    TRY(db_run(r->db));
    r->restaurant_id = db_text(r->db, slot, 0, COL_SLUG_FIND_RESTAURANT_ID);
    return r->restaurant_id != NULL ? ERR_OK : ERR_NOT_FOUND;
}

static enum err handle(struct request *r, const void *query)
{
    return r->route->query != NULL ? r->route->query_handler(r, query) : r->route->handler(r);
}

/* The part that a lost connection lets us repeat. */
static enum err serve(struct request *r, const void *query)
{
    if (r->route->transaction == TX_NONE)
        return handle(r, query);
    TRY(db_start(r->db, r->arena));
    TRY(find_tenant(r));
    transaction_open(r, r->route->transaction == TX_WRITE);
    return transaction_end(r, handle(r, query));
}

/* Whether another try may succeed. Nothing of the last one is stored. */
static bool is_worth_repeating(const struct request *r, enum err err, const char *session_before)
{
    switch (err) {
    case ERR_DATABASE_UNAVAILABLE: /* the connection was lost */
        return r->route->transaction == TX_READ;
    case ERR_BUSY: /* class 40: rolled back, as in a deadlock; or a migration has passed */
        return r->overtaken || db_plans_are_stale(r->db) || strncmp(db_last_sqlstate(r->db), "40", 2) == 0;
    case ERR_CONFLICT: /* foreign_key_violation: what was read has changed since, such as the currency */
        return strcmp(db_last_sqlstate(r->db), "23503") == 0;
    case ERR_DAY_CLOSED: /* meanwhile: what is not of that day is of the next one */
        return strcmp(db_last_sqlstate(r->db), "OZ002") == 0;
    case ERR_SESSION_ENDED: /* it may have been merged into another meanwhile */
        return session_before == NULL || strcmp(session_before, r->who.session_id) != 0;
    default:
        return false;
    }
}

enum err dispatch_serve(struct request *r, const void *query)
{
    const struct principal who = r->who;
    const char *session_before = NULL, *restaurant_id = r->restaurant_id;
    enum err err = serve(r, query);
    for (int i = 1; i < TRIES && is_worth_repeating(r, err, session_before); i++) {
        session_before = err == ERR_SESSION_ENDED ? r->who.session_id : NULL;
        r->who = who;
        r->restaurant_id = restaurant_id;
        r->overtaken = false;
        r->stream = NULL;
        r->problem = (struct problem){0};
        r->response = (struct response){.token_was_bad = r->response.token_was_bad};
        err = serve(r, query);
    }
    return err;
}

static enum err run(struct request *r)
{
    const void *query;
    if (request_is_too_old(r))
        return ERR_OVERLOADED;
    TRY(route_match(r));
    TRY(authorize(r));
    TRY(idempotency_header_check(r));
    TRY(read_query(r, &query));
    TRY(read_body(r));
    return dispatch_serve(r, query);
}

void dispatch(struct request *r)
{
    enum err err = run(r);
    if (err == ERR_OUTCOME_UNKNOWN)
        problem_detail(r, "It is not known whether the change was stored. Repeat the request with the same "
                          "Idempotency-Key: the change is made only once");
    if (err != ERR_OK && err != ERR_ANSWERED)
        problem_answer(r, err);
}

bool dispatch_next(struct request *r)
{
    enum err err = transaction_next(r);
    if (err == ERR_OK)
        return true;
    r->response.status = err_status(err);
    LOG_WARN("an answer broke off", LOG_TEXT("request_id", r->id), LOG_TEXT("code", err_code(err)));
    return false;
}

void dispatch_abandon(struct request *r)
{
    db_rollback(r->db);
}
