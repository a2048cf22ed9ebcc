#include "api/payments/cash.h"

#include "db/statements.h"
#include "http/request.h"

db_slot cash_queue_drawer(struct request *r, const char *payment_id)
{
    return DB_QUEUE(r->db, STMT_CASH_DRAWER, r->restaurant_id, r->who.id, payment_id);
}

enum err cash_drawer(struct request *r, db_slot slot, const char **drawer_id)
{
    int64_t found = db_int(r->db, slot, 0, COL_CASH_DRAWER_FOUND);
    if (found > 1 && !db_bool(r->db, slot, 0, COL_CASH_DRAWER_IS_OWN)) {
        problem_detail(r,
                       "%d drawers are open and none is yours: let somebody who has a drawer do this, or open one, if "
                       "your role may",
                       (int)found);
        return ERR_DRAWER_REQUIRED;
    }
    *drawer_id = db_text(r->db, slot, 0, COL_CASH_DRAWER_ID);
    return ERR_OK;
}
