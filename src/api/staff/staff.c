/* Staff accounts, managed by managers, except that only owners manage owners'
 * accounts. */
#include "api/guess.h"
#include "api/if_match.h"
#include "api/paging.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "auth/password.h"
#include "base/arena.h"
#include "http/request.h"

#include <string.h>

struct staff_input {
    const char *email, *display_name, *role, *password;
    struct optional_bool is_active;
};

static const struct field new_fields[] = {
    {AT(staff_input, email), .type = FIELD_LINE, .required = true, .min = 3, .max = 254},
    {AT(staff_input, display_name), .type = FIELD_LINE, .required = true, .min = 1, .max = 120},
    {AT(staff_input, role), .type = FIELD_CHOICE, .required = true, .choices = staff_roles},
    {AT(staff_input, password), .type = FIELD_RAW, .required = true, .min = PASSWORD_MIN, .max = PASSWORD_MAX},
};

static const struct field change_fields[] = {
    {AT(staff_input, email), .type = FIELD_LINE, .required = true, .min = 3, .max = 254},
    {AT(staff_input, display_name), .type = FIELD_LINE, .required = true, .min = 1, .max = 120},
    {AT(staff_input, role), .type = FIELD_CHOICE, .required = true, .choices = staff_roles},
    {AT(staff_input, password), .type = FIELD_RAW, .required = true, .min = PASSWORD_MIN, .max = PASSWORD_MAX},
    {AT(staff_input, is_active), .type = FIELD_BOOL, .required = true},
};

static const struct field list_fields[] = {{PAGING_LIMIT}, {PAGING_CURSOR}};
const struct query_spec staff_query = {FIELDS(list_fields), sizeof(struct paging)};

enum err staff_list(struct request *r, const void *query)
{
    const struct paging *paging = query;
    const char *after;
    TRY(paging_id(r, paging, &after));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_STAFF_LIST, r->restaurant_id, paging_limit(r, paging), after));
    return ERR_OK;
}

enum err staff_get(struct request *r)
{
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_STAFF_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}

static void check_email(struct request *r, const char *email)
{
    const char *at = email != NULL ? strchr(email, '@') : NULL;
    if (email != NULL && (at == NULL || at == email || at[1] == '\0' || strpbrk(email, " \t") != NULL))
        problem_fault(r, "/email", "invalid_format", "must be an e-mail address");
}

static enum err check_rank(struct request *r, const char *role)
{
    if (role == NULL || principal_may_manage(r->who.role, role_parse(role)))
        return ERR_OK;
    problem_detail(r, "Only an owner may manage an owner's account");
    return ERR_INSUFFICIENT_ROLE;
}

/* Takes long: before the transaction's first run, which begins it. */
static enum err hash_password(struct request *r, const char *password, const char **hash)
{
    char *text = arena_alloc(r->arena, PASSWORD_HASH_SIZE);
    *hash = password != NULL ? text : NULL;
    return password == NULL || password_hash(password, text) ? ERR_OK : ERR_BUSY;
}

enum err staff_create(struct request *r)
{
    struct staff_input in = {0};
    const char *hash, *id = request_new_id(r);
    fields_read(r, r->json, "", FIELDS(new_fields), &in);
    check_email(r, in.email);
    TRY(problem_verdict(r));
    TRY(check_rank(r, in.role));
    TRY(hash_password(r, in.password, &hash));
    TRY(transaction_run(r));
    transaction_on_conflict(r, ERR_EMAIL_TAKEN);
    DB_QUEUE(r->db, STMT_STAFF_INSERT, r->restaurant_id, id, in.email, in.display_name, in.role, hash);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_STAFF_GET, r->restaurant_id, id));
    r->response.location = arena_printf(r->arena, "/api/staff/%s", id);
    return ERR_OK;
}

/* Locks the account, which the caller must be allowed to manage. *role: its
 * role; *last_owner: it is the only owner who can act. */
static enum err lock_account(struct request *r, const char **role, bool *last_owner)
{
    db_slot owners = DB_QUEUE(r->db, STMT_STAFF_OWNERS_LOCK, r->restaurant_id);
    db_slot slot = DB_QUEUE(r->db, STMT_STAFF_VERSION_LOCK, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    *role = db_text(r->db, slot, 0, COL_STAFF_VERSION_LOCK_ROLE);
    TRY(check_rank(r, *role));
    TRY(if_match_check(r, db_text(r->db, slot, 0, COL_STAFF_VERSION_LOCK_VERSION)));
    *last_owner =
        db_rows(r->db, owners) == 1 && strcmp(db_text(r->db, owners, 0, COL_STAFF_OWNERS_LOCK_ID), r->args[0]) == 0;
    return ERR_OK;
}

enum err staff_change(struct request *r)
{
    struct staff_input in = {0};
    const char *hash, *role;
    bool last_owner;
    fields_read_patch(r, r->json, FIELDS(change_fields), &in);
    check_email(r, in.email);
    TRY(problem_verdict(r));
    TRY(check_rank(r, in.role));
    TRY(hash_password(r, in.password, &hash));
    TRY(lock_account(r, &role, &last_owner));
    bool disabled = in.is_active.is_set && !in.is_active.value;
    bool moved = in.role != NULL && strcmp(in.role, role) != 0;
    if (last_owner && (disabled || moved))
        return ERR_LAST_OWNER;
    transaction_on_conflict(r, ERR_EMAIL_TAKEN);
    DB_QUEUE(r->db, STMT_STAFF_UPDATE, r->restaurant_id, r->args[0], in.email, in.display_name, in.role,
             in.is_active.is_set ? (disabled ? "false" : "true") : NULL, hash);
    if (hash != NULL)
        guess_forget(r, r->args[0]);
    if (disabled || moved || hash != NULL)
        DB_QUEUE(r->db, STMT_REFRESH_REVOKE_STAFF, r->restaurant_id, r->args[0], NULL);
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_STAFF_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}

enum err staff_delete(struct request *r)
{
    const char *role;
    bool last_owner;
    TRY(lock_account(r, &role, &last_owner));
    if (last_owner)
        return ERR_LAST_OWNER;
    DB_QUEUE(r->db, STMT_STAFF_REMOVE, r->restaurant_id, r->args[0]);
    DB_QUEUE(r->db, STMT_REFRESH_REVOKE_STAFF, r->restaurant_id, r->args[0], NULL);
    r->response.status = 204;
    return ERR_OK;
}

struct password_input {
    const char *current_password, *new_password;
};

static const struct field password_fields[] = {
    {.name = "current_password",
     .type = FIELD_RAW,
     .offset = offsetof(struct password_input, current_password),
     .required = true,
     .min = 1,
     .max = PASSWORD_MAX},
    {.name = "new_password",
     .type = FIELD_RAW,
     .offset = offsetof(struct password_input, new_password),
     .required = true,
     .min = PASSWORD_MIN,
     .max = PASSWORD_MAX},
};

static enum err refuse_password(struct request *r)
{
    problem_fault(r, "/current_password", "wrong_password", "is not your password, or there were too many attempts");
    return ERR_VALIDATION_FAILED;
}

/* Locks the account and counts the try as wrong. *hash: what the password must
 * match, NULL if it may not be checked. */
static enum err count_try(struct request *r, const char **hash)
{
    struct guess guess;
    db_slot slot = DB_QUEUE(r->db, STMT_STAFF_LOCK, r->restaurant_id, r->who.id);
    guess_begin_signed_in(r, r->who.id, lockout_password, &guess);
    TRY(transaction_run(r));
    *hash = guess_judge(r, &guess).judged ? db_text(r->db, slot, 0, COL_STAFF_LOCK_PASSWORD_HASH) : NULL;
    return ERR_OK;
}

/* Sets the password, unless it was changed since `checked` was read. */
static enum err set_password(struct request *r, const char *checked, const char *hash)
{
    db_slot slot = DB_QUEUE(r->db, STMT_STAFF_LOCK, r->restaurant_id, r->who.id);
    TRY(transaction_run(r));
    if (strcmp(db_text(r->db, slot, 0, COL_STAFF_LOCK_PASSWORD_HASH), checked) != 0)
        return refuse_password(r);
    DB_QUEUE(r->db, STMT_STAFF_UPDATE, r->restaurant_id, r->who.id, NULL, NULL, NULL, NULL, hash);
    DB_QUEUE(r->db, STMT_REFRESH_REVOKE_STAFF, r->restaurant_id, r->who.id, r->who.family_id);
    guess_forget(r, r->who.id);
    r->response.status = 204;
    return ERR_OK;
}

/* Changes the caller's own password. The caller's other sign-ins end. No
 * transaction is open while passwords are checked and hashed, since that takes
 * long. */
enum err staff_change_password(struct request *r)
{
    struct password_input in = {0};
    const char *current = NULL, *hash;
    fields_read(r, r->json, "", FIELDS(password_fields), &in);
    TRY(problem_verdict(r));
    TRY(db_start(r->db, r->arena));
    transaction_open(r, true);
    TRY(transaction_end(r, count_try(r, &current)));
    switch (password_verify(current, in.current_password)) {
    case PASSWORD_RIGHT:
        break;
    case PASSWORD_WRONG:
        return refuse_password(r);
    case PASSWORD_NO_MEMORY:
        return ERR_BUSY;
    }
    TRY(hash_password(r, in.new_password, &hash));
    transaction_open(r, true);
    return transaction_end(r, set_password(r, current, hash));
}
