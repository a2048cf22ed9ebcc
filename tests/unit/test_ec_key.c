/* auth/ec_key: keys are made, read and shown as JWKs; files that others may
 * read and keys that do not serve ES256 are refused, each in its words. */
#include "unit.h"

#include "auth/ec_key.h"
#include "base/text.h"

#include <json-c/json.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];
static char error[EC_ERROR_SIZE];

static int setup(void **state)
{
    strcpy(path, "/tmp/orderzap-ec-key-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 || close(fd) != 0 ? -1 : unit_arena_setup(state);
}

static int teardown(void **state)
{
    unlink(path);
    return unit_arena_teardown(state);
}

static void write_file(const char *text, size_t len, mode_t mode)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static bool reads_private(const char *text, mode_t mode)
{
    char pem[EC_PEM_SIZE];
    struct ec_public public;
    write_file(text, strlen(text), mode);
    error[0] = '\0';
    bool good = ec_key_read_private(path, pem, &public, error);
    assert_true(good == (error[0] == '\0') && good == (public.kid[0] != '\0'));
    assert_true(good || strncmp(error, path, strlen(path)) == 0);
    return good;
}

static bool reads_public(const char *text, mode_t mode)
{
    struct ec_public public;
    write_file(text, strlen(text), mode);
    error[0] = '\0';
    bool good = ec_key_read_public(path, &public, error);
    assert_true(good == (error[0] == '\0') && good == (public.kid[0] != '\0'));
    return good;
}

/* The PEM text of a key of OpenSSL's, freed with it. The arena's. */
static const char *pem_of(struct arena *arena, EVP_PKEY *key, bool private, const char *passphrase)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *bytes;
    assert_non_null(key);
    if (private)
        assert_int_equal(PEM_write_bio_PrivateKey(out, key, passphrase != NULL ? EVP_aes_128_cbc() : NULL,
                                                  (const unsigned char *)passphrase,
                                                  passphrase != NULL ? (int)strlen(passphrase) : 0, NULL, NULL),
                         1);
    else
        assert_int_equal(PEM_write_bio_PUBKEY(out, key), 1);
    size_t len = (size_t)BIO_get_mem_data(out, &bytes);
    const char *text = arena_strndup(arena, bytes, len);
    BIO_free(out);
    EVP_PKEY_free(key);
    return text;
}

static void test_made_and_read(void **state)
{
    char first[EC_PEM_SIZE], second[EC_PEM_SIZE], pem[EC_PEM_SIZE];
    struct ec_public public, again;
    (void)state;
    assert_true(ec_key_make(first));
    assert_true(ec_key_make(second));
    assert_string_not_equal(first, second);
    write_file(first, strlen(first), 0600);
    assert_true(ec_key_read_private(path, pem, &public, error));
    assert_string_equal(pem, first);
    assert_int_equal(strlen(public.x), 43);
    assert_int_equal(strlen(public.y), 43);
    assert_int_equal(strlen(public.kid), 43);
    write_file(public.pem, strlen(public.pem), 0644);
    assert_true(ec_key_read_public(path, &again, error));
    assert_memory_equal(&again, &public, sizeof public);
}

/* The key of RFC 7515, A.3, and its thumbprint, computed elsewhere. */
static void test_known_key(void **state)
{
    static const char known[] = "-----BEGIN PUBLIC KEY-----\n"
                                "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
                                "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
                                "-----END PUBLIC KEY-----\n";
    struct ec_public public;
    struct text text;
    write_file(known, strlen(known), 0644);
    assert_true(ec_key_read_public(path, &public, error));
    assert_string_equal(public.x, "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
    assert_string_equal(public.y, "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    assert_string_equal(public.kid, "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
    text_init(&text, *state);
    ec_public_jwk(&public, &text);
    assert_string_equal(text.bytes,
                        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                        "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\",\"use\":\"sig\",\"alg\":\"ES256\","
                        "\"kid\":\"oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U\"}");
}

/* A coordinate that begins with zeros keeps them (RFC 7518, 6.2.1.2). */
static void test_leading_zeros(void **state)
{
    int found = 0;
    (void)state;
    for (int i = 0; i < 5000 && found < 2; i++) {
        char pem[EC_PEM_SIZE];
        struct ec_public public;
        assert_true(ec_key_make(pem));
        write_file(pem, strlen(pem), 0600);
        assert_true(ec_key_read_private(path, pem, &public, error));
        assert_int_equal(strlen(public.x) + strlen(public.y), 86);
        found += public.x[0] == 'A' || public.y[0] == 'A';
    }
    assert_int_equal(found, 2);
}

/* As 'openssl ecparam -genkey' writes them: parameters first, then SEC1. */
static void test_other_forms(void **state)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    BIO *out = BIO_new(BIO_s_mem());
    char *bytes;
    assert_int_equal(PEM_write_bio_PrivateKey_traditional(out, key, NULL, NULL, 0, NULL, NULL), 1);
    size_t len = (size_t)BIO_get_mem_data(out, &bytes);
    const char *sec1 = arena_strndup(*state, bytes, len);
    BIO_free(out);
    EVP_PKEY_free(key);
    assert_non_null(strstr(sec1, "BEGIN EC PRIVATE KEY"));
    assert_true(reads_private(sec1, 0600));
    assert_true(reads_private(arena_printf(*state,
                                           "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
                                           "-----END EC PARAMETERS-----\n%s",
                                           sec1),
                              0600));
}

static void test_modes(void **state)
{
    const char *private = pem_of(*state, EVP_EC_gen("P-256"), true, NULL);
    const char *public = pem_of(*state, EVP_EC_gen("P-256"), false, NULL);
    static const mode_t private_good[] = {0400, 0600, 0440, 0640}, private_bad[] = {0644, 0604, 0602, 0601, 0666};
    static const mode_t public_good[] = {0400, 0644, 0664}, public_bad[] = {0646, 0666, 0602};
    for (size_t i = 0; i < LENGTH(private_good); i++)
        CHECK(reads_private(private, private_good[i]), "%o: %s", private_good[i], error);
    for (size_t i = 0; i < LENGTH(private_bad); i++)
        CHECK(!reads_private(private, private_bad[i]) && strstr(error, "everybody can use it: run 'chmod o='") != NULL,
              "%o: %s", private_bad[i], error);
    for (size_t i = 0; i < LENGTH(public_good); i++)
        CHECK(reads_public(public, public_good[i]), "%o: %s", public_good[i], error);
    for (size_t i = 0; i < LENGTH(public_bad); i++)
        CHECK(!reads_public(public, public_bad[i]) && strstr(error, "everybody can change it") != NULL, "%o: %s",
              public_bad[i], error);
}

static void test_keys_of_other_kinds(void **state)
{
    const char *names[] = {"RSA", "ED25519", "X25519"}, *curves[] = {"P-384", "P-521", "P-224", "secp256k1"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        EVP_PKEY *key = i == 0 ? EVP_RSA_gen(2048) : EVP_PKEY_Q_keygen(NULL, NULL, names[i]);
        EVP_PKEY_up_ref(key);
        CHECK(!reads_private(pem_of(*state, key, true, NULL), 0600) && strstr(error, names[i]) != NULL, "%s", error);
        CHECK(!reads_public(pem_of(*state, key, false, NULL), 0600) && strstr(error, names[i]) != NULL, "%s", error);
        assert_non_null(strstr(error, "ES256 needs EC on P-256"));
    }
    for (size_t i = 0; i < LENGTH(curves); i++) {
        EVP_PKEY *key = EVP_EC_gen(curves[i]);
        EVP_PKEY_up_ref(key);
        CHECK(!reads_private(pem_of(*state, key, true, NULL), 0600), "%s", curves[i]);
        assert_non_null(strstr(error, "it holds a key on the curve "));
        CHECK(!reads_public(pem_of(*state, key, false, NULL), 0600), "%s", curves[i]);
        assert_non_null(strstr(error, "ES256 needs P-256"));
    }
}

static void test_what_is_no_key(void **state)
{
    const char *private = pem_of(*state, EVP_EC_gen("P-256"), true, NULL);
    const char *public = pem_of(*state, EVP_EC_gen("P-256"), false, NULL);
    const char *const texts[] = {
        "",
        "\n",
        "hello",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n",
        arena_strndup(*state, private, strlen(private) / 2)};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        CHECK(!reads_private(texts[i], 0600) && strstr(error, "no private key in PEM") != NULL, "%zu: %s", i, error);
        CHECK(!reads_public(texts[i], 0600) && strstr(error, "no public key in PEM") != NULL, "%zu: %s", i, error);
    }
    assert_false(reads_private(public, 0600));
    assert_non_null(strstr(error, "orderzapctl keygen"));
    assert_false(reads_public(private, 0600));
    assert_non_null(strstr(error, "orderzapctl keygen --public"));
    assert_false(reads_private(pem_of(*state, EVP_EC_gen("P-256"), true, "geheim"), 0600));
    assert_non_null(strstr(error, "without a passphrase"));
}

/* A point that is not on the curve: the public key of RFC 7515, A.3, changed. */
static void test_damaged(void **state)
{
    (void)state;
    assert_false(reads_public("-----BEGIN PUBLIC KEY-----\n"
                              "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
                              "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrA==\n"
                              "-----END PUBLIC KEY-----\n",
                              0644));
}

static void test_what_is_no_file(void **state)
{
    char pem[EC_PEM_SIZE];
    struct ec_public public;
    char *large = arena_alloc(*state, 17 * 1024);
    memset(large, 'A', 17 * 1024);
    write_file(large, 17 * 1024, 0600);
    assert_false(ec_key_read_private(path, pem, &public, error));
    assert_non_null(strstr(error, "it is not a key file"));
    assert_false(ec_key_read_private("/tmp", pem, &public, error));
    assert_string_equal(error, "/tmp: it is not a key file");
    assert_false(ec_key_read_private("/nonexistent", pem, &public, error));
    assert_string_equal(error, "/nonexistent: No such file or directory");
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(ec_key_read_private(path, pem, &public, error));
    assert_non_null(strstr(error, "it is not a key file"));
    memset(large, 'x', 5000);
    large[5000] = '\0';
    assert_false(ec_key_read_private(large, pem, &public, error));
    assert_true(strlen(error) < EC_ERROR_SIZE);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_made_and_read),  TEST(test_known_key), TEST(test_leading_zeros),
        TEST(test_other_forms),    TEST(test_modes),     TEST(test_keys_of_other_kinds),
        TEST(test_what_is_no_key), TEST(test_damaged),   TEST(test_what_is_no_file),
    };
    return cmocka_run_group_tests_name("ec_key", tests, NULL, NULL);
}
