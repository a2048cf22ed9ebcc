/* auth/token, HS256 and ES256: what is issued is read back; a token that was
 * changed is refused, unless it says the same to the byte; what is signed by
 * hand is taken only with the claims that a token of ours has. */
#include "fuzz.h"

#include "auth/keys.h"
#include "auth/token.h"
#include "base/json_strict.h"
#include "base/utf8.h"

#include <json-c/json.h>
#include <sodium.h>

#define USER       "0196f0c2-3b4a-7c1d-8e5f-0123456789ab"
#define RESTAURANT "0196f0c2-3b4a-7c1d-8e5f-00000000000a"
#define SESSION    "0196f0c2-3b4a-7c1d-8e5f-00000000000b"

static const int64_t now = 1800000000;
static const struct token_keys hs256 = {.alg = TOKEN_HS256, .secret = "Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aS"};

/* The same pair for every run, so that what was found is found again. */
static const struct token_keys es256 = {
    .alg = TOKEN_ES256,
    .private = "-----BEGIN PRIVATE KEY-----\n"
               "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwtCBk8lUtg7RTBlv\n"
               "4bSHVdgQ1D4ziMucqT1ODjtMKCyhRANCAASqtFw7xz+2OHQMAKY9plqoMHzts9eR\n"
               "RZSJbIqUD7KgRWq3A0B4uT+ZtMS7S9xhRJB4EtobC1VkScCOz3POZeUB\n"
               "-----END PRIVATE KEY-----\n",
    .current = {.pem = "-----BEGIN PUBLIC KEY-----\n"
                       "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqrRcO8c/tjh0DACmPaZaqDB87bPX\n"
                       "kUWUiWyKlA+yoEVqtwNAeLk/mbTEu0vcYUSQeBLaGwtVZEnAjs9zzmXlAQ==\n"
                       "-----END PUBLIC KEY-----\n",
                .kid = "a kid"},
};

static struct principal someone(struct input *in)
{
    static const enum role roles[] = {ROLE_DINER, ROLE_KITCHEN, ROLE_WAITER, ROLE_CASHIER, ROLE_MANAGER, ROLE_OWNER};
    struct principal who = {.role = roles[take_below(in, 6)], .id = USER, .restaurant_id = RESTAURANT};
    const char *email = take_line(in);
    who.email = utf8_is_clean(email, strlen(email)) ? email : "";
    if (who.role == ROLE_DINER)
        who.session_id = SESSION;
    else
        who.family_id = SESSION;
    return who;
}

static bool is_same(const struct principal *a, const struct principal *b)
{
    return a->role == b->role && strcmp(a->id, b->id) == 0 && strcmp(a->restaurant_id, b->restaurant_id) == 0 &&
           strcmp(a->email, b->email) == 0 && (a->session_id == NULL) == (b->session_id == NULL) &&
           (a->family_id == NULL) == (b->family_id == NULL);
}

/* Bytes of the token replaced, taken out or put in. */
static char *change(struct input *in, const char *token)
{
    size_t len = strlen(token);
    char *out = arena_alloc(in->arena, len + 64);
    memcpy(out, token, len);
    for (size_t i = 1 + take_below(in, 4); i > 0 && len > 0; i--) {
        uint64_t random = take_u64(in);
        size_t at = random % len, kind = random >> 56 & 3;
        char c = (char)(random >> 32);
        if (kind == 1) {
            memmove(out + at, out + at + 1, len-- - at);
        } else if (kind == 2) {
            memmove(out + at + 1, out + at, ++len - at);
            out[at] = c != '\0' ? c : '.';
        } else if (kind == 3) {
            size_t n = 1 + (random >> 40) % 16; /* a whole piece */
            memmove(out + at, out + (at + n < len ? at + n : len), len - (at + n < len ? at + n : len) + 1);
            len = strlen(out);
        } else {
            out[at] = c != '\0' ? c : '.';
        }
    }
    return out;
}

static void check_changed(struct input *in, const struct token_keys *keys, const struct principal *who,
                          const char *token)
{
    struct principal read;
    struct arena *arena = in->arena;
    const char *other = change(in, token);
    size_t said = (size_t)(strrchr(token, '.') - token);
    if (token_verify(arena, keys, other, now, &read) == ERR_OK)
        HOLDS(strncmp(token, other, said + 1) == 0 && is_same(who, &read), "'%s' for '%s'", other, token);
}

static const char *issue(struct arena *arena, const struct token_keys *keys, const struct principal *who)
{
    struct principal read;
    const char *token = token_issue(arena, keys, who, now, now + 900);
    HOLDS(token != NULL && token_verify(arena, keys, token, now, &read) == ERR_OK, "'%s'", token);
    HOLDS(is_same(who, &read), "'%s'", token);
    HOLDS(token_verify(arena, keys, token, now + 900, &read) == ERR_TOKEN_EXPIRED, "'%s'", token);
    return token;
}

static void check_hs256(struct input *in)
{
    struct principal who = someone(in);
    check_changed(in, &hs256, &who, issue(in->arena, &hs256, &who));
}

/* A signature takes milliseconds here, so there is one token for all runs. */
static void check_es256(struct input *in)
{
    static const struct principal who = {
        .role = ROLE_WAITER, .id = USER, .restaurant_id = RESTAURANT, .family_id = SESSION, .email = "a@b.example"};
    static char *token;
    if (token == NULL)
        token = strdup(issue(in->arena, &es256, &who));
    check_changed(in, &es256, &who, token);
}

static const char *base64url(struct arena *arena, const void *bytes, size_t len)
{
    size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sodium_bin2base64(arena_alloc(arena, size), size, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static const char *claim(struct json_object *claims, const char *name)
{
    struct json_object *value = NULL;
    json_object_object_get_ex(claims, name, &value);
    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

/* -1 for another type, `missing` if there is none. */
static int64_t time_of(struct json_object *claims, const char *name, int64_t missing)
{
    struct json_object *value;
    if (!json_object_object_get_ex(claims, name, &value))
        return missing;
    return json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : -1;
}

/* Any header and claims, rightly signed with the secret. */
static void check_by_hand(struct input *in)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state hmac;
    struct principal read;
    struct json_object *header, *claims;
    struct json_fault fault;
    struct arena *arena = in->arena;
    const char *header_text = take_line(in), *text = take_rest(in);
    const char *head = arena_printf(arena, "%s.%s", base64url(arena, header_text, strlen(header_text)),
                                    base64url(arena, text, strlen(text)));
    crypto_auth_hmacsha256_init(&hmac, (const unsigned char *)hs256.secret, strlen(hs256.secret));
    crypto_auth_hmacsha256_update(&hmac, (const unsigned char *)head, strlen(head));
    crypto_auth_hmacsha256_final(&hmac, mac);
    const char *token = arena_printf(arena, "%s.%s", head, base64url(arena, mac, sizeof mac));
    if (token_verify(arena, &hs256, token, now, &read) != ERR_OK) {
        HOLDS(read.role == ROLE_NOBODY && read.id == NULL, "refused, and yet somebody: %s", text);
        return;
    }
    HOLDS(json_strict_parse(arena, header_text, strlen(header_text), &header, &fault), "%s", header_text);
    HOLDS(strcmp(claim(header, "alg"), "HS256") == 0, "%s", header_text);
    HOLDS(json_strict_parse(arena, text, strlen(text), &claims, &fault), "claims that are no JSON: %s", text);
    HOLDS(strcmp(claim(claims, "iss"), "orderzap") == 0 && strcmp(claim(claims, "aud"), "orderzap-api") == 0, "%s",
          text);
    int64_t expires = time_of(claims, "exp", -1), issued = time_of(claims, "iat", -1);
    int64_t not_before = time_of(claims, "nbf", 1);
    HOLDS(expires > now && issued > 0 && issued <= now + 60, "%s", text);
    HOLDS(not_before > 0 && not_before <= now + 60, "%s", text);
    HOLDS(!json_object_object_get_ex(header, "crit", NULL), "%s", header_text);
    HOLDS(strcmp(claim(claims, "role"), role_name(read.role)) == 0 && strcmp(claim(claims, "sub"), read.id) == 0, "%s",
          text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    if (sodium_init() < 0)
        abort();
    switch (take_byte(&in) & 3) {
    case 1:
        check_es256(&in);
        break;
    case 2:
        check_by_hand(&in);
        break;
    default:
        check_hs256(&in);
    }
    arena_destroy(&arena);
    return 0;
}
