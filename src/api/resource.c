#include "api/resource.h"

#include "api/if_match.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "http/request.h"

#include <json-c/json.h>

const char *resource_body(struct request *r)
{
    return json_object_to_json_string_ext(r->json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

/* Texts as they were read: trimmed, and "" as null. An array that is null is empty. */
static void put_back(struct request *r, const struct resource *resource, const void *in)
{
    if (problem_verdict(r) != ERR_OK)
        return;
    for (size_t i = 0; i < resource->n_fields; i++) {
        const struct field *f = &resource->fields[i];
        struct json_object *given;
        if (!json_object_object_get_ex(r->json, f->name, &given))
            continue;
        if (f->type == FIELD_ARRAY && given == NULL)
            json_object_object_add(r->json, f->name, json_object_new_array());
        if (f->type != FIELD_TEXT && f->type != FIELD_LINE)
            continue;
        const char *text = *(const char *const *)(const void *)((const char *)in + f->offset);
        json_object_object_add(r->json, f->name, text != NULL ? json_object_new_string(text) : NULL);
    }
}

void resource_read(struct request *r, const struct resource *resource, bool patch, void *out)
{
    if (patch)
        fields_read_patch(r, r->json, resource->fields, resource->n_fields, out);
    else
        fields_read(r, r->json, "", resource->fields, resource->n_fields, out);
    put_back(r, resource, out);
}

/* Once a transaction: the restaurant's row is written last. */
static void finish(struct request *r, const struct resource *resource)
{
    if (resource->is_menu)
        DB_QUEUE(r->db, STMT_MENU_VERSION_RAISE, r->restaurant_id);
}

static void queue_write(struct request *r, const struct resource *resource, const char *id)
{
    transaction_on_conflict(r, resource->taken);
    DB_QUEUE(r->db, STMT_RESOURCE_WRITE, resource->table, r->restaurant_id, id, resource_body(r));
}

enum err resource_insert(struct request *r, const struct resource *resource, const char *id, const char *parent_id)
{
    if (parent_id != NULL)
        json_object_object_add(r->json, resource->parent, json_object_new_string(parent_id));
    queue_write(r, resource, id);
    transaction_answer(r, 201, DB_QUEUE(r->db, resource->get, r->restaurant_id, id));
    r->response.location = arena_printf(r->arena, "%s/%s", resource->path, id);
    finish(r, resource);
    return ERR_OK;
}

enum err resource_lock(struct request *r, const struct resource *resource)
{
    db_slot slot = DB_QUEUE(r->db, resource->lock, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    return if_match_check(r, db_text(r->db, slot, 0, resource->lock_version));
}

enum err resource_update(struct request *r, const struct resource *resource)
{
    queue_write(r, resource, r->args[0]);
    transaction_answer(r, 200, DB_QUEUE(r->db, resource->get, r->restaurant_id, r->args[0]));
    finish(r, resource);
    return ERR_OK;
}

enum err resource_remove(struct request *r, const struct resource *resource)
{
    DB_QUEUE(r->db, resource->remove, r->restaurant_id, r->args[0]);
    r->response.status = 204;
    finish(r, resource);
    return ERR_OK;
}
