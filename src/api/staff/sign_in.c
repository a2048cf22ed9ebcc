/* How staff sign in and stay signed in: password, access token, refresh tokens
 * that give the next pair. */
#include "api/guess.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "auth/keys.h"
#include "auth/password.h"
#include "auth/refresh.h"
#include "auth/token.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"
#include "conf/conf.h"
#include "http/request.h"

#include <string.h>

/* How long a network is known from which somebody signed in. */
enum { KNOWN_DAYS = 90 };

static const char no_restaurant[] = "00000000-0000-0000-0000-000000000000";

struct login_input {
    const char *restaurant, *email, *password;
};

static const struct field login_fields[] = {
    {.name = "restaurant",
     .type = FIELD_LINE,
     .offset = offsetof(struct login_input, restaurant),
     .required = true,
     .min = 1,
     .max = 63},
    {.name = "email",
     .type = FIELD_LINE,
     .offset = offsetof(struct login_input, email),
     .required = true,
     .min = 1,
     .max = 254},
    {.name = "password",
     .type = FIELD_RAW,
     .offset = offsetof(struct login_input, password),
     .required = true,
     .min = 1,
     .max = PASSWORD_MAX},
};

/* Issues a pair of tokens for r->who, whose family_id is set, and makes the
 * answer. parent_id is the refresh token that they are given for, or NULL. */
static enum err answer_pair(struct request *r, const char *parent_id)
{
    char refresh[REFRESH_TOKEN_SIZE], hash[REFRESH_HASH_SIZE];
    int64_t now = clock_real_us() / 1000000, seconds = (int64_t)r->conf->access_token_minutes * 60;
    const char *access = token_issue(r->arena, &r->keys->token, &r->who, now, now + seconds);
    if (access == NULL)
        return ERR_INTERNAL;
    refresh_make(r->restaurant_id, refresh, hash);
    DB_QUEUE(r->db, STMT_REFRESH_INSERT, r->restaurant_id, request_new_id(r), r->who.family_id, r->who.id, hash,
             arena_printf(r->arena, "%d", r->conf->refresh_token_days), parent_id);
    db_slot me = DB_QUEUE(r->db, STMT_STAFF_ME, r->restaurant_id, r->who.id);
    TRY(transaction_run(r));
    response_json(&r->response, 200,
                  arena_printf(r->arena,
                               "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d,"
                               "\"refresh_token\":\"%s\",\"user\":%s}",
                               access, (int)seconds, refresh, db_text(r->db, me, 0, COL_STAFF_ME_ANSWER)));
    return ERR_OK;
}

struct login_account {
    const char *id, *password_hash, *email;
    enum role role;
    bool is_judged; /* its password may be looked at */
};

/* Counts the try as wrong: however many come at once, no more are checked than
 * allowed. */
static enum err count_try(struct request *r, const char *email, struct login_account *account)
{
    struct guess guess;
    db_slot slot = DB_QUEUE(r->db, STMT_STAFF_FOR_LOGIN, r->restaurant_id, email);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_OK;
    *account = (struct login_account){
        .id = db_text(r->db, slot, 0, COL_STAFF_FOR_LOGIN_ID),
        .role = role_parse(db_text(r->db, slot, 0, COL_STAFF_FOR_LOGIN_ROLE)),
        .password_hash = db_text(r->db, slot, 0, COL_STAFF_FOR_LOGIN_PASSWORD_HASH),
        .email = db_text(r->db, slot, 0, COL_STAFF_FOR_LOGIN_EMAIL),
    };
    guess_begin(r, account->id, lockout_password, &guess);
    TRY(transaction_run(r));
    account->is_judged = guess_judge(r, &guess).judged;
    return ERR_OK;
}

/* Reads the account and counts the try in a transaction of its own, since
 * checking the password takes too long to hold one open. An unknown restaurant
 * takes the same time. */
static enum err find_account(struct request *r, const struct login_input *in, struct login_account *account)
{
    db_slot slug = DB_QUEUE(r->db, STMT_SLUG_FIND, in->restaurant);
    TRY(db_run(r->db));
    const char *found = db_text(r->db, slug, 0, COL_SLUG_FIND_RESTAURANT_ID);
    r->restaurant_id = found != NULL ? found : no_restaurant;
    *account = (struct login_account){0};
    transaction_open(r, true);
    return transaction_end(r, count_try(r, in->email, account));
}

static enum err refuse(struct request *r)
{
    problem_detail(r, "The restaurant, e-mail address or password is wrong, or there were too many attempts: "
                      "check them, or wait a minute; if that fails, an hour");
    return ERR_INVALID_CREDENTIALS;
}

/* Locks the account. Its password may have changed in the meantime. */
static enum err let_in(struct request *r, const struct login_account *account)
{
    db_slot slot = DB_QUEUE(r->db, STMT_STAFF_LOCK, r->restaurant_id, account->id);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0 ||
        strcmp(db_text(r->db, slot, 0, COL_STAFF_LOCK_PASSWORD_HASH), account->password_hash) != 0)
        return refuse(r);
    r->who = (struct principal){.role = account->role,
                                .id = account->id,
                                .restaurant_id = r->restaurant_id,
                                .family_id = request_new_id(r),
                                .email = account->email};
    guess_right(r, account->id, KNOWN_DAYS);
    return answer_pair(r, NULL);
}

enum err sign_in(struct request *r)
{
    struct login_input in = {0};
    struct login_account account;
    fields_read(r, r->json, "", FIELDS(login_fields), &in);
    TRY(problem_verdict(r));
    TRY(db_start(r->db, r->arena));
    TRY(find_account(r, &in, &account));
    enum password_verdict verdict = password_verify(account.password_hash, in.password);
    if (verdict == PASSWORD_NO_MEMORY)
        return ERR_BUSY;
    if (!account.is_judged || verdict == PASSWORD_WRONG)
        return refuse(r);
    transaction_open(r, true);
    return transaction_end(r, let_in(r, &account));
}

struct refresh_input {
    const char *refresh_token;
};

static const struct field refresh_fields[] = {
    {.name = "refresh_token",
     .type = FIELD_RAW,
     .offset = offsetof(struct refresh_input, refresh_token),
     .required = true,
     .min = 1,
     .max = 200},
};

/* A token is used again after what was given for it: one of the two callers
 * stole it, and the whole family ends. */
static enum err end_family(struct request *r, const char *family_id)
{
    DB_QUEUE(r->db, STMT_REFRESH_REVOKE_FAMILY, r->restaurant_id, family_id);
    TRY(transaction_run(r));
    transaction_keep(r);
    problem_detail(r, "The refresh token was already used: sign in again");
    return ERR_INVALID_REFRESH_TOKEN;
}

/* A token that is presented again was not stolen as long as nobody has used
 * what was given for it. Soon after its first use the answer was lost, or two
 * tabs of a browser came at once, and either may hold the pair that will be
 * used; later, what was not used so far never arrived. */
static void queue_use(struct request *r, db_slot found)
{
    const char *id = db_text(r->db, found, 0, COL_REFRESH_FIND_ID);
    if (!db_bool(r->db, found, 0, COL_REFRESH_FIND_IS_USED))
        DB_QUEUE(r->db, STMT_REFRESH_USE, r->restaurant_id, id);
    else if (!db_bool(r->db, found, 0, COL_REFRESH_FIND_IS_REPEAT))
        DB_QUEUE(r->db, STMT_REFRESH_REVOKE_UNUSED, r->restaurant_id, id);
}

static enum err exchange(struct request *r, const char *hash)
{
    DB_QUEUE(r->db, STMT_REFRESH_LOCK_ACCOUNT, r->restaurant_id, hash);
    db_slot slot = DB_QUEUE(r->db, STMT_REFRESH_FIND, r->restaurant_id, hash);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0 || db_bool(r->db, slot, 0, COL_REFRESH_FIND_IS_REVOKED))
        return ERR_INVALID_REFRESH_TOKEN;
    bool expired = db_bool(r->db, slot, 0, COL_REFRESH_FIND_IS_EXPIRED),
         active = db_bool(r->db, slot, 0, COL_REFRESH_FIND_IS_ACTIVE);
    if (db_bool(r->db, slot, 0, COL_REFRESH_FIND_IS_SUCCEEDED))
        return end_family(r, db_text(r->db, slot, 0, COL_REFRESH_FIND_FAMILY_ID));
    if (expired || !active)
        return ERR_INVALID_REFRESH_TOKEN;
    r->who = (struct principal){.role = role_parse(db_text(r->db, slot, 0, COL_REFRESH_FIND_ROLE)),
                                .id = db_text(r->db, slot, 0, COL_REFRESH_FIND_STAFF_ID),
                                .restaurant_id = r->restaurant_id,
                                .family_id = db_text(r->db, slot, 0, COL_REFRESH_FIND_FAMILY_ID),
                                .email = db_text(r->db, slot, 0, COL_REFRESH_FIND_EMAIL)};
    queue_use(r, slot);
    guess_seen(r, r->who.id, KNOWN_DAYS);
    return answer_pair(r, db_text(r->db, slot, 0, COL_REFRESH_FIND_ID));
}

enum err sign_in_refresh(struct request *r)
{
    struct refresh_input in = {0};
    char hash[REFRESH_HASH_SIZE];
    fields_read(r, r->json, "", FIELDS(refresh_fields), &in);
    TRY(problem_verdict(r));
    char *restaurant_id = arena_alloc(r->arena, UUID_TEXT_SIZE);
    if (!refresh_read(in.refresh_token, restaurant_id, hash))
        return ERR_INVALID_REFRESH_TOKEN;
    r->restaurant_id = restaurant_id;
    TRY(db_start(r->db, r->arena));
    transaction_open(r, true);
    return transaction_end(r, exchange(r, hash));
}

enum err sign_out(struct request *r)
{
    TRY(fields_read_nothing(r));
    DB_QUEUE(r->db, STMT_STAFF_LOCK, r->restaurant_id, r->who.id);
    TRY(transaction_run(r));
    DB_QUEUE(r->db, STMT_REFRESH_REVOKE_FAMILY, r->restaurant_id, r->who.family_id);
    r->response.status = 204;
    return ERR_OK;
}

enum err sign_in_me(struct request *r)
{
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_STAFF_ME, r->restaurant_id, r->who.id));
    return ERR_OK;
}
