/* auth/digest: a request's fingerprint tells apart whatever differs in method,
 * path or body, and where one ends and the next begins. */
#include "unit.h"

#include "auth/digest.h"

#include <sodium.h>
#include <string.h>

static struct auth_keys keys, other_keys;

static int derive_keys(void **state)
{
    (void)state;
    auth_keys_derive("0123456789abcdefghijklmnopqrstuvwxyz", &keys);
    auth_keys_derive("another-0123456789abcdefghijklmnopqr", &other_keys);
    return 0;
}

/* A reader of the database cannot guess what a body held. */
static void test_nothing_without_the_key(void **state)
{
    char a[DIGEST_SIZE], b[DIGEST_SIZE];
    (void)state;
    digest_request(&keys, "POST", "/api/orders", "{}", 2, a);
    digest_request(&other_keys, "POST", "/api/orders", "{}", 2, b);
    assert_string_not_equal(a, b);
}

static void test_shape_and_repeat(void **state)
{
    char a[DIGEST_SIZE], b[DIGEST_SIZE];
    (void)state;
    digest_request(&keys, "POST", "/api/orders", "{}", 2, a);
    digest_request(&keys, "POST", "/api/orders", "{}", 2, b);
    assert_int_equal(strlen(a), 64);
    assert_int_equal(strspn(a, "0123456789abcdef"), 64);
    assert_string_equal(a, b);
}

static void test_different_requests(void **state)
{
    static const struct {
        const char *method, *path, *body;
        size_t body_len;
    } requests[] = {
        {"POST", "/api/orders", "{}", 2},   {"PUT", "/api/orders", "{}", 2},    {"post", "/api/orders", "{}", 2},
        {"POST", "/api/orders/", "{}", 2},  {"POST", "/api/orders?", "{}", 2},  {"POST", "/api/orders", "{} ", 3},
        {"POST", "/api/orders", "{", 1},    {"POST", "/api/orders", "", 0},     {"POST", "/api/orders", "\0", 1},
        {"POST", "/api/orders", "\0\0", 2}, {"POST", "/api/orders", "a\0b", 3}, /* after a NUL, too */
        {"POST", "/api/orders", "a\0c", 3}, {"POST/", "api/orders", "{}", 2},   {"POST", "/api/order", "s{}", 3},
        {"", "POST/api/orders", "{}", 2},   {"POST", "", "/api/orders{}", 13},  {"", "", "", 0},
    };
    char digests[LENGTH(requests)][DIGEST_SIZE];
    (void)state;
    for (size_t i = 0; i < LENGTH(requests); i++) {
        digest_request(&keys, requests[i].method, requests[i].path, requests[i].body, requests[i].body_len, digests[i]);
        for (size_t k = 0; k < i; k++)
            CHECK(strcmp(digests[i], digests[k]) != 0, "requests %zu and %zu look the same", i, k);
    }
}

/* Keys live 24 hours, across an upgrade: keyed BLAKE2b-256 of
 * "method NUL path NUL body". */
static void test_does_not_change(void **state)
{
    static const char input[] = "POST\0/api/orders\0{\"a\":1}";
    unsigned char hash[32];
    char wanted[DIGEST_SIZE], digest[DIGEST_SIZE];
    (void)state;
    crypto_generichash(hash, sizeof hash, (const unsigned char *)input, sizeof input - 1, keys.request,
                       sizeof keys.request);
    sodium_bin2hex(wanted, sizeof wanted, hash, sizeof hash);
    digest_request(&keys, "POST", "/api/orders", "{\"a\":1}", 7, digest);
    assert_string_equal(digest, wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shape_and_repeat),
        cmocka_unit_test(test_nothing_without_the_key),
        cmocka_unit_test(test_different_requests),
        cmocka_unit_test(test_does_not_change),
    };
    return cmocka_run_group_tests_name("digest", tests, derive_keys, NULL);
}
