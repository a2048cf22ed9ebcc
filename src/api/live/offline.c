/* POST /api/sync: what a client did while the network was away, in order. Each
 * change is served as the request that it would have been. */
#include "api/caller.h"
#include "api/dispatch.h"
#include "api/offline_change.h"
#include "api/routes.h"
#include "base/arena.h"
#include "base/json_arena.h"
#include "base/text.h"
#include "base/uuid7.h"
#include "domain/card_number.h"
#include "domain/phone_number.h"
#include "http/request.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

enum { CHANGES_MAX = 100 };

struct sync_input {
    const char *client_id;
    struct json_object *changes;
};

static const struct field fields[] = {
    {.name = "client_id",
     .type = FIELD_RAW,
     .offset = offsetof(struct sync_input, client_id),
     .required = true,
     .min = 1,
     .max = 255},
    {.name = "changes",
     .type = FIELD_ARRAY,
     .offset = offsetof(struct sync_input, changes),
     .required = true,
     .max = CHANGES_MAX},
};

/* What a change is as a request. `target`: the member of its payload that goes
 * into the path. */
static const struct kind {
    const char *type, *method, *pattern, *target;
} kinds[] = {
    {"order.create", "POST", "/api/orders", NULL},
    {"order.status", "PUT", "/api/orders/{id}", "order_id"},
    {"service_call.create", "POST", "/api/service-calls", NULL},
    {"menu_item.availability", "PATCH", "/api/menu/items/{id}", "menu_item_id"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const char *const types[] = {"order.create", "order.status", "service_call.create", "menu_item.availability",
                                    NULL};

static const struct field change_fields[] = {
    {AT(offline_change, change_id), .type = FIELD_RAW, .required = true, .min = 1, .max = 255},
    {AT(offline_change, type), .type = FIELD_CHOICE, .required = true, .choices = types},
    {AT(offline_change, payload), .type = FIELD_OBJECT, .required = true},
    {AT(offline_change, occurred_at), .type = FIELD_TIME},
};

static const struct kind *kind_of(const char *type)
{
    for (int i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].type, type) == 0)
            return &kinds[i];
    return NULL;
}

static const struct route *route_of(const struct kind *kind)
{
    for (size_t i = 0; i < n_routes; i++)
        if (strcmp(routes[i].method, kind->method) == 0 && strcmp(routes[i].pattern, kind->pattern) == 0)
            return &routes[i];
    return NULL;
}

/* Takes the id for the path out of the payload. */
static enum err take_target(struct request *sub, const struct kind *kind)
{
    struct json_object *value;
    char *id = arena_alloc(sub->arena, UUID_TEXT_SIZE);
    if (kind->target == NULL)
        return ERR_OK;
    const char *pointer = arena_printf(sub->arena, "/%s", kind->target);
    if (!json_object_object_get_ex(sub->json, kind->target, &value)) {
        problem_fault(sub, pointer, "required", "must be given");
    } else if (!json_object_is_type(value, json_type_string) || !uuid_parse(json_object_get_string(value), id)) {
        problem_fault(sub, pointer, "invalid_format", "must be a UUID");
    } else {
        sub->args[0] = id;
        json_object_object_del(sub->json, kind->target);
    }
    return problem_verdict(sub);
}

/* An availability change changes nothing else. */
static enum err check_members(struct request *sub, const struct kind *kind)
{
    if (strcmp(kind->type, "menu_item.availability") != 0)
        return ERR_OK;
    json_object_object_foreach (sub->json, key, value) {
        (void)value;
        if (strcmp(key, "is_available") != 0)
            problem_fault(sub, arena_printf(sub->arena, "/%s", key), "unknown_field", "is not a field of this change");
    }
    return problem_verdict(sub);
}

static enum err do_change(struct request *sub)
{
    const struct kind *kind = kind_of(sub->change->type);
    sub->route = kind != NULL ? route_of(kind) : NULL;
    if (sub->route == NULL)
        return ERR_INTERNAL;
    if (!(sub->route->roles & sub->who.role))
        return caller_refuse(sub, "do this");
    TRY(take_target(sub, kind));
    TRY(check_members(sub, kind));
    return dispatch_serve(sub, NULL);
}

static enum err keep_refusal(struct request *sub)
{
    (void)sub;
    return ERR_OK; /* what will be stored is ready */
}

/* What an order takes as a phone number (card_guard_check_phone). */
static bool is_phone(const char *key, struct json_object *value)
{
    return strcmp(key, "customer_phone") == 0 && json_object_is_type(value, json_type_string) &&
           phone_number_is(json_object_get_string(value));
}

/* In any text or number; a UUID's digits do not count. */
static bool holds_card_number(struct json_object *value)
{
    char id[UUID_TEXT_SIZE];
    switch (json_object_get_type(value)) {
    case json_type_object:
        json_object_object_foreach (value, key, member)
            if (card_number_in(key) || (!is_phone(key, member) && holds_card_number(member)))
                return true;
        return false;
    case json_type_array:
        for (size_t i = 0; i < json_object_array_length(value); i++)
            if (holds_card_number(json_object_array_get_idx(value, i)))
                return true;
        return false;
    case json_type_string:
    case json_type_int:
    case json_type_double:
        return !uuid_parse(json_object_get_string(value), id) && card_number_in(json_object_get_string(value));
    default:
        return false;
    }
}

/* Stores why it was not done, so that it is not tried again. A card number
 * that was refused is not kept. */
static enum err refuse(struct request *sub, enum err err)
{
    static const struct route route = {
        .method = "POST",
        .pattern = "/api/sync",
        .tenant = TENANT_TOKEN,
        .roles = ROLES_ALL,
        .transaction = TX_WRITE,
        .body = BODY_REQUIRED,
        .handler = keep_refusal,
    };
    problem_answer(sub, err);
    sub->route = &route;
    sub->change->refusal = sub->response.body;
    if (holds_card_number(sub->json))
        sub->change->payload_text = "{}";
    sub->problem = (struct problem){0};
    return dispatch_serve(sub, NULL);
}

/* Whether the same might succeed later: then everything left waits. */
static bool is_final(enum err err)
{
    int status = err_status(err);
    return status >= 400 && status < 500 && status != 401 && status != 429 && err != ERR_IDEMPOTENCY_IN_PROGRESS;
}

static void add_result(struct text *json, const struct offline_change *change)
{
    bool applied = strcmp(change->status, "applied") == 0;
    text_json_comma(json);
    text_puts(json, "{");
    text_json_member(json, "change_id", change->change_id);
    text_json_member(json, "status", applied && change->was_known ? "duplicate" : change->status);
    text_puts(json, ",");
    text_puts(json, change->result + 1); /* the one member, and the brace */
}

/* A separate request inside this one, with its own payload: the target is
 * taken out of it, and the whole batch may be tried again. */
static struct request sub_request(const struct request *r, struct offline_change *change)
{
    struct request sub = *r;
    struct json_object *payload = NULL;
    if (json_object_deep_copy(change->payload, &payload, NULL) != 0)
        abort(); /* no memory, as in the arena */
    json_arena_own(r->arena, payload);
    sub.json = payload;
    sub.idempotency_key = NULL;
    sub.if_match = "";
    sub.change = change;
    sub.problem = (struct problem){0};
    sub.response = (struct response){.token_was_bad = r->response.token_was_bad};
    return sub;
}

static enum err take_change(struct request *r, struct offline_change *change, struct text *json)
{
    struct request sub = sub_request(r, change);
    enum err err = do_change(&sub);
    if (err != ERR_OK && err != ERR_ANSWERED && is_final(err))
        err = refuse(&sub, err);
    if (err != ERR_OK && err != ERR_ANSWERED) {
        r->problem = sub.problem;
        r->response.retry_after = sub.response.retry_after;
        return err;
    }
    add_result(json, change);
    return ERR_OK;
}

static enum err read_changes(struct request *r, struct sync_input *in, struct offline_change **out, size_t *n)
{
    fields_read(r, r->json, "", FIELDS(fields), in);
    *n = in->changes != NULL ? json_object_array_length(in->changes) : 0;
    *out = arena_array(r->arena, *n, sizeof **out);
    for (size_t i = 0; i < *n; i++) {
        fields_read(r, json_object_array_get_idx(in->changes, i), arena_printf(r->arena, "/changes/%zu", i),
                    FIELDS(change_fields), &(*out)[i]);
        (*out)[i].client_id = in->client_id;
        if ((*out)[i].payload != NULL)
            (*out)[i].payload_text =
                arena_strdup(r->arena, json_object_to_json_string_ext((*out)[i].payload, JSON_C_TO_STRING_PLAIN));
    }
    return problem_verdict(r);
}

enum err offline_sync(struct request *r)
{
    struct sync_input in = {0};
    struct offline_change *changes;
    struct text json;
    size_t n;
    TRY(read_changes(r, &in, &changes, &n));
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_key(&json, "results");
    text_puts(&json, "[");
    for (size_t i = 0; i < n; i++)
        TRY(take_change(r, &changes[i], &json));
    text_puts(&json, "]}");
    response_json(&r->response, 200, json.bytes);
    return ERR_OK;
}
