/* The menu's items, one by one and many at once. */
#include "api/paging.h"
#include "api/resource.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "db/array.h"
#include "domain/money.h"
#include "http/request.h"

#include <json-c/json.h>
#include <string.h>

enum { BULK_MAX = 500, TAGS_MAX = 30, TAG_LENGTH_MAX = 40 };

struct item_input {
    const char *category_id, *name, *description, *image_url, *station, *item_code;
    struct optional_int price, tax_rate_ppm, takeaway_tax_rate_ppm, position;
    struct optional_bool is_available;
    struct json_object *tags, *allergens;
};

/* The kitchen switches availability and nothing else. */
static const struct field fields[] = {
    {AT(item_input, category_id), .type = FIELD_UUID, .required = true, .roles = ROLES_MANAGERS},
    {AT(item_input, name), .type = FIELD_LINE, .required = true, .min = 1, .max = 120, .roles = ROLES_MANAGERS},
    {AT(item_input, price), .type = FIELD_INT, .required = true, .min = 0, .max = MONEY_MAX, .roles = ROLES_MANAGERS},
    {AT(item_input, description), .type = FIELD_TEXT, .max = 1000, .roles = ROLES_MANAGERS},
    {AT(item_input, tags), .type = FIELD_ARRAY, .max = TAGS_MAX, .roles = ROLES_MANAGERS},
    {AT(item_input, allergens), .type = FIELD_ARRAY, .max = TAGS_MAX, .roles = ROLES_MANAGERS},
    {AT(item_input, image_url), .type = FIELD_LINE, .max = 1000, .roles = ROLES_MANAGERS},
    {AT(item_input, is_available), .type = FIELD_BOOL, .lasting = true},
    {AT(item_input, station), .type = FIELD_LINE, .max = 60, .roles = ROLES_MANAGERS},
    {AT(item_input, item_code), .type = FIELD_LINE, .max = 20, .roles = ROLES_MANAGERS},
    {AT(item_input, tax_rate_ppm), .type = FIELD_INT, .min = 0, .max = RATE_ONE, .roles = ROLES_MANAGERS},
    {AT(item_input, takeaway_tax_rate_ppm), .type = FIELD_INT, .min = 0, .max = RATE_ONE, .roles = ROLES_MANAGERS},
    {AT(item_input, position), .type = FIELD_INT, .min = 0, .max = 1000000, .roles = ROLES_MANAGERS},
};

static const struct resource item = {
    .table = "menu_items",
    .path = "/api/menu/items",
    .fields = fields,
    .n_fields = sizeof fields / sizeof fields[0],
    .lock = STMT_ITEM_LOCK,
    .lock_version = COL_ITEM_LOCK_VERSION,
    .remove = STMT_ITEM_REMOVE,
    .get = STMT_ITEM_GET,
    .is_menu = true,
    .taken = ERR_NAME_TAKEN,
};

struct items_filter {
    struct paging paging;
    const char *category_id;
    struct optional_bool is_available;
};

static const struct field list_fields[] = {
    {PAGING_LIMIT},
    {PAGING_CURSOR},
    {AT(items_filter, category_id), .type = FIELD_UUID},
    {AT(items_filter, is_available), .type = FIELD_BOOL},
};
const struct query_spec items_query = {FIELDS(list_fields), sizeof(struct items_filter)};

enum err items_list(struct request *r, const void *query)
{
    const struct items_filter *filter = query;
    const char *after;
    TRY(paging_id(r, &filter->paging, &after));
    transaction_answer(r, 200,
                       DB_QUEUE(r->db, STMT_ITEMS_LIST, r->restaurant_id, paging_limit(r, &filter->paging), after,
                                filter->category_id, optional_bool_text(filter->is_available)));
    return ERR_OK;
}

enum err item_get(struct request *r)
{
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_ITEM_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}

static void check_words(struct request *r, struct json_object *words, const char *pointer)
{
    for (size_t i = 0; words != NULL && i < json_object_array_length(words); i++) {
        struct json_object *word = json_object_array_get_idx(words, i);
        int len = json_object_get_type(word) == json_type_string ? json_object_get_string_len(word) : 0;
        if (len < 1 || len > TAG_LENGTH_MAX)
            problem_fault(r, arena_printf(r->arena, "%s/%zu", pointer, i), "wrong_type",
                          "must be a string of 1 to %d bytes", TAG_LENGTH_MAX);
    }
}

static enum err check_input(struct request *r, const struct item_input *in)
{
    check_words(r, in->tags, "/tags");
    check_words(r, in->allergens, "/allergens");
    if (in->image_url != NULL && strncmp(in->image_url, "https://", 8) != 0)
        problem_fault(r, "/image_url", "invalid_format", "must begin with https://");
    return problem_verdict(r);
}

/* Runs the transaction. */
static enum err check_category(struct request *r, const struct item_input *in)
{
    db_slot slot =
        in->category_id != NULL ? DB_QUEUE(r->db, STMT_CATEGORY_EXISTS, r->restaurant_id, in->category_id) : -1;
    TRY(transaction_run(r));
    if (slot >= 0 && db_rows(r->db, slot) == 0)
        problem_fault(r, "/category_id", "not_found", "is not a category");
    return problem_verdict(r);
}

enum err item_create(struct request *r)
{
    struct item_input in = {0};
    resource_read(r, &item, false, &in);
    TRY(check_input(r, &in));
    TRY(check_category(r, &in));
    return resource_insert(r, &item, request_new_id(r), NULL);
}

enum err item_change(struct request *r)
{
    struct item_input in = {0};
    resource_read(r, &item, true, &in);
    TRY(check_input(r, &in));
    TRY(check_category(r, &in));
    TRY(resource_lock(r, &item));
    return resource_update(r, &item);
}

enum err item_delete(struct request *r)
{
    TRY(resource_lock(r, &item));
    return resource_remove(r, &item);
}

struct bulk_input {
    struct json_object *changes;
};

struct bulk_change {
    const char *id;
    struct optional_int price;
    struct optional_bool is_available;
};

static const struct field bulk_fields[] = {
    {AT(bulk_input, changes), .type = FIELD_ARRAY, .required = true, .min = 1, .max = BULK_MAX},
};

static const struct field bulk_change_fields[] = {
    {AT(bulk_change, id), .type = FIELD_UUID, .required = true},
    {AT(bulk_change, price), .type = FIELD_INT, .min = 0, .max = MONEY_MAX},
    {AT(bulk_change, is_available), .type = FIELD_BOOL},
};

static enum err read_bulk(struct request *r, struct bulk_change **out, size_t *n)
{
    struct bulk_input in = {0};
    fields_read(r, r->json, "", FIELDS(bulk_fields), &in);
    TRY(problem_verdict(r));
    *n = json_object_array_length(in.changes);
    struct bulk_change *changes = arena_array(r->arena, *n, sizeof *changes);
    for (size_t i = 0; i < *n; i++) {
        const char *pointer = arena_printf(r->arena, "/changes/%zu", i);
        bool good =
            fields_read(r, json_object_array_get_idx(in.changes, i), pointer, FIELDS(bulk_change_fields), &changes[i]);
        if (good && !changes[i].price.is_set && !changes[i].is_available.is_set)
            problem_fault(r, pointer, "required", "must have price or is_available");
        for (size_t k = 0; good && k < i; k++)
            if (changes[k].id != NULL && strcmp(changes[k].id, changes[i].id) == 0)
                problem_fault(r, arena_printf(r->arena, "%s/id", pointer), "repeated", "is given twice");
    }
    *out = changes;
    return problem_verdict(r);
}

static bool is_among(struct request *r, db_slot slot, const char *id)
{
    for (int row = 0; row < db_rows(r->db, slot); row++)
        if (strcmp(db_text(r->db, slot, row, COL_ITEMS_FIND_ID), id) == 0)
            return true;
    return false;
}

/* All or none. */
enum err items_bulk(struct request *r)
{
    struct bulk_change *changes;
    struct text ids, prices, available;
    size_t n;
    TRY(read_bulk(r, &changes, &n));
    array_init(&ids, r->arena);
    array_init(&prices, r->arena);
    array_init(&available, r->arena);
    for (size_t i = 0; i < n; i++) {
        array_add(&ids, changes[i].id);
        if (changes[i].price.is_set)
            array_add_int(&prices, changes[i].price.value);
        else
            array_add(&prices, NULL);
        array_add(&available, optional_bool_text(changes[i].is_available));
    }
    array_end(&ids);
    db_slot found = DB_QUEUE(r->db, STMT_ITEMS_FIND, r->restaurant_id, ids.bytes);
    TRY(transaction_run(r));
    for (size_t i = 0; i < n; i++)
        if (!is_among(r, found, changes[i].id))
            problem_fault(r, arena_printf(r->arena, "/changes/%zu/id", i), "not_found", "is not an item");
    TRY(problem_verdict(r));
    DB_QUEUE(r->db, STMT_ITEMS_BULK_UPDATE, r->restaurant_id, ids.bytes, array_end(&prices), array_end(&available));
    DB_QUEUE(r->db, STMT_MENU_VERSION_RAISE, r->restaurant_id);
    response_json(&r->response, 200, arena_printf(r->arena, "{\"changed\":%zu}", n));
    return ERR_OK;
}
