/* auth/refresh: a refresh token names its restaurant and is stored as a hash. */
#include "unit.h"

#include "auth/refresh.h"

#include <sodium.h>
#include <string.h>

#define RESTAURANT "0196f0c2-3b4a-7c1d-8e5f-0123456789ab"

static int start_libraries(void **state)
{
    (void)state;
    return sodium_init() < 0 ? -1 : 0;
}

static void test_there_and_back(void **state)
{
    char token[REFRESH_TOKEN_SIZE], hash[REFRESH_HASH_SIZE], id[UUID_TEXT_SIZE], read_hash[REFRESH_HASH_SIZE];
    (void)state;
    refresh_make(RESTAURANT, token, hash);
    assert_true(refresh_read(token, id, read_hash));
    assert_string_equal(id, RESTAURANT);
    assert_string_equal(read_hash, hash);
}

static void test_shape(void **state)
{
    char token[REFRESH_TOKEN_SIZE], hash[REFRESH_HASH_SIZE];
    (void)state;
    refresh_make(RESTAURANT, token, hash);
    assert_int_equal(strlen(token), 36 + 1 + 43);
    assert_int_equal(strncmp(token, RESTAURANT ".", 37), 0);
    assert_int_equal(strspn(token + 37, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
    assert_int_equal(strlen(hash), 66);
    assert_int_equal(strncmp(hash, "\\x", 2), 0);
    assert_int_equal(strspn(hash + 2, "0123456789abcdef"), 64);
    assert_null(strstr(hash, token + 37));
}

static void test_all_differ(void **state)
{
    enum { N = 200 };
    static char tokens[N][REFRESH_TOKEN_SIZE], hashes[N][REFRESH_HASH_SIZE];
    (void)state;
    for (int i = 0; i < N; i++)
        refresh_make(RESTAURANT, tokens[i], hashes[i]);
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(tokens[i], tokens[k]);
            assert_string_not_equal(hashes[i], hashes[k]);
        }
    }
}

/* The restaurant is part of what is hashed, as is each character. */
static void test_every_change_changes_the_hash(void **state)
{
    char token[REFRESH_TOKEN_SIZE], hash[REFRESH_HASH_SIZE], id[UUID_TEXT_SIZE], other[REFRESH_HASH_SIZE];
    (void)state;
    refresh_make(RESTAURANT, token, hash);
    for (size_t i = 0; token[i] != '\0'; i++) {
        char kept = token[i];
        token[i] = kept == '0' ? '1' : '0';
        if (refresh_read(token, id, other))
            assert_string_not_equal(hash, other);
        token[i] = kept;
    }
}

static void test_what_is_none(void **state)
{
    static const char random[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"; /* 43 */
    static const char *const ids[] = {
        "0196F0C2-3B4A-7C1D-8E5F-0123456789AB", /* not as it was made */
        "0196f0c2-3b4a-7c1d-8e5f-0123456789aB", "0196f0c2-3b4a-7c1d-8e5f-0123456789ag",
        "0196f0c2_3b4a_7c1d_8e5f_0123456789ab", "                                    ",
        "0196f0c2-3b4a-7c1d-8e5f-0123456789a",  "",
    };
    char token[200], id[UUID_TEXT_SIZE], hash[REFRESH_HASH_SIZE];
    (void)state;
    strcat(strcpy(token, RESTAURANT "."), random);
    assert_true(refresh_read(token, id, hash));
    token[36] = '-';
    assert_false(refresh_read(token, id, hash));
    token[36] = '.';
    for (size_t len = 0; len < 80; len++) {
        char *cut = strndup(token, len);
        bool taken = refresh_read(cut, id, hash);
        free(cut);
        CHECK(!taken, "taken when cut after %zu", len);
    }
    assert_false(refresh_read(strcat(token, "A"), id, hash));
    assert_false(refresh_read(random, id, hash));
    for (size_t i = 0; i < LENGTH(ids); i++) {
        strcat(strcat(strcpy(token, ids[i]), "."), random);
        CHECK(!refresh_read(token, id, hash), "'%s' was taken", token);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_shape),
        cmocka_unit_test(test_all_differ),     cmocka_unit_test(test_every_change_changes_the_hash),
        cmocka_unit_test(test_what_is_none),
    };
    return cmocka_run_group_tests_name("refresh", tests, start_libraries, NULL);
}
