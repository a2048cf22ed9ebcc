#include "api/guess.h"

#include "auth/address.h"
#include "base/arena.h"
#include "http/request.h"

static const char *hash_of(struct request *r, const char *door_id, const char *address)
{
    char *hash = arena_alloc(r->arena, ADDRESS_HASH_SIZE);
    address_hash(r->keys, door_id, address, hash);
    return hash;
}

static void begin(struct request *r, struct guess *guess)
{
    guess->found = DB_QUEUE(r->db, STMT_DOOR_ADDRESS_FIND, r->restaurant_id, guess->door_id, guess->address,
                            arena_printf(r->arena, "%d", LOCKOUT_STRANGERS_MAX));
}

void guess_begin(struct request *r, const char *door_id, struct lockout_rule rule, struct guess *guess)
{
    *guess = (struct guess){.door_id = door_id, .address = hash_of(r, door_id, r->address), .rule = rule};
    begin(r, guess);
}

void guess_begin_signed_in(struct request *r, const char *door_id, struct lockout_rule rule, struct guess *guess)
{
    const char *sign_in = arena_printf(r->arena, "sign-in %s", r->who.family_id);
    *guess =
        (struct guess){.door_id = door_id, .address = hash_of(r, door_id, sign_in), .rule = rule, .is_trusted = true};
    begin(r, guess);
}

struct lockout_verdict guess_judge(struct request *r, const struct guess *guess)
{
    const struct lockout_record record = {
        .exists = db_text(r->db, guess->found, 0, COL_DOOR_ADDRESS_FIND_IS_KNOWN) != NULL,
        .known = guess->is_trusted || db_bool(r->db, guess->found, 0, COL_DOOR_ADDRESS_FIND_IS_KNOWN),
        .failures = (int)db_int(r->db, guess->found, 0, COL_DOOR_ADDRESS_FIND_FAILURES),
        .seconds = (int)db_int(r->db, guess->found, 0, COL_DOOR_ADDRESS_FIND_SECONDS),
        .strangers = (int)db_int(r->db, guess->found, 0, COL_DOOR_ADDRESS_FIND_STRANGERS),
    };
    struct lockout_verdict verdict = lockout_judge(&guess->rule, &record);
    if (verdict.counted)
        DB_QUEUE(r->db, STMT_DOOR_ADDRESS_TRIED, r->restaurant_id, guess->door_id, guess->address,
                 record.known ? "true" : "false", arena_printf(r->arena, "%d", verdict.failures),
                 arena_printf(r->arena, "%d", verdict.seconds));
    return verdict;
}

void guess_right(struct request *r, const char *door_id, int days)
{
    DB_QUEUE(r->db, STMT_DOOR_ADDRESS_RIGHT, r->restaurant_id, door_id, hash_of(r, door_id, r->address),
             arena_printf(r->arena, "%d", days));
}

void guess_seen(struct request *r, const char *door_id, int days)
{
    DB_QUEUE(r->db, STMT_DOOR_ADDRESS_SEEN, r->restaurant_id, door_id, hash_of(r, door_id, r->address),
             arena_printf(r->arena, "%d", days));
}

void guess_forget(struct request *r, const char *door_id)
{
    DB_QUEUE(r->db, STMT_DOOR_ADDRESSES_FORGET, r->restaurant_id, door_id);
}
