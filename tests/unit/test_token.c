/* auth/token with HS256: what was issued is read back; whatever was forged, has expired
 * or lacks something is not. Foreign tokens are made with libjwt itself, or by
 * hand where libjwt would not. */
#include "unit.h"

#include "auth/keys.h"
#include "auth/token.h"

#include <json-c/json.h>
#include <jwt.h>
#include <sodium.h>
#include <string.h>

#define KEY            "Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aS" /* 32 bytes */
#define OTHER_KEY      "Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aT"
#define HS256(secret_) (&(struct token_keys){.alg = TOKEN_HS256, .secret = (secret_)})
#define NOW            INT64_C(1800000000)
#define USER           "0196f0c2-3b4a-7c1d-8e5f-0123456789ab"
#define RESTAURANT     "0196f0c2-3b4a-7c1d-8e5f-00000000000a"
#define SESSION        "0196f0c2-3b4a-7c1d-8e5f-00000000000b"
#define FAMILY         "0196f0c2-3b4a-7c1d-8e5f-00000000000c"

static const char good_claims[] =
    "{\"iss\":\"orderzap\",\"aud\":\"orderzap-api\",\"sub\":\"" USER "\",\"iat\":1799999000,\"exp\":1800000900,"
    "\"jti\":\"" USER "\",\"userId\":\"" USER "\",\"restaurantId\":\"" RESTAURANT "\",\"email\":\"a@example.com\","
    "\"role\":\"waiter\",\"familyId\":\"" FAMILY "\",\"sessionId\":\"" SESSION "\"}";

static int start_libraries(void **state)
{
    (void)state;
    return sodium_init() < 0 ? -1 : 0;
}

/* The claims with changes; a null takes one away. The arena's. */
static const char *claims_with(struct arena *arena, const char *changes)
{
    struct json_object *claims = json_tokener_parse(good_claims), *other = json_tokener_parse(changes);
    assert_non_null(other);
    json_object_object_foreach (other, key, value) {
        if (value == NULL)
            json_object_object_del(claims, key);
        else
            json_object_object_add(claims, key, json_object_get(value));
    }
    const char *text = arena_strdup(arena, json_object_to_json_string_ext(claims, JSON_C_TO_STRING_PLAIN));
    json_object_put(other);
    json_object_put(claims);
    return text;
}

/* A token of libjwt's own making. */
static const char *foreign(struct arena *arena, jwt_alg_t alg, const char *key, const char *changes)
{
    jwt_t *jwt;
    assert_int_equal(jwt_new(&jwt), 0);
    assert_int_equal(jwt_add_grants_json(jwt, claims_with(arena, changes)), 0);
    assert_int_equal(jwt_set_alg(jwt, alg, (const unsigned char *)key, key != NULL ? (int)strlen(key) : 0), 0);
    char *encoded = jwt_encode_str(jwt);
    assert_non_null(encoded);
    const char *token = arena_strdup(arena, encoded);
    free(encoded);
    jwt_free(jwt);
    return token;
}

static const char *base64url(struct arena *arena, const void *bytes, size_t len)
{
    size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sodium_bin2base64(arena_alloc(arena, size), size, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* A token by hand, rightly signed with HMAC-SHA-256 whatever its header says. */
static const char *by_hand(struct arena *arena, const char *header, const char *claims, const char *key)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state hmac;
    const char *head = arena_printf(arena, "%s.%s", base64url(arena, header, strlen(header)),
                                    base64url(arena, claims, strlen(claims)));
    crypto_auth_hmacsha256_init(&hmac, (const unsigned char *)key, strlen(key));
    crypto_auth_hmacsha256_update(&hmac, (const unsigned char *)head, strlen(head));
    crypto_auth_hmacsha256_final(&hmac, mac);
    return arena_printf(arena, "%s.%s", head, base64url(arena, mac, sizeof mac));
}

static bool is_wiped(const struct principal *who)
{
    return who->role == ROLE_NOBODY && who->id == NULL && who->restaurant_id == NULL && who->session_id == NULL &&
           who->table_id == NULL && who->family_id == NULL && who->email == NULL;
}

/* What becomes of a token; whoever is refused is nobody. */
static enum err verdict(struct arena *arena, const char *key, const char *token)
{
    struct principal who = {.role = ROLE_OWNER, .id = "left over", .table_id = "left over"};
    enum err err = token_verify(arena, HS256(key), token, NOW, &who);
    assert_true(err == ERR_OK ? who.role != ROLE_NOBODY : is_wiped(&who));
    return err;
}

static const struct principal diner = {
    .role = ROLE_DINER, .id = USER, .restaurant_id = RESTAURANT, .session_id = SESSION, .email = ""};

static void test_diner_there_and_back(void **state)
{
    struct principal who;
    const char *token = token_issue(*state, HS256(KEY), &diner, NOW, NOW + 900);
    assert_non_null(token);
    assert_int_equal(token_verify(*state, HS256(KEY), token, NOW, &who), ERR_OK);
    assert_int_equal(who.role, ROLE_DINER);
    assert_string_equal(who.id, USER);
    assert_string_equal(who.restaurant_id, RESTAURANT);
    assert_string_equal(who.session_id, SESSION);
    assert_string_equal(who.email, "");
    assert_null(who.family_id);
    assert_null(who.table_id);
}

static void test_staff_there_and_back(void **state)
{
    static const enum role roles[] = {ROLE_KITCHEN, ROLE_WAITER, ROLE_CASHIER, ROLE_MANAGER, ROLE_OWNER};
    for (size_t i = 0; i < LENGTH(roles); i++) {
        const struct principal staff = {.role = roles[i],
                                        .id = USER,
                                        .restaurant_id = RESTAURANT,
                                        .family_id = FAMILY,
                                        .email = "j\xc3\xb6rg+\"x\"@example.com"};
        struct principal who;
        const char *token = token_issue(*state, HS256(KEY), &staff, NOW, NOW + 900);
        assert_int_equal(token_verify(*state, HS256(KEY), token, NOW, &who), ERR_OK);
        assert_int_equal(who.role, roles[i]);
        assert_string_equal(who.id, USER);
        assert_string_equal(who.restaurant_id, RESTAURANT);
        assert_string_equal(who.family_id, FAMILY);
        assert_string_equal(who.email, staff.email);
        assert_null(who.session_id);
    }
}

/* The claims that the contract names. */
static void test_claims(void **state)
{
    static const char *const names[] = {"iss",    "aud",          "sub",   "iat",  "exp",      "jti",
                                        "userId", "restaurantId", "email", "role", "sessionId"};
    const char *token = token_issue(*state, HS256(KEY), &diner, NOW, NOW + 900), *payload = strchr(token, '.') + 1;
    char json[1000];
    size_t len;
    assert_int_equal(sodium_base642bin((unsigned char *)json, sizeof json - 1, payload, strcspn(payload, "."), NULL,
                                       &len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                     0);
    json[len] = '\0';
    struct json_object *claims = json_tokener_parse(json), *value;
    for (size_t i = 0; i < LENGTH(names); i++)
        CHECK(json_object_object_get_ex(claims, names[i], &value), "no %s", names[i]);
    assert_false(json_object_object_get_ex(claims, "familyId", &value));
    json_object_put(claims);
}

static void test_tokens_differ(void **state)
{
    assert_string_not_equal(token_issue(*state, HS256(KEY), &diner, NOW, NOW + 900),
                            token_issue(*state, HS256(KEY), &diner, NOW, NOW + 900));
}

static void test_keys_that_are_too_short(void **state)
{
    static const char key31[] = "Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0a";
    assert_int_equal(TOKEN_SECRET_MIN, sizeof KEY - 1);
    assert_null(token_issue(*state, HS256(NULL), &diner, NOW, NOW + 900));
    assert_null(token_issue(*state, HS256(""), &diner, NOW, NOW + 900));
    assert_null(token_issue(*state, HS256("x"), &diner, NOW, NOW + 900));
    assert_null(token_issue(*state, HS256(key31), &diner, NOW, NOW + 900));
    assert_int_equal(verdict(*state, NULL, foreign(*state, JWT_ALG_HS256, KEY, "{}")), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, "", foreign(*state, JWT_ALG_HS256, KEY, "{}")), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, "x", foreign(*state, JWT_ALG_HS256, "x", "{}")), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, key31, foreign(*state, JWT_ALG_HS256, key31, "{}")), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, NULL, foreign(*state, JWT_ALG_NONE, NULL, "{}")), ERR_UNAUTHENTICATED);
}

static void test_wrong_keys(void **state)
{
    const char *token = token_issue(*state, HS256(KEY), &diner, NOW, NOW + 900);
    assert_int_equal(verdict(*state, KEY, token), ERR_OK);
    assert_int_equal(verdict(*state, OTHER_KEY, token), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, KEY "x", token), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, KEY KEY, token), ERR_UNAUTHENTICATED);
}

static void test_foreign_token_as_a_check_of_the_test(void **state)
{
    assert_int_equal(verdict(*state, KEY, foreign(*state, JWT_ALG_HS256, KEY, "{}")), ERR_OK);
    assert_int_equal(verdict(*state, KEY, by_hand(*state, "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", good_claims, KEY)),
                     ERR_OK);
    assert_int_equal(verdict(*state, KEY, by_hand(*state, "{\"alg\":\"HS256\"}", good_claims, KEY)), ERR_OK);
}

static void test_other_algorithms(void **state)
{
    assert_int_equal(verdict(*state, KEY, foreign(*state, JWT_ALG_NONE, NULL, "{}")), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, KEY, foreign(*state, JWT_ALG_HS384, KEY KEY, "{}")), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, KEY KEY, foreign(*state, JWT_ALG_HS384, KEY KEY, "{}")), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, KEY KEY, foreign(*state, JWT_ALG_HS512, KEY KEY, "{}")), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, KEY KEY, foreign(*state, JWT_ALG_HS256, KEY KEY, "{}")), ERR_OK);
}

/* Headers that say something else, signed as HS256 and not signed at all. */
static void test_headers_by_hand(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"none\",\"typ\":\"JWT\"}",
        "{\"alg\":\"None\"}",
        "{\"alg\":\"NONE\"}",
        "{\"alg\":\"nOnE\"}",
        "{\"alg\":\"HS384\"}",
        "{\"alg\":\"HS512\"}",
        "{\"alg\":\"RS256\"}",
        "{\"alg\":\"ES256\"}",
        "{\"alg\":\"PS256\"}",
        "{\"alg\":\"\"}",
        "{\"alg\":null}",
        "{\"alg\":256}",
        "{\"alg\":[\"HS256\"]}",
        "{\"typ\":\"JWT\"}",
        "{}",
        "[]",
        "null",
        "",
        "HS256",
        "{\"alg\":\"HS256\"",
        "{\"alg\":\"HS256\",\"typ\":\"JWE\"}",
        "{\"alg\":\"HS256\",\"typ\":\"jwt\"}",
        "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}",
        "{\"alg\":\"HS256\",\"typ\":\"JWT \"}",
        "{\"alg\":\"HS256\",\"typ\":\"\"}",
        "{\"alg\":\"HS256\",\"typ\":null}",
        "{\"alg\":\"HS256\",\"typ\":1}",
        "{\"alg\":\"HS256\",\"typ\":[\"JWT\"]}",
    };
    for (size_t i = 0; i < LENGTH(headers); i++) {
        const char *signed_one = by_hand(*state, headers[i], good_claims, KEY);
        size_t head = (size_t)(strrchr(signed_one, '.') - signed_one);
        CHECK(verdict(*state, KEY, signed_one) == ERR_UNAUTHENTICATED, "%s signed", headers[i]);
        CHECK(verdict(*state, KEY, arena_strndup(*state, signed_one, head + 1)) == ERR_UNAUTHENTICATED,
              "%s with an empty signature", headers[i]);
        CHECK(verdict(*state, KEY, arena_strndup(*state, signed_one, head)) == ERR_UNAUTHENTICATED,
              "%s without a signature", headers[i]);
    }
}

static const struct claim_case {
    const char *changes;
    enum err err;
} claim_cases[] = {
    {"{}", ERR_OK},
    {"{\"sessionId\":null}", ERR_OK},
    {"{\"email\":null}", ERR_OK},
    {"{\"jti\":null}", ERR_OK},
    {"{\"more\":{\"a\":[1]}}", ERR_OK},
    /* exp */
    {"{\"exp\":1800000001}", ERR_OK},
    {"{\"exp\":9223372036854775807}", ERR_OK},
    {"{\"exp\":1800000000}", ERR_TOKEN_EXPIRED},
    {"{\"exp\":1799999999}", ERR_TOKEN_EXPIRED},
    {"{\"exp\":1}", ERR_TOKEN_EXPIRED},
    {"{\"exp\":null}", ERR_UNAUTHENTICATED},
    {"{\"exp\":0}", ERR_UNAUTHENTICATED},
    {"{\"exp\":-1}", ERR_UNAUTHENTICATED},
    {"{\"exp\":-9223372036854775808}", ERR_UNAUTHENTICATED},
    {"{\"exp\":\"tomorrow\"}", ERR_UNAUTHENTICATED},
    {"{\"exp\":\"1800000900\"}", ERR_UNAUTHENTICATED},
    {"{\"exp\":1800000900.5}", ERR_UNAUTHENTICATED},
    {"{\"exp\":1e12}", ERR_UNAUTHENTICATED},
    {"{\"exp\":true}", ERR_UNAUTHENTICATED},
    {"{\"exp\":[1800000900]}", ERR_UNAUTHENTICATED},
    {"{\"exp\":{}}", ERR_UNAUTHENTICATED},
    /* iat, with a minute for clocks that differ */
    {"{\"iat\":1800000000}", ERR_OK},
    {"{\"iat\":1800000060}", ERR_OK},
    {"{\"iat\":1800000061}", ERR_UNAUTHENTICATED},
    {"{\"iat\":1900000000}", ERR_UNAUTHENTICATED},
    {"{\"iat\":null}", ERR_UNAUTHENTICATED},
    {"{\"iat\":0}", ERR_UNAUTHENTICATED},
    {"{\"iat\":-5}", ERR_UNAUTHENTICATED},
    {"{\"iat\":\"now\"}", ERR_UNAUTHENTICATED},
    /* nbf, which need not be there */
    {"{\"nbf\":1799999999}", ERR_OK},
    {"{\"nbf\":1800000060}", ERR_OK},
    {"{\"nbf\":1800000061}", ERR_UNAUTHENTICATED},
    {"{\"nbf\":1900000000}", ERR_UNAUTHENTICATED},
    {"{\"nbf\":\"later\"}", ERR_UNAUTHENTICATED},
    {"{\"nbf\":0}", ERR_UNAUTHENTICATED},
    {"{\"nbf\":-1}", ERR_UNAUTHENTICATED},
    {"{\"nbf\":1.5}", ERR_UNAUTHENTICATED},
    {"{\"nbf\":{\"a\":1}}", ERR_UNAUTHENTICATED},
    /* iss, aud */
    {"{\"iss\":null}", ERR_UNAUTHENTICATED},
    {"{\"iss\":\"\"}", ERR_UNAUTHENTICATED},
    {"{\"iss\":\"orderzap2\"}", ERR_UNAUTHENTICATED},
    {"{\"iss\":\"Orderzap\"}", ERR_UNAUTHENTICATED},
    {"{\"iss\":[\"orderzap\"]}", ERR_UNAUTHENTICATED},
    {"{\"aud\":null}", ERR_UNAUTHENTICATED},
    {"{\"aud\":\"orderzap\"}", ERR_UNAUTHENTICATED},
    {"{\"aud\":\"orderzap-api-2\"}", ERR_UNAUTHENTICATED},
    {"{\"aud\":[\"orderzap-api\"]}", ERR_UNAUTHENTICATED},
    {"{\"aud\":[\"orderzap-api\",\"other\"]}", ERR_UNAUTHENTICATED},
    {"{\"aud\":1}", ERR_UNAUTHENTICATED},
    /* who */
    {"{\"sub\":null}", ERR_UNAUTHENTICATED},
    {"{\"sub\":\"" RESTAURANT "\"}", ERR_UNAUTHENTICATED},
    {"{\"sub\":\"\"}", ERR_UNAUTHENTICATED},
    {"{\"userId\":null}", ERR_UNAUTHENTICATED},
    {"{\"userId\":\"\"}", ERR_UNAUTHENTICATED},
    {"{\"userId\":\"me\",\"sub\":\"me\"}", ERR_UNAUTHENTICATED},
    {"{\"userId\":\"" RESTAURANT "\"}", ERR_UNAUTHENTICATED},
    {"{\"userId\":7,\"sub\":7}", ERR_UNAUTHENTICATED},
    {"{\"userId\":\"" USER " \",\"sub\":\"" USER " \"}", ERR_UNAUTHENTICATED},
    {"{\"userId\":\"' OR 1=1 --\",\"sub\":\"' OR 1=1 --\"}", ERR_UNAUTHENTICATED},
    {"{\"restaurantId\":null}", ERR_UNAUTHENTICATED},
    {"{\"restaurantId\":\"\"}", ERR_UNAUTHENTICATED},
    {"{\"restaurantId\":\"0196f0c2\"}", ERR_UNAUTHENTICATED},
    {"{\"restaurantId\":[\"" RESTAURANT "\"]}", ERR_UNAUTHENTICATED},
    /* in which role, and what it needs */
    {"{\"role\":null}", ERR_UNAUTHENTICATED},
    {"{\"role\":\"\"}", ERR_UNAUTHENTICATED},
    {"{\"role\":\"admin\"}", ERR_UNAUTHENTICATED},
    {"{\"role\":\"Owner\"}", ERR_UNAUTHENTICATED},
    {"{\"role\":\"nobody\"}", ERR_UNAUTHENTICATED},
    {"{\"role\":32}", ERR_UNAUTHENTICATED},
    {"{\"role\":[\"owner\"]}", ERR_UNAUTHENTICATED},
    {"{\"role\":\"owner\"}", ERR_OK},
    {"{\"familyId\":null}", ERR_UNAUTHENTICATED},
    {"{\"familyId\":\"x\"}", ERR_UNAUTHENTICATED},
    {"{\"role\":\"diner\"}", ERR_OK},
    {"{\"role\":\"diner\",\"familyId\":null}", ERR_OK},
    {"{\"role\":\"diner\",\"sessionId\":null}", ERR_UNAUTHENTICATED},
    {"{\"role\":\"diner\",\"sessionId\":\"\"}", ERR_UNAUTHENTICATED},
    {"{\"role\":\"diner\",\"sessionId\":\"12345678\"}", ERR_UNAUTHENTICATED},
    {"{\"role\":\"diner\",\"sessionId\":5}", ERR_UNAUTHENTICATED},
    /* of two faults the graver one: an expired token of somebody else's is none */
    {"{\"exp\":1,\"aud\":\"x\"}", ERR_UNAUTHENTICATED},
    {"{\"exp\":1,\"iat\":1900000000}", ERR_UNAUTHENTICATED},
    {"{\"exp\":1,\"nbf\":\"x\"}", ERR_UNAUTHENTICATED},
};

static void test_each_claim(void **state)
{
    for (size_t i = 0; i < LENGTH(claim_cases); i++) {
        const struct claim_case *c = &claim_cases[i];
        const char *token = foreign(*state, JWT_ALG_HS256, KEY, c->changes);
        enum err err = verdict(*state, KEY, token);
        CHECK(err == c->err, "%s: %s", c->changes, err_code(err));
        arena_reset(*state);
    }
}

static void test_payloads_by_hand(void **state)
{
    static const char header[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    static const char *const payloads[] = {"",
                                           "{}",
                                           "[]",
                                           "null",
                                           "\"waiter\"",
                                           "1",
                                           "{",
                                           "{\"exp\":1e999}",
                                           "{\"exp\":99999999999999999999}",
                                           "\xff\xfe",
                                           "{\"iss\":\"orderzap\"}"};
    for (size_t i = 0; i < LENGTH(payloads); i++)
        CHECK(verdict(*state, KEY, by_hand(*state, header, payloads[i], KEY)) == ERR_UNAUTHENTICATED, "%s",
              payloads[i]);
    const char *twice = arena_printf(*state, "{\"sub\":\"somebody\",%s", good_claims + 1);
    assert_int_equal(verdict(*state, KEY, by_hand(*state, header, twice, KEY)), ERR_UNAUTHENTICATED);
    const char *last = "", *deep = "";
    for (int i = 0; i < 500; i++) {
        last = arena_printf(*state, "%s]", last);
        deep = arena_printf(*state, "[%s", deep);
    }
    assert_int_equal(verdict(*state, KEY, by_hand(*state, header, arena_printf(*state, "%s%s", deep, last), KEY)),
                     ERR_UNAUTHENTICATED);
}

static void test_every_changed_character(void **state)
{
    const char *token = token_issue(*state, HS256(KEY), &diner, NOW, NOW + 900);
    size_t len = strlen(token);
    for (size_t i = 0; i < len; i++) {
        static const char others[] = "Ab0_-.=";
        for (size_t k = 0; k < sizeof others - 1; k++) {
            struct arena *arena = arena_create();
            char *changed = arena_strdup(arena, token);
            changed[i] = others[k];
            enum err err = token[i] != others[k] ? verdict(arena, KEY, changed) : ERR_UNAUTHENTICATED;
            arena_destroy(&arena);
            CHECK(err == ERR_UNAUTHENTICATED, "character %zu as '%c'", i, others[k]);
        }
    }
}

/* One's own signature under somebody else's claims. */
static void test_tampered_payload(void **state)
{
    const char *mine = foreign(*state, JWT_ALG_HS256, KEY, "{}");
    const char *theirs = foreign(*state, JWT_ALG_HS256, OTHER_KEY, "{\"role\":\"owner\"}");
    size_t head = (size_t)(strrchr(theirs, '.') - theirs);
    assert_int_equal(verdict(*state, KEY, arena_printf(*state, "%.*s%s", (int)head, theirs, strrchr(mine, '.'))),
                     ERR_UNAUTHENTICATED);
}

static void test_cut_or_extended(void **state)
{
    const char *token = token_issue(*state, HS256(KEY), &diner, NOW, NOW + 900);
    static const char *const tails[] = {".", "=", "==", "A", ".x", " ", "\n", "\xff"};
    for (size_t len = 0; len < strlen(token); len++)
        CHECK(verdict(*state, KEY, arena_strndup(*state, token, len)) == ERR_UNAUTHENTICATED, "cut after %zu", len);
    for (size_t i = 0; i < LENGTH(tails); i++)
        CHECK(verdict(*state, KEY, arena_printf(*state, "%s%s", token, tails[i])) == ERR_UNAUTHENTICATED,
              "with '%s' after it", tails[i]);
    assert_int_equal(verdict(*state, KEY, arena_printf(*state, " %s", token)), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, KEY, arena_printf(*state, "Bearer %s", token)), ERR_UNAUTHENTICATED);
}

static void test_garbage(void **state)
{
    static const char *const texts[] = {"",
                                        ".",
                                        "..",
                                        "...",
                                        "a",
                                        "a.b",
                                        "a.b.c",
                                        "....",
                                        "e30.e30.",
                                        "e30.e30.e30",
                                        "\xff.\xff.\xff",
                                        "=.=.=",
                                        "null.null.null"};
    uint64_t seed = unit_seed();
    for (size_t i = 0; i < LENGTH(texts); i++)
        CHECK(verdict(*state, KEY, texts[i]) == ERR_UNAUTHENTICATED, "'%s'", texts[i]);
    for (int round = 0; round < 300; round++) {
        size_t len = 1 + unit_below(&seed, 5000);
        char *garbage = arena_alloc(*state, len + 1);
        for (size_t i = 0; i < len; i++)
            garbage[i] = round % 2 == 0 ? (char)(1 + unit_below(&seed, 255)) : "aZ9_-.."[unit_below(&seed, 7)];
        assert_int_equal(verdict(*state, KEY, garbage), ERR_UNAUTHENTICATED);
    }
}

/* However valid its signature is. */
static void test_too_long(void **state)
{
    char *long_text = arena_alloc(*state, 5001);
    memset(long_text, 'a', 5000);
    assert_int_equal(verdict(*state, KEY, long_text), ERR_UNAUTHENTICATED);
    long_text[2000] = '\0';
    assert_int_equal(
        verdict(*state, KEY, foreign(*state, JWT_ALG_HS256, KEY, arena_printf(*state, "{\"more\":\"%s\"}", long_text))),
        ERR_OK);
    long_text[2000] = 'a';
    assert_int_equal(
        verdict(*state, KEY, foreign(*state, JWT_ALG_HS256, KEY, arena_printf(*state, "{\"more\":\"%s\"}", long_text))),
        ERR_UNAUTHENTICATED);
}

static void test_ids_come_in_lower_case(void **state)
{
    struct principal who;
    const char *token =
        foreign(*state, JWT_ALG_HS256, KEY, "{\"restaurantId\":\"0196F0C2-3B4A-7C1D-8E5F-00000000000A\"}");
    assert_int_equal(token_verify(*state, HS256(KEY), token, NOW, &who), ERR_OK);
    assert_string_equal(who.restaurant_id, RESTAURANT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_diner_there_and_back),
        ARENA_TEST(test_staff_there_and_back),
        ARENA_TEST(test_claims),
        ARENA_TEST(test_tokens_differ),
        ARENA_TEST(test_keys_that_are_too_short),
        ARENA_TEST(test_wrong_keys),
        ARENA_TEST(test_foreign_token_as_a_check_of_the_test),
        ARENA_TEST(test_other_algorithms),
        ARENA_TEST(test_headers_by_hand),
        ARENA_TEST(test_each_claim),
        ARENA_TEST(test_payloads_by_hand),
        ARENA_TEST(test_every_changed_character),
        ARENA_TEST(test_tampered_payload),
        ARENA_TEST(test_cut_or_extended),
        ARENA_TEST(test_garbage),
        ARENA_TEST(test_too_long),
        ARENA_TEST(test_ids_come_in_lower_case),
    };
    return cmocka_run_group_tests_name("token", tests, start_libraries, NULL);
}
