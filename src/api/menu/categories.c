/* The menu's categories. */
#include "api/resource.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "http/request.h"

struct category_input {
    const char *name, *description;
    struct optional_int position;
};

static const struct field fields[] = {
    {AT(category_input, name), .type = FIELD_LINE, .required = true, .min = 1, .max = 120},
    {AT(category_input, description), .type = FIELD_TEXT, .max = 1000},
    {AT(category_input, position), .type = FIELD_INT, .min = 0, .max = 1000000},
};

static const struct resource category = {
    .table = "menu_categories",
    .path = "/api/menu/categories",
    .fields = fields,
    .n_fields = sizeof fields / sizeof fields[0],
    .lock = STMT_CATEGORY_LOCK,
    .lock_version = COL_CATEGORY_LOCK_VERSION,
    .remove = STMT_CATEGORY_REMOVE,
    .get = STMT_CATEGORY_GET,
    .is_menu = true,
    .taken = ERR_NAME_TAKEN,
};

enum err categories_list(struct request *r)
{
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_CATEGORIES_LIST, r->restaurant_id));
    return ERR_OK;
}

enum err category_create(struct request *r)
{
    struct category_input in = {0};
    resource_read(r, &category, false, &in);
    TRY(problem_verdict(r));
    return resource_insert(r, &category, request_new_id(r), NULL);
}

enum err category_change(struct request *r)
{
    struct category_input in = {0};
    resource_read(r, &category, true, &in);
    TRY(problem_verdict(r));
    TRY(resource_lock(r, &category));
    return resource_update(r, &category);
}

enum err category_delete(struct request *r)
{
    TRY(resource_lock(r, &category));
    db_slot slot = DB_QUEUE(r->db, STMT_CATEGORY_IN_USE, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_bool(r->db, slot, 0, COL_CATEGORY_IN_USE_FOUND))
        return ERR_CATEGORY_IN_USE;
    return resource_remove(r, &category);
}
