/* auth/pin: PINs of the length asked for, and hashes bound to the session and
 * the installation. */
#include "unit.h"

#include "auth/pin.h"

#include <string.h>

#define SESSION "0196f0c2-3b4a-7c1d-8e5f-0123456789ab"
#define OTHER   "0196f0c2-3b4a-7c1d-8e5f-0123456789ac"

static struct auth_keys keys, other_keys;

static int derive_keys(void **state)
{
    (void)state;
    auth_keys_derive("Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aS", &keys);
    auth_keys_derive("Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aT", &other_keys);
    return 0;
}

static void test_lengths(void **state)
{
    static const struct {
        int asked;
        size_t made;
    } cases[] = {{4, 4}, {5, 5}, {6, 6}, {7, 7}, {8, 8}, {3, 4}, {0, 4}, {-1, 4}, {9, 8}, {1000, 8}};
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char pin[PIN_TEXT_SIZE];
        memset(pin, 'x', sizeof pin);
        pin_make(cases[i].asked, pin);
        assert_int_equal(strlen(pin), cases[i].made);
        assert_int_equal(strspn(pin, "0123456789"), cases[i].made);
    }
}

/* 40,000 digits: each 4,000 times but for ten standard deviations. */
static void test_digits_are_uniform(void **state)
{
    int counts[4][10] = {{0}};
    (void)state;
    for (int i = 0; i < 40000; i++) {
        char pin[PIN_TEXT_SIZE];
        pin_make(4, pin);
        for (int k = 0; k < 4; k++)
            counts[k][pin[k] - '0']++;
    }
    for (int k = 0; k < 4; k++)
        for (int d = 0; d < 10; d++)
            CHECK(counts[k][d] > 3400 && counts[k][d] < 4600, "digit %d at %d: %d times", d, k, counts[k][d]);
}

static void test_hash_is_a_bytea(void **state)
{
    char hash[PIN_HASH_SIZE], again[PIN_HASH_SIZE];
    (void)state;
    pin_hash(&keys, SESSION, "1234", hash);
    pin_hash(&keys, SESSION, "1234", again);
    assert_int_equal(strlen(hash), PIN_HASH_SIZE - 1);
    assert_int_equal(strncmp(hash, "\\x", 2), 0);
    assert_int_equal(strspn(hash + 2, "0123456789abcdef"), 64);
    assert_string_equal(hash, again);
    assert_null(strstr(hash, "1234"));
}

static void test_hash_is_bound(void **state)
{
    char hash[PIN_HASH_SIZE];
    (void)state;
    pin_hash(&keys, SESSION, "1234", hash);
    assert_true(pin_matches(&keys, SESSION, "1234", hash));
    assert_false(pin_matches(&keys, OTHER, "1234", hash));
    assert_false(pin_matches(&other_keys, SESSION, "1234", hash));
    assert_false(pin_matches(&keys, "", "1234", hash));
    assert_false(pin_matches(&keys, SESSION "1", "234", hash)); /* the parts do not run together */
}

static void test_wrong_pins(void **state)
{
    static const char *const wrong[] = {"", "0000", "1235", "123", "12345", "01234", "1234 ", " 1234", "4321"};
    char hash[PIN_HASH_SIZE];
    (void)state;
    pin_hash(&keys, SESSION, "1234", hash);
    for (size_t i = 0; i < LENGTH(wrong); i++)
        CHECK(!pin_matches(&keys, SESSION, wrong[i], hash), "'%s' was taken", wrong[i]);
}

static void test_hashes_that_are_none(void **state)
{
    char hash[PIN_HASH_SIZE], changed[PIN_HASH_SIZE + 1];
    (void)state;
    pin_hash(&keys, SESSION, "1234", hash);
    assert_false(pin_matches(&keys, SESSION, "1234", ""));
    assert_false(pin_matches(&keys, SESSION, "1234", "\\x"));
    assert_false(pin_matches(&keys, SESSION, "1234", "1234"));
    assert_false(pin_matches(&keys, SESSION, "1234", hash + 2));
    for (size_t i = 0; i < PIN_HASH_SIZE - 1; i++) {
        strcpy(changed, hash);
        changed[i] = changed[i] == '0' ? '1' : '0';
        assert_false(pin_matches(&keys, SESSION, "1234", changed));
        changed[i] = '\0';
        assert_false(pin_matches(&keys, SESSION, "1234", changed));
    }
    strcpy(changed, hash);
    strcat(changed, "0");
    assert_false(pin_matches(&keys, SESSION, "1234", changed));
}

/* All four-digit PINs of a session have hashes of their own. */
static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, PIN_HASH_SIZE);
}

static void test_hashes_differ(void **state)
{
    static char hashes[10000][PIN_HASH_SIZE];
    (void)state;
    for (int i = 0; i < 10000; i++) {
        const char pin[] = {(char)('0' + i / 1000), (char)('0' + i / 100 % 10), (char)('0' + i / 10 % 10),
                            (char)('0' + i % 10), '\0'};
        pin_hash(&keys, SESSION, pin, hashes[i]);
    }
    qsort(hashes, 10000, PIN_HASH_SIZE, compare_hashes);
    for (int i = 1; i < 10000; i++)
        assert_string_not_equal(hashes[i - 1], hashes[i]);
}

/* The restaurant's hash of a code, NULL if it cannot be one. */
static const char *hash_of(const char *code)
{
    static char hash[PIN_HASH_SIZE];
    return link_hash(&keys, SESSION, code, hash) ? hash : NULL;
}

static void test_links(void **state)
{
    bool seen[128] = {false};
    int different = 0;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        char code[LINK_TEXT_SIZE];
        link_make(code);
        assert_int_equal(strlen(code), 14);
        assert_true(code[4] == '-' && code[9] == '-');
        assert_non_null(hash_of(code));
        for (const char *at = code; *at != '\0'; at++)
            seen[(unsigned char)*at] = true;
    }
    for (int c = 0; c < 128; c++)
        different += seen[c];
    assert_int_equal(different, 32 + 1);
    assert_false(seen['I'] || seen['L'] || seen['O'] || seen['U']);
}

/* https://www.crockford.com/base32.html: I and L are read as 1, O as 0, U is none. */
static void test_links_as_typed(void **state)
{
    static const char *const same[] = {"7k2m-q9xd-1t0b", "7K2MQ9XD1T0B", " 7K2M Q9XD LTOB ", "7K2M-Q9XD-iTob"};
    static const char *const none[] = {
        "", "-", "7K2M-Q9XD-1T0", "7K2M-Q9XD-1T0B7", "7K2M-Q9XD-1T0U", "7K2M_Q9XD_1T0B", "7K2M-Q9XD-1T0\xc3\x96"};
    char wanted[PIN_HASH_SIZE], other[PIN_HASH_SIZE];
    (void)state;
    assert_true(link_hash(&keys, SESSION, "7K2M-Q9XD-1T0B", wanted));
    for (size_t i = 0; i < LENGTH(same); i++)
        assert_string_equal(hash_of(same[i]), wanted);
    for (size_t i = 0; i < LENGTH(none); i++)
        assert_null(hash_of(none[i]));
    assert_string_not_equal(hash_of("7K2M-Q9XD-1T0C"), wanted);
    assert_true(link_hash(&keys, OTHER, "7K2M-Q9XD-1T0B", other));
    assert_string_not_equal(other, wanted);
    assert_true(link_hash(&other_keys, SESSION, "7K2M-Q9XD-1T0B", other));
    assert_string_not_equal(other, wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),         cmocka_unit_test(test_digits_are_uniform),
        cmocka_unit_test(test_hash_is_a_bytea), cmocka_unit_test(test_hash_is_bound),
        cmocka_unit_test(test_wrong_pins),      cmocka_unit_test(test_hashes_that_are_none),
        cmocka_unit_test(test_hashes_differ),   cmocka_unit_test(test_links),
        cmocka_unit_test(test_links_as_typed),
    };
    return cmocka_run_group_tests_name("pin", tests, derive_keys, NULL);
}
