/* auth/address: what counts as one network, and hashes bound to door and
 * installation. */
#include "unit.h"

#include "auth/address.h"

#include <string.h>

#define DOOR  "0196f0c2-3b4a-7c1d-8e5f-0123456789ab"
#define OTHER "0196f0c2-3b4a-7c1d-8e5f-0123456789ac"

static struct auth_keys keys, other_keys;

static int derive_keys(void **state)
{
    (void)state;
    auth_keys_derive("Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aS", &keys);
    auth_keys_derive("Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aT", &other_keys);
    return 0;
}

static bool are_one(const char *a, const char *b)
{
    char of_a[ADDRESS_HASH_SIZE], of_b[ADDRESS_HASH_SIZE];
    address_hash(&keys, DOOR, a, of_a);
    address_hash(&keys, DOOR, b, of_b);
    return strcmp(of_a, of_b) == 0;
}

static void test_networks(void **state)
{
    static const struct {
        const char *a, *b;
        bool one;
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "::ffff:192.0.2.1", true},
        {"192.0.2.1", "::ffff:c000:201", true},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.2", false},
        {"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
        {"2001:db8:1:2::1", "2001:0DB8:0001:0002:0:0:0:9", true},
        {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
        {"2001:db8::1", "2001:db8::a:b:c:d", true},
        {"2001:db8::1", "2001:db8:0:1::1", false},
        {"::1", "::2", true},
        {"::1", "::ffff:0.0.0.1", false},
        {"fe80::1%eth0", "fe80::1%eth1", false}, /* no address: text */
        {"", "", true},
        {"", "unix:", false},
        {"unix:", "unix:", true},
        {"192.0.2.1 ", "192.0.2.1", false},
        {"192.0.2.01", "192.0.2.1", false},
        {"1.2.3.4", "t1.2.3.4", false},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        CHECK(are_one(cases[i].a, cases[i].b) == cases[i].one, "'%s' and '%s'", cases[i].a, cases[i].b);
}

static void test_hash_is_a_bytea(void **state)
{
    char hash[ADDRESS_HASH_SIZE];
    (void)state;
    address_hash(&keys, DOOR, "192.0.2.1", hash);
    assert_int_equal(strlen(hash), ADDRESS_HASH_SIZE - 1);
    assert_int_equal(strncmp(hash, "\\x", 2), 0);
    assert_int_equal(strspn(hash + 2, "0123456789abcdef"), 64);
}

static void test_hash_is_bound(void **state)
{
    char hash[ADDRESS_HASH_SIZE], other[ADDRESS_HASH_SIZE];
    (void)state;
    address_hash(&keys, DOOR, "192.0.2.1", hash);
    address_hash(&keys, OTHER, "192.0.2.1", other);
    assert_string_not_equal(hash, other);
    address_hash(&other_keys, DOOR, "192.0.2.1", other);
    assert_string_not_equal(hash, other);
    address_hash(&keys, "", DOOR "192.0.2.1", other); /* the parts do not run together */
    assert_string_not_equal(hash, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_hash_is_a_bytea),
        cmocka_unit_test(test_hash_is_bound),
    };
    return cmocka_run_group_tests_name("address", tests, derive_keys, NULL);
}
