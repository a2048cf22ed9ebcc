/* A restaurant's payment providers: each one's signing secret, stored sealed
 * and never shown. */
#include "api/routes.h"
#include "api/transaction.h"
#include "auth/seal.h"
#include "http/request.h"

#include <string.h>

struct provider_input {
    const char *secret;
};

static const struct field fields[] = {
    {.name = "secret",
     .type = FIELD_RAW,
     .offset = offsetof(struct provider_input, secret),
     .required = true,
     .min = 16,
     .max = 255},
};

/* The name is part of the path of the provider's webhook. */
static bool is_name(const char *name)
{
    size_t len = strlen(name);
    return len >= 1 && len <= 60 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == len && name[0] != '-' &&
           name[0] != '_';
}

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

enum err providers_list(struct request *r)
{
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_PROVIDERS_LIST, r->restaurant_id));
    return ERR_OK;
}

enum err provider_set(struct request *r)
{
    struct provider_input in = {0};
    fields_read(r, r->json, "", FIELDS(fields), &in);
    if (!is_name(r->args[0]))
        problem_fault(r, "provider", "invalid_format",
                      "must be at most 60 lower-case letters, digits, '-' and '_', beginning with a letter or digit");
    if (in.secret != NULL && !is_printable(in.secret))
        problem_fault(r, "/secret", "invalid_format", "must be printable ASCII characters");
    TRY(problem_verdict(r));
    DB_QUEUE(r->db, STMT_PROVIDER_SET, r->restaurant_id, r->args[0],
             seal_close(r->arena, r->keys->provider, in.secret));
    transaction_answer(r, 200, DB_QUEUE(r->db, STMT_PROVIDER_GET, r->restaurant_id, r->args[0]));
    return ERR_OK;
}

enum err provider_remove(struct request *r)
{
    db_slot slot = DB_QUEUE(r->db, STMT_PROVIDER_REMOVE, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    r->response.status = 204;
    return db_affected(r->db, slot) > 0 ? ERR_OK : ERR_NOT_FOUND;
}
