/* auth/keys: one secret gives a key for each purpose, always the same ones. */
#include "unit.h"

#include "auth/keys.h"

#include <sodium.h>
#include <string.h>

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
    assert_memory_not_equal(keys.pin, keys.answer, AUTH_KEY_SIZE);
    assert_memory_not_equal(keys.pin, keys.request, AUTH_KEY_SIZE);
    assert_memory_not_equal(keys.answer, keys.request, AUTH_KEY_SIZE);
    assert_memory_not_equal(keys.pin, SECRET, AUTH_KEY_SIZE);
    assert_memory_not_equal(keys.answer, SECRET, AUTH_KEY_SIZE);
}

static void test_token_key_is_the_secret_itself(void **state)
{
    static const char secret[] = SECRET;
    struct auth_keys keys;
    (void)state;
    auth_keys_derive(secret, &keys);
    assert_ptr_equal(keys.token, secret);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_always_the_same),
        cmocka_unit_test(test_one_for_each_purpose),
        cmocka_unit_test(test_token_key_is_the_secret_itself),
        cmocka_unit_test(test_secrets_that_differ_by_a_little),
        cmocka_unit_test(test_derivation_does_not_change),
    };
    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
