/* auth/seal: what is sealed opens with the same keys only, and only whole. */
#include "unit.h"

#include "auth/seal.h"

#include <sodium.h>
#include <string.h>

static struct auth_keys keys, other_keys;

static int derive_keys(void **state)
{
    (void)state;
    auth_keys_derive("Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aS", &keys);
    auth_keys_derive("Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aT", &other_keys);
    return 0;
}

static void test_there_and_back(void **state)
{
    static const char *const texts[] = {"", "a", "{\"pin\":\"1234\"}", "\xe2\x82\xb9 \xf0\x9f\x8d\x9b\n\x01\xff"};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        const char *sealed = seal_close(*state, keys.answer, texts[i]);
        assert_non_null(sealed);
        assert_string_equal(seal_open(*state, keys.answer, sealed), texts[i]);
    }
}

static void test_every_length(void **state)
{
    char text[400] = "";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        const char *opened = seal_open(*state, keys.answer, seal_close(*state, keys.answer, text));
        assert_non_null(opened);
        assert_string_equal(opened, text);
        text[len] = (char)('a' + len % 26);
        text[len + 1] = '\0';
    }
}

static void test_large(void **state)
{
    char *text = arena_alloc(*state, 300001);
    memset(text, 'x', 300000);
    assert_string_equal(seal_open(*state, keys.answer, seal_close(*state, keys.answer, text)), text);
}

static void test_is_base64_and_hides(void **state)
{
    const char *sealed = seal_close(*state, keys.answer, "{\"pin\":\"1234\"}");
    assert_int_equal(strspn(sealed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="),
                     strlen(sealed));
    assert_int_equal(strlen(sealed) % 4, 0);
    assert_null(strstr(sealed, "1234"));
    assert_string_not_equal(sealed, seal_close(*state, keys.answer, "{\"pin\":\"1234\"}")); /* a new nonce each time */
}

static void test_other_keys(void **state)
{
    const char *sealed = seal_close(*state, keys.answer, "secret");
    assert_null(seal_open(*state, other_keys.answer, sealed));
    assert_null(seal_open(*state, keys.provider, sealed)); /* nor does the installation's for another purpose */
    assert_string_equal(seal_open(*state, keys.answer, sealed), "secret");
}

static void test_every_change(void **state)
{
    char *sealed = arena_strdup(*state, seal_close(*state, keys.answer, "three"));
    for (size_t i = 0; sealed[i] != '\0'; i++) {
        char kept = sealed[i];
        sealed[i] = kept == 'A' ? 'B' : 'A';
        CHECK(seal_open(*state, keys.answer, sealed) == NULL, "opened with character %zu changed", i);
        sealed[i] = kept;
    }
    for (size_t len = 0; len < strlen(sealed); len++)
        CHECK(seal_open(*state, keys.answer, arena_strndup(*state, sealed, len)) == NULL, "opened when cut after %zu",
              len);
    assert_null(seal_open(*state, keys.answer, arena_printf(*state, "%sAAAA", sealed)));
    assert_null(seal_open(*state, keys.answer, arena_printf(*state, "%s ", sealed)));
    assert_null(seal_open(*state, keys.answer, arena_printf(*state, " %s", sealed)));
}

static void test_what_was_never_sealed(void **state)
{
    static const char *const texts[] = {"",
                                        "A",
                                        "=",
                                        "====",
                                        "AAAA",
                                        "{\"pin\":\"1234\"}",
                                        "\xff\xff\xff\xff",
                                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* 42 noughts */
                                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < LENGTH(texts); i++)
        CHECK(seal_open(*state, keys.answer, texts[i]) == NULL, "'%s' opened", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_there_and_back),        ARENA_TEST(test_every_length), ARENA_TEST(test_large),
        ARENA_TEST(test_is_base64_and_hides),   ARENA_TEST(test_other_keys),   ARENA_TEST(test_every_change),
        ARENA_TEST(test_what_was_never_sealed),
    };
    return cmocka_run_group_tests_name("seal", tests, derive_keys, NULL);
}
