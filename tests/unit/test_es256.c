/* auth/token with ES256: what was issued is read back by the key that its kid
 * names; whatever confuses algorithms, keys or the form of a signature is
 * refused. Foreign tokens are signed here with OpenSSL, so that their headers
 * can say anything. */
#include "unit.h"

#include "auth/keys.h"
#include "auth/token.h"
#include "base/text.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SECRET     "Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aS"
#define NOW        INT64_C(1800000000)
#define USER       "0196f0c2-3b4a-7c1d-8e5f-0123456789ab"
#define RESTAURANT "0196f0c2-3b4a-7c1d-8e5f-00000000000a"
#define SESSION    "0196f0c2-3b4a-7c1d-8e5f-00000000000b"

enum { RAW = 64 };

static const char good_claims[] =
    "{\"iss\":\"orderzap\",\"aud\":\"orderzap-api\",\"sub\":\"" USER "\",\"iat\":1799999000,\"exp\":1800000900,"
    "\"jti\":\"" USER "\",\"userId\":\"" USER "\",\"restaurantId\":\"" RESTAURANT "\",\"email\":\"\","
    "\"role\":\"diner\",\"sessionId\":\"" SESSION "\"}";
static const struct principal diner = {
    .role = ROLE_DINER, .id = USER, .restaurant_id = RESTAURANT, .session_id = SESSION, .email = ""};

/* Ours, the one before, and somebody else's. */
static struct token_keys ours, before, others;

static void make_keys(struct token_keys *keys)
{
    char path[] = "/tmp/orderzap-es256-XXXXXX", error[EC_ERROR_SIZE];
    int fd = mkstemp(path);
    assert_true(fd >= 0 && ec_key_make(keys->private));
    assert_int_equal(write(fd, keys->private, strlen(keys->private)), (ssize_t)strlen(keys->private));
    close(fd);
    CHECK(ec_key_read_private(path, keys->private, &keys->current, error), "%s", error);
    unlink(path);
    keys->alg = TOKEN_ES256;
    keys->secret = SECRET;
}

static int start(void **state)
{
    (void)state;
    if (sodium_init() < 0)
        return -1;
    make_keys(&ours);
    make_keys(&before);
    make_keys(&others);
    return 0;
}

static const char *base64url(struct arena *arena, const void *bytes, size_t len)
{
    size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sodium_bin2base64(arena_alloc(arena, size), size, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static const char *head_of(struct arena *arena, const char *header, const char *claims)
{
    return arena_printf(arena, "%s.%s", base64url(arena, header, strlen(header)),
                        base64url(arena, claims, strlen(claims)));
}

/* A signature of the text as OpenSSL makes it: DER. Its length. */
static size_t sign_der(const char *pem, const char *text, const EVP_MD *md, unsigned char der[256])
{
    size_t len = 256;
    BIO *in = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, md, NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, der, &len, (const unsigned char *)text, strlen(text)), 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    BIO_free(in);
    return len;
}

/* r and s as JWS has them, each `half` bytes. */
static void sign_raw(const char *pem, const char *text, const EVP_MD *md, int half, unsigned char *raw)
{
    unsigned char der[256];
    const unsigned char *p = der;
    size_t len = sign_der(pem, text, md, der);
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &p, (long)len);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, half), half);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + half, half), half);
    ECDSA_SIG_free(signature);
}

/* A token whose header may say anything, rightly signed by the key. */
static const char *signed_by(struct arena *arena, const struct token_keys *keys, const char *header)
{
    unsigned char raw[RAW];
    const char *head = head_of(arena, header, good_claims);
    sign_raw(keys->private, head, EVP_sha256(), RAW / 2, raw);
    return arena_printf(arena, "%s.%s", head, base64url(arena, raw, sizeof raw));
}

static const char *hmac_by(struct arena *arena, const void *key, size_t len, const char *header)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state hmac;
    const char *head = head_of(arena, header, good_claims);
    crypto_auth_hmacsha256_init(&hmac, key, len);
    crypto_auth_hmacsha256_update(&hmac, (const unsigned char *)head, strlen(head));
    crypto_auth_hmacsha256_final(&hmac, mac);
    return arena_printf(arena, "%s.%s", head, base64url(arena, mac, sizeof mac));
}

static const char *header_with(struct arena *arena, const char *alg, const char *kid)
{
    return arena_printf(arena, "{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"JWT\"}", alg, kid);
}

static enum err verdict(struct arena *arena, const struct token_keys *keys, const char *token)
{
    struct principal who = {.role = ROLE_OWNER, .id = "left over"};
    enum err err = token_verify(arena, keys, token, NOW, &who);
    assert_true(err == ERR_OK ? who.role == ROLE_DINER : who.role == ROLE_NOBODY && who.id == NULL);
    return err;
}

#define REFUSED(token, ...) CHECK(verdict(*state, &ours, token) == ERR_UNAUTHENTICATED, __VA_ARGS__)

static void test_there_and_back(void **state)
{
    struct principal who;
    const char *token = token_issue(*state, &ours, &diner, NOW, NOW + 900);
    assert_non_null(token);
    assert_int_equal(token_verify(*state, &ours, token, NOW, &who), ERR_OK);
    assert_int_equal(who.role, ROLE_DINER);
    assert_string_equal(who.id, USER);
    assert_string_equal(who.restaurant_id, RESTAURANT);
    assert_string_equal(who.session_id, SESSION);
    assert_int_equal(token_verify(*state, &ours, token, NOW + 900, &who), ERR_TOKEN_EXPIRED);
    assert_int_equal(verdict(*state, &others, token), ERR_UNAUTHENTICATED);
}

static void test_header(void **state)
{
    const char *token = token_issue(*state, &ours, &diner, NOW, NOW + 900);
    const char *header = header_with(*state, "ES256", ours.current.kid);
    size_t len = strcspn(token, ".");
    assert_string_equal(arena_strndup(*state, token, len), base64url(*state, header, strlen(header)));
    assert_int_equal(strlen(strrchr(token, '.') + 1), 86);
}

static void test_no_key(void **state)
{
    static const struct token_keys none = {.alg = TOKEN_ES256, .secret = SECRET};
    struct token_keys half = ours;
    assert_null(token_issue(*state, &none, &diner, NOW, NOW + 900));
    half.private[0] = '\0';
    assert_null(token_issue(*state, &half, &diner, NOW, NOW + 900));
    assert_int_equal(verdict(*state, &none, signed_by(*state, &ours, header_with(*state, "ES256", ""))),
                     ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, &none, hmac_by(*state, SECRET, 32, "{\"alg\":\"HS256\"}")), ERR_UNAUTHENTICATED);
}

static void test_signed_here_as_a_check_of_the_test(void **state)
{
    for (int i = 0; i < 20; i++) /* with r and s of all lengths */
        assert_int_equal(
            verdict(*state, &ours, signed_by(*state, &ours, header_with(*state, "ES256", ours.current.kid))), ERR_OK);
    assert_int_equal(
        verdict(*state, &ours,
                signed_by(*state, &ours, arena_printf(*state, "{\"kid\":\"%s\",\"alg\":\"ES256\"}", ours.current.kid))),
        ERR_OK);
}

static void test_previous_key(void **state)
{
    struct token_keys both = ours;
    both.previous = before.current;
    const char *old = token_issue(*state, &before, &diner, NOW, NOW + 900);
    assert_int_equal(verdict(*state, &both, old), ERR_OK);
    assert_int_equal(verdict(*state, &both, token_issue(*state, &both, &diner, NOW, NOW + 900)), ERR_OK);
    assert_int_equal(verdict(*state, &ours, token_issue(*state, &both, &diner, NOW, NOW + 900)), ERR_OK);
    REFUSED(old, "the previous key is not given");
    assert_int_equal(verdict(*state, &both, token_issue(*state, &others, &diner, NOW, NOW + 900)), ERR_UNAUTHENTICATED);
    /* The one's kid over the other's signature. */
    assert_int_equal(verdict(*state, &both, signed_by(*state, &ours, header_with(*state, "ES256", before.current.kid))),
                     ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, &both, signed_by(*state, &before, header_with(*state, "ES256", ours.current.kid))),
                     ERR_UNAUTHENTICATED);
}

static void test_headers(void **state)
{
    char changed[EC_FIELD_SIZE];
    const char *kid = ours.current.kid;
    snprintf(changed, sizeof changed, "%s", kid);
    changed[42] = changed[42] == 'A' ? 'E' : 'A';
    const char *const headers[] = {
        "{\"alg\":\"ES256\",\"typ\":\"JWT\"}",
        "{\"alg\":\"ES256\",\"kid\":\"\"}",
        "{\"alg\":\"ES256\",\"kid\":null}",
        "{\"alg\":\"ES256\",\"kid\":0}",
        "{\"alg\":\"ES256\",\"kid\":\"../../etc/passwd\"}",
        "{\"alg\":\"ES256\",\"kid\":\"' OR 1=1 --\"}",
        arena_printf(*state, "{\"alg\":\"ES256\",\"kid\":[\"%s\"]}", kid),
        arena_printf(*state, "{\"alg\":\"ES256\",\"kid\":\"%s \"}", kid),
        arena_printf(*state, "{\"alg\":\"ES256\",\"kid\":\"%s\\u0000\"}", kid),
        arena_printf(*state, "{\"alg\":\"ES256\",\"kid\":\"%s\"}", changed),
        arena_printf(*state, "{\"alg\":\"ES256\",\"kid\":\"%.42s\"}", kid),
        arena_printf(*state, "{\"alg\":\"ES256\",\"KID\":\"%s\"}", kid),
        arena_printf(*state, "{\"alg\":\"ES256\",\"kid\":\"%s\",\"kid\":\"%s\"}", changed, kid),
        arena_printf(*state, "{\"alg\":\"ES256\",\"kid\":\"%s\",\"kid\":\"%s\"}", kid, changed),
        arena_printf(*state, "{\"alg\":\"ES256\",\"kid\":\"%s\",\"typ\":\"JWE\"}", kid), /* not of our type */
    };
    for (size_t i = 0; i < LENGTH(headers); i++)
        REFUSED(signed_by(*state, &ours, headers[i]), "%s", headers[i]);
}

/* What an attacker has: all that is public. */
static void test_hmac_with_what_is_public(void **state)
{
    struct text jwk;
    unsigned char der[256];
    size_t der_len;
    const char *pem = ours.current.pem, *body = strchr(pem, '\n') + 1;
    text_init(&jwk, *state);
    ec_public_jwk(&ours.current, &jwk);
    assert_int_equal(sodium_base642bin(der, sizeof der, body, strcspn(body, "-"), "\n", &der_len, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    const struct {
        const char *what;
        const void *key;
        size_t len;
    } keys[] = {
        {"PEM", pem, strlen(pem)},
        {"PEM without its last newline", pem, strlen(pem) - 1},
        {"PEM with its NUL", pem, strlen(pem) + 1},
        {"DER", der, der_len},
        {"the point", der + der_len - 65, 65},
        {"JWK", jwk.bytes, jwk.len},
        {"x", ours.current.x, 43},
        {"kid", ours.current.kid, 43},
        {"nothing", "", 0},
        {"JWT_SECRET", SECRET, 32},
        {"the private key", ours.private, strlen(ours.private)},
    };
    static const char *const algs[] = {"HS256", "HS384", "HS512", "ES256", "hs256", "none"};
    for (size_t i = 0; i < LENGTH(keys); i++)
        for (size_t k = 0; k < LENGTH(algs); k++) {
            REFUSED(hmac_by(*state, keys[i].key, keys[i].len, header_with(*state, algs[k], ours.current.kid)), "%s, %s",
                    keys[i].what, algs[k]);
            REFUSED(hmac_by(*state, keys[i].key, keys[i].len, arena_printf(*state, "{\"alg\":\"%s\"}", algs[k])),
                    "%s, %s, no kid", keys[i].what, algs[k]);
        }
}

static void test_other_algorithms(void **state)
{
    static const char *const algs[] = {"none",  "None",  "NONE",  "HS256",  "HS384", "HS512",
                                       "RS256", "RS384", "PS256", "ES384",  "ES512", "ES256K",
                                       "EdDSA", "es256", "Es256", "ES256 ", "",      "ECDSA"};
    for (size_t i = 0; i < LENGTH(algs); i++) {
        const char *token = signed_by(*state, &ours, header_with(*state, algs[i], ours.current.kid));
        size_t head = (size_t)(strrchr(token, '.') - token);
        REFUSED(token, "%s", algs[i]);
        REFUSED(arena_strndup(*state, token, head + 1), "%s, unsigned", algs[i]);
        REFUSED(arena_strndup(*state, token, head), "%s, of two parts", algs[i]);
    }
    static const char *const values[] = {"null", "256", "[\"ES256\"]", "{\"ES256\":1}", "true"};
    for (size_t i = 0; i < LENGTH(values); i++)
        REFUSED(
            signed_by(*state, &ours, arena_printf(*state, "{\"alg\":%s,\"kid\":\"%s\"}", values[i], ours.current.kid)),
            "%s", values[i]);
    REFUSED(signed_by(*state, &ours, arena_printf(*state, "{\"kid\":\"%s\"}", ours.current.kid)), "no alg");
    REFUSED(signed_by(*state, &ours,
                      arena_printf(*state, "{\"alg\":\"none\",\"alg\":\"ES256\",\"kid\":\"%s\"}", ours.current.kid)),
            "two alg");
}

/* Each installation takes its own algorithm alone, whatever the keys are. */
static void test_the_other_installation(void **state)
{
    const struct token_keys hs256 = {.alg = TOKEN_HS256, .secret = SECRET};
    struct token_keys mixed = ours, pem_secret = {.alg = TOKEN_HS256, .secret = ours.current.pem};
    const char *es = token_issue(*state, &ours, &diner, NOW, NOW + 900);
    const char *hs = token_issue(*state, &hs256, &diner, NOW, NOW + 900);
    assert_int_equal(verdict(*state, &hs256, hs), ERR_OK);
    REFUSED(hs, "HS256 at ES256");
    assert_int_equal(verdict(*state, &hs256, es), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, &pem_secret, es), ERR_UNAUTHENTICATED);
    mixed.alg = TOKEN_HS256;
    assert_int_equal(verdict(*state, &mixed, es), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(*state, &mixed, hs), ERR_OK);
}

/* Keys that a token brings along. */
static void test_keys_in_the_header(void **state)
{
    struct text jwk;
    text_init(&jwk, *state);
    ec_public_jwk(&others.current, &jwk);
    const char *const brought[] = {
        arena_printf(*state, "\"jwk\":%s", jwk.bytes),
        "\"jku\":\"https://evil.example/jwks.json\"",
        "\"x5u\":\"https://evil.example/cert.pem\"",
        "\"x5c\":[\"MIIB\"]",
        "\"x5t\":\"abc\"",
    };
    for (size_t i = 0; i < LENGTH(brought); i++) {
        const char *mine = arena_printf(*state, "{\"alg\":\"ES256\",\"kid\":\"%s\",%s}", ours.current.kid, brought[i]);
        const char *theirs =
            arena_printf(*state, "{\"alg\":\"ES256\",\"kid\":\"%s\",%s}", others.current.kid, brought[i]);
        REFUSED(signed_by(*state, &others, mine), "%s", mine);
        REFUSED(signed_by(*state, &others, theirs), "%s", theirs);
        REFUSED(signed_by(*state, &others, arena_printf(*state, "{\"alg\":\"ES256\",%s}", brought[i])), "no kid");
        CHECK(verdict(*state, &ours, signed_by(*state, &ours, mine)) == ERR_OK, "it is not ignored: %s", mine);
    }
    /* RFC 7515, 4.1.11: what must be understood and is not. */
    REFUSED(signed_by(*state, &ours,
                      arena_printf(*state, "{\"alg\":\"ES256\",\"kid\":\"%s\",\"crit\":[\"b64\"],\"b64\":false}",
                                   ours.current.kid)),
            "crit");
}

/* The group's order (FIPS 186-4, D.1.2.3). */
static const char order_hex[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

static void test_forms_of_a_signature(void **state)
{
    const char *head = head_of(*state, header_with(*state, "ES256", ours.current.kid), good_claims);
    unsigned char raw[RAW + 1] = {0}, der[256], bad[256] = {0}, order[RAW / 2];
    sodium_hex2bin(order, sizeof order, order_hex, strlen(order_hex), NULL, NULL, NULL);
    size_t der_len = sign_der(ours.private, head, EVP_sha256(), der);
    sign_raw(ours.private, head, EVP_sha256(), RAW / 2, raw);
#define WITH(bytes, len) arena_printf(*state, "%s.%s", head, base64url(*state, bytes, len))
    assert_int_equal(verdict(*state, &ours, WITH(raw, RAW)), ERR_OK);
    REFUSED(WITH(der, der_len), "DER");
    REFUSED(WITH(raw, RAW + 1), "a byte more");
    REFUSED(WITH(raw, RAW - 1), "a byte less");
    REFUSED(WITH(raw, RAW / 2), "r alone");
    REFUSED(WITH(raw, 0), "nothing");
    memcpy(bad + 1, raw, RAW);
    REFUSED(WITH(bad, RAW + 1), "a zero before");
    memset(bad, 0, sizeof bad);
    REFUSED(WITH(bad, RAW), "zeros");
    REFUSED(WITH(bad, 96), "96 zeros");
    memcpy(bad, raw, RAW / 2);
    REFUSED(WITH(bad, RAW), "s = 0");
    memcpy(bad + RAW / 2, order, sizeof order);
    REFUSED(WITH(bad, RAW), "s = n");
    memset(bad, 0, RAW / 2);
    memcpy(bad + RAW / 2, raw + RAW / 2, RAW / 2);
    REFUSED(WITH(bad, RAW), "r = 0");
    memcpy(bad, order, sizeof order);
    REFUSED(WITH(bad, RAW), "r = n");
    memcpy(bad, raw + RAW / 2, RAW / 2);
    memcpy(bad + RAW / 2, raw, RAW / 2);
    REFUSED(WITH(bad, RAW), "s before r");
    memset(bad, 0xff, sizeof bad);
    REFUSED(WITH(bad, RAW), "ones");
    memset(bad, 0, sizeof bad);
    bad[RAW / 2 - 1] = bad[RAW - 1] = 1;
    REFUSED(WITH(bad, RAW), "r = s = 1");
}

/* One signature is one text: libjwt by itself passes over what is no base64. */
static void test_texts_of_a_signature(void **state)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    static const char *const tails[] = {"=", "==", ".", "A", "AA", " ", "\n", "%3D", ".x"};
    char *token = arena_strdup(*state, token_issue(*state, &ours, &diner, NOW, NOW + 900));
    size_t len = strlen(token), signature = len - 86;
    for (size_t i = 0; i < LENGTH(tails); i++)
        REFUSED(arena_printf(*state, "%s%s", token, tails[i]), "'%s' after it", tails[i]);
    for (size_t i = 0; i <= 86; i += 43) {
        REFUSED(arena_printf(*state, "%.*s\n%s", (int)(signature + i), token, token + signature + i), "a newline");
        REFUSED(arena_printf(*state, "%.*s=%s", (int)(signature + i), token, token + signature + i), "a sign");
    }
    char last = token[len - 1];
    for (size_t i = 0; i < 64; i++) { /* four of its bits are not used */
        token[len - 1] = alphabet[i];
        CHECK((verdict(*state, &ours, token) == ERR_OK) == (alphabet[i] == last), "'%c' for '%c'", alphabet[i], last);
    }
}

static void test_every_changed_character(void **state)
{
    const char *token = token_issue(*state, &ours, &diner, NOW, NOW + 900);
    for (size_t i = 0; i < strlen(token); i++) {
        struct arena *arena = arena_create();
        char *changed = arena_strdup(arena, token);
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        enum err err = verdict(arena, &ours, changed);
        arena_destroy(&arena);
        CHECK(err == ERR_UNAUTHENTICATED, "character %zu", i);
        REFUSED(arena_strndup(*state, token, i), "cut after %zu", i);
    }
}

/* A key on another curve, a hash of another size. */
static void test_other_curves_and_hashes(void **state)
{
    unsigned char raw[96];
    const char *head = head_of(*state, header_with(*state, "ES256", ours.current.kid), good_claims);
    EVP_PKEY *key = EVP_EC_gen("P-384");
    BIO *out = BIO_new(BIO_s_mem());
    char pem[EC_PEM_SIZE];
    assert_int_equal(PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL), 1);
    int len = BIO_read(out, pem, sizeof pem - 1);
    pem[len] = '\0';
    BIO_free(out);
    EVP_PKEY_free(key);
    sign_raw(pem, head, EVP_sha256(), 48, raw);
    REFUSED(WITH(raw, 96), "P-384");
    sign_raw(ours.private, head, EVP_sha384(), RAW / 2, raw);
    REFUSED(WITH(raw, RAW), "SHA-384");
    sign_raw(ours.private, head, EVP_sha1(), RAW / 2, raw);
    REFUSED(WITH(raw, RAW), "SHA-1");
    sign_raw(ours.private, head, EVP_sha256(), RAW / 2, raw);
    assert_int_equal(verdict(*state, &ours, WITH(raw, RAW)), ERR_OK);
}

/* A signature of other claims, as another's session. */
static void test_moved_signature(void **state)
{
    const char *mine = token_issue(*state, &ours, &diner, NOW, NOW + 900);
    const char *raised = head_of(*state, header_with(*state, "ES256", ours.current.kid), "{\"role\":\"owner\"}");
    REFUSED(arena_printf(*state, "%s%s", raised, strrchr(mine, '.')), "another payload");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_there_and_back),
        ARENA_TEST(test_header),
        ARENA_TEST(test_no_key),
        ARENA_TEST(test_signed_here_as_a_check_of_the_test),
        ARENA_TEST(test_previous_key),
        ARENA_TEST(test_headers),
        ARENA_TEST(test_hmac_with_what_is_public),
        ARENA_TEST(test_other_algorithms),
        ARENA_TEST(test_the_other_installation),
        ARENA_TEST(test_keys_in_the_header),
        ARENA_TEST(test_forms_of_a_signature),
        ARENA_TEST(test_texts_of_a_signature),
        ARENA_TEST(test_every_changed_character),
        ARENA_TEST(test_other_curves_and_hashes),
        ARENA_TEST(test_moved_signature),
    };
    return cmocka_run_group_tests_name("es256", tests, start, NULL);
}
