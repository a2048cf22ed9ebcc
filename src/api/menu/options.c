/* What guests may choose for an item: options and their values. */
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

enum { VALUES_MAX = 50 };

struct option_input {
    const char *name;
    struct optional_int min_select, max_select, position;
    struct optional_bool allow_repeat;
    struct json_object *values;
};

struct value_input {
    const char *id, *name;
    struct optional_int price_modifier;
    struct optional_bool is_default, is_available;
};

static const struct field fields[] = {
    {AT(option_input, name), .type = FIELD_LINE, .required = true, .min = 1, .max = 120},
    {AT(option_input, min_select), .type = FIELD_INT, .min = 0, .max = VALUES_MAX},
    {AT(option_input, max_select), .type = FIELD_INT, .min = 1, .max = VALUES_MAX},
    {AT(option_input, allow_repeat), .type = FIELD_BOOL, .lasting = true},
    {AT(option_input, position), .type = FIELD_INT, .min = 0, .max = 1000000},
    {AT(option_input, values), .type = FIELD_ARRAY, .required = true, .min = 1, .max = VALUES_MAX},
};

static const struct field value_fields[] = {
    {AT(value_input, id), .type = FIELD_UUID},
    {AT(value_input, name), .type = FIELD_LINE, .required = true, .min = 1, .max = 120},
    {AT(value_input, price_modifier), .type = FIELD_INT, .min = -MONEY_MAX, .max = MONEY_MAX},
    {AT(value_input, is_default), .type = FIELD_BOOL},
    {AT(value_input, is_available), .type = FIELD_BOOL},
};

static const struct resource option = {
    .table = "menu_item_options",
    .parent = "menu_item_id",
    .path = "/api/menu/options",
    .fields = fields,
    .n_fields = sizeof fields / sizeof fields[0],
    .lock = STMT_OPTION_LOCK,
    .lock_version = COL_OPTION_LOCK_VERSION,
    .remove = STMT_OPTION_REMOVE,
    .get = STMT_OPTION_GET,
    .is_menu = true,
    .taken = ERR_NAME_TAKEN,
};

struct values {
    struct value_input *list;
    size_t n;
};

static void read_values(struct request *r, struct json_object *array, struct values *out)
{
    *out = (struct values){0};
    if (array == NULL)
        return;
    out->n = json_object_array_length(array);
    out->list = arena_array(r->arena, out->n, sizeof *out->list);
    for (size_t i = 0; i < out->n; i++)
        fields_read(r, json_object_array_get_idx(array, i), arena_printf(r->arena, "/values/%zu", i),
                    FIELDS(value_fields), &out->list[i]);
}

/* Checks min..max against each other and against the values. n: number of
 * values, 0 if they stay as they are. */
static void check_numbers(struct request *r, int64_t min, int64_t max, size_t n)
{
    if (min > max)
        problem_fault(r, "/min_select", "out_of_range", "must not be above max_select");
    else if (n > 0 && min > (int64_t)n)
        problem_fault(r, "/min_select", "out_of_range", "must not be above the number of values");
}

static int64_t or_else(struct optional_int given, int64_t otherwise)
{
    return given.is_set ? given.value : otherwise;
}

/* The new values: those with an id of this option stay the same values, the
 * others are new, and any not named is removed. */
static void queue_values(struct request *r, const char *option_id, const struct values *values)
{
    struct text ids, kept, names, modifiers, defaults, available;
    struct text *const all[] = {&ids, &kept, &names, &modifiers, &defaults, &available};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        array_init(all[i], r->arena);
    for (size_t i = 0; i < values->n; i++) {
        const struct value_input *v = &values->list[i];
        const char *id = v->id != NULL ? v->id : request_new_id(r);
        array_add(&ids, id);
        array_add(&kept, id);
        array_add(&names, v->name);
        array_add_int(&modifiers, v->price_modifier.value);
        array_add(&defaults, bool_text(v->is_default.value));
        array_add(&available, v->is_available.is_set && !v->is_available.value ? "false" : "true");
    }
    DB_QUEUE(r->db, STMT_OPTION_VALUES_REMOVE, r->restaurant_id, option_id, array_end(&kept));
    DB_QUEUE(r->db, STMT_OPTION_VALUES_WRITE, r->restaurant_id, option_id, array_end(&ids), array_end(&names),
             array_end(&modifiers), array_end(&defaults), array_end(&available));
}

enum err option_create(struct request *r)
{
    struct option_input in = {0};
    struct values values;
    const char *id = request_new_id(r);
    resource_read(r, &option, false, &in);
    read_values(r, in.values, &values);
    check_numbers(r, or_else(in.min_select, 0), or_else(in.max_select, 1), values.n);
    for (size_t i = 0; i < values.n; i++)
        if (values.list[i].id != NULL)
            problem_fault(r, arena_printf(r->arena, "/values/%zu/id", i), "unknown_field", "is assigned by the server");
    TRY(problem_verdict(r));
    db_slot slot = DB_QUEUE(r->db, STMT_ITEM_LOCK, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    TRY(resource_insert(r, &option, id, r->args[0]));
    queue_values(r, id, &values);
    DB_QUEUE(r->db, STMT_ITEM_TOUCH, r->restaurant_id, r->args[0]);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_OPTION_GET, r->restaurant_id, id));
    return ERR_OK;
}

/* A value's id must be one of this option's. */
static enum err check_value_ids(struct request *r, db_slot slot, const struct values *values)
{
    for (size_t i = 0; i < values->n; i++) {
        const char *id = values->list[i].id;
        bool known = id == NULL;
        for (int row = 0; !known && row < db_rows(r->db, slot); row++)
            known = strcmp(db_text(r->db, slot, row, COL_OPTION_VALUES_LIST_ID), id) == 0;
        if (!known)
            problem_fault(r, arena_printf(r->arena, "/values/%zu/id", i), "not_found", "is not a value of this option");
        for (size_t k = 0; id != NULL && k < i; k++)
            if (values->list[k].id != NULL && strcmp(values->list[k].id, id) == 0)
                problem_fault(r, arena_printf(r->arena, "/values/%zu/id", i), "repeated", "is given twice");
    }
    return problem_verdict(r);
}

enum err option_change(struct request *r)
{
    struct option_input in = {0};
    struct values values;
    resource_read(r, &option, true, &in);
    read_values(r, in.values, &values);
    TRY(problem_verdict(r));
    db_slot lock = DB_QUEUE(r->db, STMT_OPTION_LOCK, r->restaurant_id, r->args[0]);
    db_slot known = DB_QUEUE(r->db, STMT_OPTION_VALUES_LIST, r->restaurant_id, r->args[0]);
    TRY(resource_lock(r, &option));
    size_t n = in.values != NULL ? values.n : (size_t)db_rows(r->db, known);
    check_numbers(r, or_else(in.min_select, db_int(r->db, lock, 0, COL_OPTION_LOCK_MIN_SELECT)),
                  or_else(in.max_select, db_int(r->db, lock, 0, COL_OPTION_LOCK_MAX_SELECT)), n);
    TRY(check_value_ids(r, known, &values));
    TRY(resource_update(r, &option));
    if (in.values != NULL)
        queue_values(r, r->args[0], &values);
    DB_QUEUE(r->db, STMT_ITEM_TOUCH, r->restaurant_id, db_text(r->db, lock, 0, COL_OPTION_LOCK_MENU_ITEM_ID));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_OPTION_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}

enum err option_delete(struct request *r)
{
    db_slot lock = DB_QUEUE(r->db, STMT_OPTION_LOCK, r->restaurant_id, r->args[0]);
    TRY(resource_lock(r, &option));
    DB_QUEUE(r->db, STMT_ITEM_TOUCH, r->restaurant_id, db_text(r->db, lock, 0, COL_OPTION_LOCK_MENU_ITEM_ID));
    return resource_remove(r, &option);
}
