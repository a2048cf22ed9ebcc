#include "auth/token.h"

#include "base/arena.h"
#include "base/uuid7.h"

#include <errno.h>
#include <jwt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char issuer[] = "orderzap";
static const char audience[] = "orderzap-api";

enum { CLOCK_SKEW_SECONDS = 60, TOKEN_SIZE_MAX = 4096 };

static bool add_claims(jwt_t *jwt, const struct principal *who, int64_t now, int64_t expires)
{
    char id[UUID_TEXT_SIZE];
    uuid7_make(id);
    int failed = jwt_add_grant(jwt, "iss", issuer) || jwt_add_grant(jwt, "aud", audience) ||
                 jwt_add_grant(jwt, "sub", who->id) || jwt_add_grant_int(jwt, "iat", now) ||
                 jwt_add_grant_int(jwt, "exp", expires) || jwt_add_grant(jwt, "jti", id) ||
                 jwt_add_grant(jwt, "userId", who->id) || jwt_add_grant(jwt, "restaurantId", who->restaurant_id) ||
                 jwt_add_grant(jwt, "email", who->email) || jwt_add_grant(jwt, "role", role_name(who->role));
    if (who->session_id != NULL)
        failed = failed || jwt_add_grant(jwt, "sessionId", who->session_id);
    if (who->family_id != NULL)
        failed = failed || jwt_add_grant(jwt, "familyId", who->family_id);
    return !failed;
}

const char *token_issue(struct arena *arena, const char *key, const struct principal *who, int64_t now, int64_t expires)
{
    jwt_t *jwt = NULL;
    if (key == NULL || strlen(key) < TOKEN_KEY_MIN || jwt_new(&jwt) != 0)
        return NULL;
    char *encoded = NULL;
    if (add_claims(jwt, who, now, expires) &&
        jwt_set_alg(jwt, JWT_ALG_HS256, (const unsigned char *)key, (int)strlen(key)) == 0)
        encoded = jwt_encode_str(jwt);
    jwt_free(jwt);
    if (encoded == NULL)
        return NULL;
    const char *token = arena_strdup(arena, encoded);
    free(encoded);
    return token;
}

/* An integer claim. A claim that is missing or of another type is 0: libjwt
 * says -1 with ENOENT for the first and 0 for the second. */
static int64_t claim_int(jwt_t *jwt, const char *name)
{
    errno = 0;
    long value = jwt_get_grant_int(jwt, name);
    return errno == 0 ? value : 0;
}

static bool claim_is(jwt_t *jwt, const char *name, const char *wanted)
{
    const char *value = jwt_get_grant(jwt, name);
    return value != NULL && strcmp(value, wanted) == 0;
}

/* A claim that must be a UUID, copied; NULL if it is none. */
static const char *claim_uuid(struct arena *arena, jwt_t *jwt, const char *name)
{
    const char *value = jwt_get_grant(jwt, name);
    char id[UUID_TEXT_SIZE];
    return value != NULL && uuid_parse(value, id) ? arena_strdup(arena, id) : NULL;
}

static bool has_claim(jwt_t *jwt, const char *name)
{
    char *json = jwt_get_grants_json(jwt, name);
    bool there = json != NULL;
    free(json);
    return there;
}

static enum err check_times(jwt_t *jwt, int64_t now)
{
    int64_t expires = claim_int(jwt, "exp"), issued = claim_int(jwt, "iat");
    if (expires <= 0 || issued <= 0 || issued > now + CLOCK_SKEW_SECONDS)
        return ERR_UNAUTHENTICATED;
    if (has_claim(jwt, "nbf")) {
        int64_t not_before = claim_int(jwt, "nbf");
        if (not_before <= 0 || not_before > now + CLOCK_SKEW_SECONDS)
            return ERR_UNAUTHENTICATED;
    }
    return expires <= now ? ERR_TOKEN_EXPIRED : ERR_OK;
}

static enum err read_principal(struct arena *arena, jwt_t *jwt, struct principal *who)
{
    const char *role = jwt_get_grant(jwt, "role"), *email = jwt_get_grant(jwt, "email");
    who->role = role != NULL ? role_parse(role) : ROLE_NOBODY;
    who->id = claim_uuid(arena, jwt, "userId");
    who->restaurant_id = claim_uuid(arena, jwt, "restaurantId");
    who->session_id = claim_uuid(arena, jwt, "sessionId");
    who->family_id = claim_uuid(arena, jwt, "familyId");
    who->email = arena_strdup(arena, email != NULL ? email : "");
    bool whole = who->id != NULL && who->restaurant_id != NULL && claim_is(jwt, "sub", who->id);
    switch (who->role) {
    case ROLE_NOBODY:
        return ERR_UNAUTHENTICATED;
    case ROLE_DINER:
        return whole && who->session_id != NULL ? ERR_OK : ERR_UNAUTHENTICATED;
    default:
        return whole && who->family_id != NULL ? ERR_OK : ERR_UNAUTHENTICATED;
    }
}

enum err token_verify(struct arena *arena, const char *key, const char *token, int64_t now, struct principal *who)
{
    *who = (struct principal){0};
    size_t key_len = key != NULL ? strlen(key) : 0;
    if (key_len < TOKEN_KEY_MIN || strlen(token) > TOKEN_SIZE_MAX)
        return ERR_UNAUTHENTICATED;
    jwt_t *jwt = NULL;
    if (jwt_decode(&jwt, token, (const unsigned char *)key, (int)key_len) != 0 || jwt == NULL)
        return ERR_UNAUTHENTICATED;
    enum err err = ERR_OK;
    if (jwt_get_alg(jwt) != JWT_ALG_HS256 || !claim_is(jwt, "iss", issuer) || !claim_is(jwt, "aud", audience))
        err = ERR_UNAUTHENTICATED;
    if (err == ERR_OK)
        err = check_times(jwt, now);
    if (err == ERR_OK)
        err = read_principal(arena, jwt, who);
    jwt_free(jwt);
    if (err != ERR_OK)
        *who = (struct principal){0};
    return err;
}
