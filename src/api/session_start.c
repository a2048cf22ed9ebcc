#include "api/session_start.h"

#include "api/guess.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "http/request.h"

const char *session_guest_count(struct request *r, struct optional_int guest_count)
{
    return guest_count.is_set ? request_int_text(r, guest_count.value) : NULL;
}

enum err session_start(struct request *r, const char *table_id, int pin_length, struct optional_int guest_count,
                       char pin[PIN_TEXT_SIZE], const char **session_id)
{
    char hash[PIN_HASH_SIZE];
    bool staff = r->who.role != ROLE_NOBODY;
    *session_id = request_new_id(r);
    pin_make(pin_length, pin);
    pin_hash(r->keys, *session_id, pin, hash);
    DB_QUEUE(r->db, STMT_SESSION_LOCK_TABLE, r->restaurant_id, table_id);
    DB_QUEUE(r->db, STMT_SESSION_EXPIRE_TABLE, r->restaurant_id, table_id);
    db_slot inserted = DB_QUEUE(r->db, STMT_SESSION_INSERT, r->restaurant_id, *session_id, table_id,
                                staff ? "staff" : "diner", r->who.id, hash, session_guest_count(r, guest_count));
    TRY(transaction_run(r));
    if (db_affected(r->db, inserted) == 1)
        return ERR_OK;
    db_slot table = DB_QUEUE(r->db, STMT_TABLE_FIND, r->restaurant_id, table_id);
    TRY(transaction_run(r));
    return db_rows(r->db, table) == 0 ? ERR_NOT_FOUND : ERR_SESSION_ACTIVE;
}

enum err session_answer_with_pin(struct request *r, const char *session_id, const char *pin, int status)
{
    db_slot session = DB_QUEUE(r->db, STMT_SESSION_GET, r->restaurant_id, session_id);
    TRY(transaction_run(r));
    response_json(&r->response, status,
                  arena_printf(r->arena, "{\"session\":%s,\"pin\":\"%s\"}",
                               db_text(r->db, session, 0, COL_SESSION_GET_ANSWER), pin));
    response_version(&r->response, r->arena, db_text(r->db, session, 0, COL_SESSION_GET_VERSION));
    return ERR_OK;
}

enum err session_renew_pin(struct request *r, const char *session_id, int pin_length)
{
    char pin[PIN_TEXT_SIZE], hash[PIN_HASH_SIZE];
    pin_make(pin_length, pin);
    pin_hash(r->keys, session_id, pin, hash);
    DB_QUEUE(r->db, STMT_SESSION_PIN_SET, r->restaurant_id, session_id, hash);
    guess_forget(r, session_id);
    return session_answer_with_pin(r, session_id, pin, 200);
}
