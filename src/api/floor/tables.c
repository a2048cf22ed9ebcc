/* The tables and the codes on them. */
#include "api/paging.h"
#include "api/resource.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "auth/code.h"
#include "base/arena.h"
#include "http/request.h"

struct table_input {
    const char *name, *zone;
    struct optional_int seats;
};

static const struct field fields[] = {
    {AT(table_input, name), .type = FIELD_LINE, .required = true, .min = 1, .max = 60},
    {AT(table_input, seats), .type = FIELD_INT, .required = true, .min = 1, .max = 500},
    {AT(table_input, zone), .type = FIELD_LINE, .max = 60},
};

static const struct resource table = {
    .table = "tables",
    .path = "/api/tables",
    .fields = fields,
    .n_fields = sizeof fields / sizeof fields[0],
    .lock = STMT_TABLE_LOCK,
    .lock_version = COL_TABLE_LOCK_VERSION,
    .remove = STMT_TABLE_REMOVE,
    .get = STMT_TABLE_GET,
    .taken = ERR_NAME_TAKEN,
};

static const struct field list_fields[] = {{PAGING_LIMIT}, {PAGING_CURSOR}};
const struct query_spec tables_query = {FIELDS(list_fields), sizeof(struct paging)};

enum err tables_list(struct request *r, const void *query)
{
    const struct paging *paging = query;
    const char *after;
    TRY(paging_id(r, paging, &after));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_TABLES_LIST, r->restaurant_id, paging_limit(r, paging), after));
    return ERR_OK;
}

enum err table_get(struct request *r)
{
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_TABLE_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}

static void queue_code(struct request *r, const char *table_id)
{
    char code[CODE_SIZE];
    code_make(code);
    DB_QUEUE(r->db, STMT_QR_CODE_INSERT, r->restaurant_id, request_new_id(r), table_id, arena_strdup(r->arena, code));
}

enum err table_create(struct request *r)
{
    struct table_input in = {0};
    const char *id = request_new_id(r);
    resource_read(r, &table, false, &in);
    TRY(problem_verdict(r));
    TRY(resource_insert(r, &table, id, NULL));
    queue_code(r, id);
    /* The answer shows the code, so it is read after it. */
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_TABLE_GET, r->restaurant_id, id));
    return ERR_OK;
}

enum err table_change(struct request *r)
{
    struct table_input in = {0};
    resource_read(r, &table, true, &in);
    TRY(problem_verdict(r));
    TRY(resource_lock(r, &table));
    return resource_update(r, &table);
}

enum err table_delete(struct request *r)
{
    TRY(resource_lock(r, &table));
    db_slot slot = DB_QUEUE(r->db, STMT_TABLE_IN_USE, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_bool(r->db, slot, 0, COL_TABLE_IN_USE_FOUND))
        return ERR_TABLE_IN_USE;
    DB_QUEUE(r->db, STMT_QR_CODE_RETIRE, r->restaurant_id, r->args[0]);
    return resource_remove(r, &table);
}

/* Retires the printed code and makes a new one. Guests who scan the old code
 * see that it is retired. */
enum err table_new_code(struct request *r)
{
    TRY(fields_read_nothing(r));
    TRY(resource_lock(r, &table));
    DB_QUEUE(r->db, STMT_QR_CODE_RETIRE, r->restaurant_id, r->args[0]);
    queue_code(r, r->args[0]);
    DB_QUEUE(r->db, STMT_TABLE_TOUCH, r->restaurant_id, r->args[0]);
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_TABLE_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}
