#include "api/session_start.h"

#include "api/transaction.h"
#include "http/request.h"

enum err session_start(struct request *r, const char *table_id, int pin_length, char pin[PIN_TEXT_SIZE],
                       const char **session_id)
{
    char hash[PIN_HASH_SIZE];
    bool staff = r->who.role != ROLE_NOBODY;
    *session_id = request_new_id(r);
    pin_make(pin_length, pin);
    pin_hash(r->keys, *session_id, pin, hash);
    DB_QUEUE(r->db, STMT_SESSION_LOCK_TABLE, r->restaurant_id, table_id);
    DB_QUEUE(r->db, STMT_SESSION_EXPIRE_TABLE, r->restaurant_id, table_id);
    db_slot inserted = DB_QUEUE(r->db, STMT_SESSION_INSERT, r->restaurant_id, *session_id, table_id,
                                staff ? "staff" : "diner", r->who.id, hash);
    TRY(transaction_run(r));
    if (db_affected(r->db, inserted) == 1)
        return ERR_OK;
    db_slot table = DB_QUEUE(r->db, STMT_TABLE_FIND, r->restaurant_id, table_id);
    TRY(transaction_run(r));
    return db_rows(r->db, table) == 0 ? ERR_NOT_FOUND : ERR_SESSION_ACTIVE;
}
