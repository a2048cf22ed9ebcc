/* The tables and the codes on them. */
#include "api/paging.h"
#include "api/resource.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "auth/code.h"
#include "base/arena.h"
#include "http/request.h"

#include <string.h>

struct table_input {
    const char *name, *zone, *code;
    struct optional_int seats;
};

static const struct field fields[] = {
    {AT(table_input, name), .type = FIELD_LINE, .required = true, .min = 1, .max = 60},
    {AT(table_input, seats), .type = FIELD_INT, .required = true, .min = 1, .max = 500},
    {AT(table_input, zone), .type = FIELD_LINE, .max = 60},
    {AT(table_input, code), .type = FIELD_LINE, .lasting = true, .min = 8, .max = 64},
};
/* A new table gets a new code; a change may name one that was printed. */
enum { CHANGED_FIELDS = sizeof fields / sizeof fields[0], NEW_FIELDS = CHANGED_FIELDS - 1 };

static const struct resource table = {
    .table = "tables",
    .path = "/api/tables",
    .fields = fields,
    .n_fields = NEW_FIELDS,
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

static bool is_among(struct request *r, db_slot tables, const char *id)
{
    for (int row = 0; row < db_rows(r->db, tables); row++)
        if (strcmp(db_text(r->db, tables, row, COL_TABLES_LOCK_CODE_ID), id) == 0)
            return true;
    return false;
}

/* The code's table gets this one's, if the code was on it until now: the plates were
 * swapped. `tables`: those that are locked, so that none of their codes changes. */
static enum err give_code(struct request *r, db_slot tables, const char *code)
{
    db_slot found = DB_QUEUE(r->db, STMT_QR_CODE_FIND, r->restaurant_id, code);
    db_slot own = DB_QUEUE(r->db, STMT_QR_CODE_OF_TABLE, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, found) == 0) {
        problem_fault(r, "/code", "not_found", "is not a code of this restaurant");
        return problem_verdict(r);
    }
    const char *code_id = db_text(r->db, found, 0, COL_QR_CODE_FIND_ID);
    const char *other = db_text(r->db, found, 0, COL_QR_CODE_FIND_TABLE_ID);
    bool was_current = db_bool(r->db, found, 0, COL_QR_CODE_FIND_IS_CURRENT);
    if (!is_among(r, tables, other))
        return ERR_BUSY; /* it went to yet another table just now */
    DB_QUEUE(r->db, STMT_QR_CODE_RETIRE, r->restaurant_id, r->args[0]);
    DB_QUEUE(r->db, STMT_QR_CODE_GIVE, r->restaurant_id, code_id, r->args[0]);
    if (was_current && strcmp(other, r->args[0]) != 0) {
        DB_QUEUE(r->db, STMT_QR_CODE_GIVE, r->restaurant_id, db_text(r->db, own, 0, COL_QR_CODE_OF_TABLE_ID), other);
        DB_QUEUE(r->db, STMT_TABLE_TOUCH, r->restaurant_id, other);
    }
    return ERR_OK;
}

enum err table_change(struct request *r)
{
    struct table_input in = {0};
    struct resource with_code = table;
    db_slot tables = -1;
    with_code.n_fields = CHANGED_FIELDS;
    resource_read(r, &with_code, true, &in);
    TRY(problem_verdict(r));
    if (in.code != NULL)
        tables = DB_QUEUE(r->db, STMT_TABLES_LOCK_CODE, r->restaurant_id, r->args[0], in.code);
    TRY(resource_lock(r, &table));
    if (in.code != NULL)
        TRY(give_code(r, tables, in.code));
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
