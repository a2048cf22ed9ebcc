/* auth/keys: one secret gives a key for each purpose, always the same ones; a file
 * gives the one that signs ES256. */
#include "unit.h"

#include "auth/keys.h"
#include "conf/conf.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET "Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aS"

static void test_always_the_same(void **state)
{
    struct auth_keys a, b;
    (void)state;
    auth_keys_derive(SECRET, &a);
    auth_keys_derive(SECRET, &b);
    assert_memory_equal(a.pin, b.pin, AUTH_KEY_SIZE);
    assert_memory_equal(a.answer, b.answer, AUTH_KEY_SIZE);
}

static void test_one_for_each_purpose(void **state)
{
    struct auth_keys keys;
    (void)state;
    auth_keys_derive(SECRET, &keys);
    const unsigned char *const made[] = {keys.pin, keys.answer, keys.provider, keys.request, keys.address};
    for (size_t i = 0; i < LENGTH(made); i++) {
        assert_memory_not_equal(made[i], SECRET, AUTH_KEY_SIZE);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(made[i], made[k], AUTH_KEY_SIZE);
    }
}

static void test_token_key_is_the_secret_itself(void **state)
{
    static const char secret[] = SECRET;
    struct auth_keys keys;
    (void)state;
    auth_keys_derive(secret, &keys);
    assert_int_equal(keys.token.alg, TOKEN_HS256);
    assert_ptr_equal(keys.token.secret, secret);
}

static void test_secrets_that_differ_by_a_little(void **state)
{
    static const char *const secrets[] = {
        SECRET, SECRET " ", "Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aT", SECRET SECRET, "zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aS", ""};
    struct auth_keys keys[LENGTH(secrets)];
    (void)state;
    for (size_t i = 0; i < LENGTH(secrets); i++) {
        auth_keys_derive(secrets[i], &keys[i]);
        for (size_t k = 0; k < i; k++) {
            assert_memory_not_equal(keys[i].pin, keys[k].pin, AUTH_KEY_SIZE);
            assert_memory_not_equal(keys[i].answer, keys[k].answer, AUTH_KEY_SIZE);
        }
    }
}

/* What is stored today must still be read tomorrow: BLAKE2b-256 of the purpose,
 * a NUL and the secret. */
static void test_derivation_does_not_change(void **state)
{
    static const char pin_input[] = "orderzap pin\0" SECRET, answer_input[] = "orderzap answer\0" SECRET;
    unsigned char wanted[AUTH_KEY_SIZE];
    struct auth_keys keys;
    (void)state;
    auth_keys_derive(SECRET, &keys);
    crypto_generichash(wanted, sizeof wanted, (const unsigned char *)pin_input, sizeof pin_input - 1, NULL, 0);
    assert_memory_equal(keys.pin, wanted, AUTH_KEY_SIZE);
    crypto_generichash(wanted, sizeof wanted, (const unsigned char *)answer_input, sizeof answer_input - 1, NULL, 0);
    assert_memory_equal(keys.answer, wanted, AUTH_KEY_SIZE);
}

static char private_path[64], public_path[64];

static void write_file(char path[64], const char *text, mode_t mode)
{
    strcpy(path, "/tmp/orderzap-keys-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* Writes a new private key and another one's public key. */
static void write_keys(void)
{
    char pem[EC_PEM_SIZE], other[EC_PEM_SIZE], error[EC_ERROR_SIZE];
    struct ec_public public;
    assert_true(ec_key_make(pem));
    assert_true(ec_key_make(other));
    write_file(private_path, other, 0600);
    assert_true(ec_key_read_private(private_path, other, &public, error));
    unlink(private_path);
    write_file(private_path, pem, 0600);
    write_file(public_path, public.pem, 0644);
}

static void remove_keys(void)
{
    unlink(private_path);
    unlink(public_path);
}

static struct conf settings(const char *alg, const char *private, const char *public)
{
    static char texts[4][64];
    const char *values[4] = {SECRET, alg, private, public};
    for (int i = 0; i < 4; i++)
        snprintf(texts[i], sizeof texts[i], "%s", values[i]);
    return (struct conf){.jwt_secret = texts[0],
                         .jwt_alg = texts[1],
                         .jwt_private_key_file = texts[2],
                         .jwt_previous_public_key_file = texts[3]};
}

/* The files do not matter then. */
static void test_load_hs256(void **state)
{
    struct auth_keys loaded, derived;
    char error[AUTH_ERROR_SIZE];
    struct conf conf = settings("HS256", "/nonexistent", "/nonexistent");
    (void)state;
    assert_true(auth_keys_load(&conf, &loaded, error));
    auth_keys_derive(conf.jwt_secret, &derived);
    assert_int_equal(loaded.token.alg, TOKEN_HS256);
    assert_ptr_equal(loaded.token.secret, conf.jwt_secret);
    assert_string_equal(loaded.token.private, "");
    assert_string_equal(loaded.token.current.kid, "");
    assert_memory_equal(loaded.pin, derived.pin, AUTH_KEY_SIZE);
}

static void test_load_es256(void **state)
{
    struct auth_keys keys, derived;
    char error[AUTH_ERROR_SIZE];
    (void)state;
    write_keys();
    struct conf conf = settings("ES256", private_path, "");
    assert_true(auth_keys_load(&conf, &keys, error));
    assert_int_equal(keys.token.alg, TOKEN_ES256);
    assert_int_equal(strlen(keys.token.current.kid), EC_FIELD_SIZE - 1);
    assert_string_equal(keys.token.previous.kid, "");
    auth_keys_derive(SECRET, &derived);
    assert_memory_equal(keys.pin, derived.pin, AUTH_KEY_SIZE);
    assert_memory_equal(keys.answer, derived.answer, AUTH_KEY_SIZE);
    conf = settings("ES256", private_path, public_path);
    assert_true(auth_keys_load(&conf, &keys, error));
    assert_int_equal(strlen(keys.token.previous.kid), EC_FIELD_SIZE - 1);
    assert_string_not_equal(keys.token.previous.kid, keys.token.current.kid);
    remove_keys();
}

static void test_load_refuses(void **state)
{
    struct auth_keys keys;
    char error[AUTH_ERROR_SIZE], same_path[64];
    (void)state;
    write_keys();
    struct conf conf = settings("ES256", "/nonexistent.pem", "");
    assert_false(auth_keys_load(&conf, &keys, error));
    assert_string_equal(error, "JWT_PRIVATE_KEY_FILE: /nonexistent.pem: No such file or directory");
    conf = settings("ES256", private_path, "/nonexistent.pem");
    assert_false(auth_keys_load(&conf, &keys, error));
    assert_string_equal(error, "JWT_PREVIOUS_PUBLIC_KEY_FILE: /nonexistent.pem: No such file or directory");
    conf = settings("ES256", private_path, private_path);
    assert_false(auth_keys_load(&conf, &keys, error));
    assert_non_null(strstr(error, "JWT_PREVIOUS_PUBLIC_KEY_FILE: "));
    assert_non_null(strstr(error, "it holds no public key"));
    conf = settings("ES256", private_path, "");
    assert_true(auth_keys_load(&conf, &keys, error));
    write_file(same_path, keys.token.current.pem, 0644);
    conf = settings("ES256", private_path, same_path);
    assert_false(auth_keys_load(&conf, &keys, error));
    assert_non_null(strstr(error, "it is the public key of JWT_PRIVATE_KEY_FILE"));
    unlink(same_path);
    remove_keys();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_always_the_same),
        cmocka_unit_test(test_one_for_each_purpose),
        cmocka_unit_test(test_token_key_is_the_secret_itself),
        cmocka_unit_test(test_secrets_that_differ_by_a_little),
        cmocka_unit_test(test_derivation_does_not_change),
        cmocka_unit_test(test_load_hs256),
        cmocka_unit_test(test_load_es256),
        cmocka_unit_test(test_load_refuses),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
