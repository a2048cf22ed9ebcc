#include "auth/token.h"

#include "auth/keys.h"
#include "base/arena.h"
#include "base/json_strict.h"
#include "base/uuid7.h"

#include <errno.h>
#include <json-c/json.h>
#include <jwt.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char issuer[] = "orderzap";
static const char audience[] = "orderzap-api";

enum { CLOCK_SKEW_SECONDS = 60, TOKEN_SIZE_MAX = 4096, ES256_SIGNATURE = 64 };

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

static bool may_be_used(const struct token_keys *keys)
{
    if (keys->alg == TOKEN_ES256)
        return keys->private[0] != '\0' && keys->current.kid[0] != '\0';
    return keys->secret != NULL && strlen(keys->secret) >= TOKEN_SECRET_MIN;
}

static bool set_key(jwt_t *jwt, const struct token_keys *keys)
{
    bool es256 = keys->alg == TOKEN_ES256;
    const char *key = es256 ? keys->private : keys->secret;
    if (es256 && jwt_add_header(jwt, "kid", keys->current.kid) != 0)
        return false;
    return jwt_set_alg(jwt, es256 ? JWT_ALG_ES256 : JWT_ALG_HS256, (const unsigned char *)key, (int)strlen(key)) == 0;
}

const char *token_issue(struct arena *arena, const struct token_keys *keys, const struct principal *who, int64_t now,
                        int64_t expires)
{
    jwt_t *jwt = NULL;
    if (!may_be_used(keys) || jwt_new(&jwt) != 0)
        return NULL;
    char *encoded = NULL;
    if (add_claims(jwt, who, now, expires) && set_key(jwt, keys))
        encoded = jwt_encode_str(jwt);
    jwt_free(jwt);
    if (encoded == NULL)
        return NULL;
    const char *token = arena_strdup(arena, encoded);
    free(encoded);
    return token;
}

/* Decodes one of a token's parts. NULL unless it is proper base64url, without
 * padding, blanks or bits left over (libjwt accepts all of those). */
static char *decode_part(struct arena *arena, const char *part, size_t len, size_t *decoded_len)
{
    unsigned char *bytes = arena_alloc(arena, len + 1);
    if (sodium_base642bin(bytes, len, part, len, NULL, decoded_len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) !=
        0)
        return NULL;
    return (char *)bytes;
}

/* A part that is strict JSON, an object; NULL for any other. libjwt takes keys
 * that are given twice. */
static struct json_object *parse_part(struct arena *arena, const char *part)
{
    struct json_object *object;
    struct json_fault fault;
    size_t len;
    const char *text = decode_part(arena, part, strcspn(part, "."), &len);
    return text != NULL && json_strict_parse(arena, text, len, &object, &fault) &&
                   json_object_is_type(object, json_type_object)
               ? object
               : NULL;
}

/* A member that is a string; NULL for another type or none. */
static const char *member(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;
    json_object_object_get_ex(object, name, &value);
    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static bool is_member(struct json_object *object, const char *name, const char *wanted)
{
    const char *value = member(object, name);
    return value != NULL && strcmp(value, wanted) == 0;
}

/* The kind that a header names (RFC 7519, 5.1): JWT, or none. libjwt 1.17
 * accepts any. */
static bool has_right_type(struct json_object *header)
{
    return !json_object_object_get_ex(header, "typ", NULL) || is_member(header, "typ", "JWT");
}

/* The key that a token of this installation is verified with; NULL if its
 * header is not one of ours. The installation chooses the algorithm, not the
 * token; and a key in the header (jwk, jku, x5c) is never read. */
static const char *find_key(struct arena *arena, const struct token_keys *keys, const char *token)
{
    struct json_object *header = parse_part(arena, token);
    if (header == NULL || json_object_object_get_ex(header, "crit", NULL) || !has_right_type(header))
        return NULL;
    if (keys->alg == TOKEN_HS256)
        return is_member(header, "alg", "HS256") ? keys->secret : NULL;
    if (!is_member(header, "alg", "ES256"))
        return NULL;
    if (is_member(header, "kid", keys->current.kid))
        return keys->current.pem;
    return keys->previous.kid[0] != '\0' && is_member(header, "kid", keys->previous.kid) ? keys->previous.pem : NULL;
}

/* Whether the third part is the last one and holds r and s as in RFC 7518,
 * 3.4: 64 bytes, not DER. */
static bool has_raw_signature(struct arena *arena, const char *token)
{
    const char *second = strchr(token, '.'), *third = second != NULL ? strchr(second + 1, '.') : NULL;
    size_t len;
    return third != NULL && decode_part(arena, third + 1, strlen(third + 1), &len) != NULL && len == ES256_SIGNATURE;
}

/* An integer claim, 0 if it is missing or of another type: libjwt returns -1
 * with ENOENT for the first, and for the second 0 (1.10) or -1 with EINVAL
 * (1.17). */
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

/* A claim that must be a UUID, copied; NULL if it is not. */
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

enum err token_verify(struct arena *arena, const struct token_keys *keys, const char *token, int64_t now,
                      struct principal *who)
{
    *who = (struct principal){0};
    if (!may_be_used(keys) || strlen(token) > TOKEN_SIZE_MAX)
        return ERR_UNAUTHENTICATED;
    bool es256 = keys->alg == TOKEN_ES256;
    const char *key = find_key(arena, keys, token);
    if (key == NULL || (es256 && !has_raw_signature(arena, token)))
        return ERR_UNAUTHENTICATED;
    jwt_t *jwt = NULL;
    if (jwt_decode(&jwt, token, (const unsigned char *)key, (int)strlen(key)) != 0 || jwt == NULL)
        return ERR_UNAUTHENTICATED;
    enum err err = ERR_OK;
    if (parse_part(arena, strchr(token, '.') + 1) == NULL ||
        jwt_get_alg(jwt) != (es256 ? JWT_ALG_ES256 : JWT_ALG_HS256) || !claim_is(jwt, "iss", issuer) ||
        !claim_is(jwt, "aud", audience))
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
