#include "sync/tenant.h"

#include "db/db.h"

bool tenant_start(struct sync *sync, const char *restaurant_id)
{
    if (db_start(sync->db, sync->arena) != ERR_OK)
        return false;
    DB_QUEUE_BARE(sync->db, STMT_BEGIN);
    DB_QUEUE(sync->db, STMT_SET_TENANT, restaurant_id);
    return true;
}
