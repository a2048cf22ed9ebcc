/* The tables, as staff see them. */
#include "api/handlers.h"
#include "api/paging.h"
#include "api/transaction.h"
#include "http/request.h"

static const struct field fields[] = {PAGING_FIELDS};
const struct query_spec tables_query = {FIELDS(fields), sizeof(struct paging)};

enum err tables_list(struct request *r, const void *query)
{
    const struct paging *paging = query;
    const char *after;
    TRY(paging_id(r, paging, &after));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_TABLES_LIST, r->restaurant_id, paging_limit(r, paging), after));
    return ERR_OK;
}

enum err table_get(struct request *r, const void *query)
{
    (void)query;
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_TABLE_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}
