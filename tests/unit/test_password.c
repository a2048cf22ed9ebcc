/* auth/password: right and wrong passwords, accounts that are not there, and
 * malformed hashes. */
#include "unit.h"

#include "auth/password.h"
#include "base/clock.h"

#include <sodium.h>
#include <string.h>

static const char right[] = "correct horse battery staple";

static int start_libraries(void **state)
{
    (void)state;
    return sodium_init() < 0 ? -1 : 0;
}

static void test_hash_says_how_it_was_made(void **state)
{
    char hash[PASSWORD_HASH_SIZE], again[PASSWORD_HASH_SIZE];
    (void)state;
    assert_true(password_hash(right, hash));
    assert_true(password_hash(right, again));
    assert_int_equal(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
    assert_true(strlen(hash) < PASSWORD_HASH_SIZE);
    assert_string_not_equal(hash, again); /* salted */
    assert_null(strstr(hash, right));
}

static void test_right_and_wrong(void **state)
{
    static const char *const wrong[] = {"",
                                        "correct horse battery stapl",
                                        "correct horse battery staple ",
                                        "Correct horse battery staple",
                                        " correct horse battery staple",
                                        "x"};
    char hash[PASSWORD_HASH_SIZE];
    (void)state;
    assert_true(password_hash(right, hash));
    assert_int_equal(password_verify(hash, right), PASSWORD_RIGHT);
    for (size_t i = 0; i < LENGTH(wrong); i++)
        CHECK(password_verify(hash, wrong[i]) == PASSWORD_WRONG, "'%s' was taken", wrong[i]);
    assert_int_equal(password_verify(hash, hash), PASSWORD_WRONG);
}

static void test_lengths_and_letters(void **state)
{
    char longest[PASSWORD_MAX * 4 + 1], hash[PASSWORD_HASH_SIZE];
    (void)state;
    for (size_t i = 0; i < PASSWORD_MAX; i++)
        memcpy(longest + 4 * i, "\xf0\x9f\x8d\x9b", 4);
    longest[PASSWORD_MAX * 4] = '\0';
    assert_true(password_hash(longest, hash));
    assert_int_equal(password_verify(hash, longest), PASSWORD_RIGHT);
    longest[PASSWORD_MAX * 4 - 1] = '\x9c'; /* the very last byte counts */
    assert_int_equal(password_verify(hash, longest), PASSWORD_WRONG);
    assert_true(password_hash("", hash));
    assert_int_equal(password_verify(hash, ""), PASSWORD_RIGHT);
    assert_int_equal(password_verify(hash, "a"), PASSWORD_WRONG);
}

static void test_nobodys_account(void **state)
{
    static const char *const tries[] = {"", "password", "correct horse battery staple",
                                        "00000000000000000000000000000000"};
    (void)state;
    assert_true(password_prepare());
    assert_true(password_prepare()); /* again: nothing more */
    for (size_t i = 0; i < LENGTH(tries); i++)
        assert_int_equal(password_verify(NULL, tries[i]), PASSWORD_WRONG);
}

/* Never right, and never beyond the hash's end. */
static void test_hashes_that_are_none(void **state)
{
    static const char *const hashes[] = {
        "",
        "x",
        "correct horse battery staple",
        "$argon2id$",
        "$argon2id$v=19$m=19456,t=2,p=1$",
        "$argon2id$v=19$m=19456,t=2,p=1$$",
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA",
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$",
        "$argon2id$v=19$m=0,t=0,p=0$c2FsdHNhbHRzYWx0c2FsdA$AAAA",
        "$argon2id$v=19$m=999999999999,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2i$v=19$m=19456,t=2,p=1$",
        "$2b$12$abcdefghijklmnopqrstuuvwxyzabcdefghijklmnopqrstuvwxyz01",
        "\xff\xfe",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(hashes); i++) {
        char *exact = strdup(hashes[i]);
        enum password_verdict verdict = password_verify(exact, right);
        free(exact);
        CHECK(verdict != PASSWORD_RIGHT, "'%s' was taken", hashes[i]);
    }
}

static void test_cut_hashes(void **state)
{
    char hash[PASSWORD_HASH_SIZE];
    (void)state;
    assert_true(password_hash(right, hash));
    size_t len = strlen(hash);
    for (size_t cut = len - 4; cut < len; cut++) {
        char *exact = strndup(hash, cut);
        enum password_verdict verdict = password_verify(exact, right);
        free(exact);
        CHECK(verdict != PASSWORD_RIGHT, "taken when cut after %zu", cut);
    }
    hash[len - 5] = hash[len - 5] == 'A' ? 'B' : 'A';
    assert_int_equal(password_verify(hash, right), PASSWORD_WRONG);
}

static int64_t duration_us(const char *hash, const char *password)
{
    int64_t start = clock_monotonic_us();
    password_verify(hash, password);
    return clock_monotonic_us() - start;
}

/* That both are worked at, not by how much: machines are busy. */
static void test_unknown_accounts_cost_work_too(void **state)
{
    char hash[PASSWORD_HASH_SIZE];
    (void)state;
    assert_true(password_prepare());
    assert_true(password_hash(right, hash));
    for (int i = 0; i < 3; i++) {
        assert_true(duration_us(hash, "wrong") > 1000);
        assert_true(duration_us(NULL, "wrong") > 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash_says_how_it_was_made),
        cmocka_unit_test(test_right_and_wrong),
        cmocka_unit_test(test_lengths_and_letters),
        cmocka_unit_test(test_nobodys_account),
        cmocka_unit_test(test_hashes_that_are_none),
        cmocka_unit_test(test_cut_hashes),
        cmocka_unit_test(test_unknown_accounts_cost_work_too),
    };
    return cmocka_run_group_tests_name("password", tests, start_libraries, NULL);
}
