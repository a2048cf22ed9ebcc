/* relay/cursor, relay/sent and relay/unread: what the relay keeps over a restart, what it
 * has posted already, and what it has yet to read. */
#include "unit.h"

#include "relay/cursor.h"
#include "relay/sent.h"
#include "relay/unread.h"

#include <stdio.h>
#include <string.h>

static void test_cursor_there_and_back(void **state)
{
    static const uint64_t cursors[] = {0, 1, 9, 10, 123456789, UINT64_C(1) << 32, UINT64_MAX - 1, UINT64_MAX};
    (void)state;
    for (size_t i = 0; i < LENGTH(cursors); i++) {
        char text[CURSOR_TEXT_SIZE];
        cursor_write(cursors[i], text);
        assert_int_equal(strlen(text), CURSOR_TEXT_SIZE - 1);
        assert_true(cursor_read(text, strlen(text)) == cursors[i]);
    }
}

static void test_cursor_files_that_are_damaged(void **state)
{
    static const char *const bad[] = {
        "",
        "123",
        "                 123",
        "                 123\n\n",
        "                  -1\n",
        "                 +12\n",
        "00000000000000000123\n",
        "                 12x\n",
        "               1 123\n",
        "99999999999999999999\n",
        "\n                123\n",
        "                    \n",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(bad); i++)
        CHECK(cursor_read(bad[i], strlen(bad[i])) == 0, "'%s' was taken", bad[i]);
    assert_true(cursor_read("        \0          1\n", CURSOR_TEXT_SIZE - 1) == 0);
}

static void add(struct sent *sent, int number, uint64_t xid)
{
    char id[SENT_ID_SIZE];
    snprintf(id, sizeof id, "0196f0c2-3b4a-7c1d-8e5f-%012d", number);
    sent_add(sent, id, xid);
}

static bool has(const struct sent *sent, int number)
{
    char id[SENT_ID_SIZE];
    snprintf(id, sizeof id, "0196f0c2-3b4a-7c1d-8e5f-%012d", number);
    return sent_has(sent, id);
}

static void prune(struct sent *sent, uint64_t since)
{
    sent_prune(sent, &(struct unread){.since = since});
}

static void test_sent_none(void **state)
{
    struct sent sent = {0};
    (void)state;
    assert_false(has(&sent, 1));
    prune(&sent, 5);
    assert_false(has(&sent, 1));
    sent_free(&sent);
    sent_free(&sent);
}

/* Found once they are sorted, in whatever order they came. */
static void test_sent_sorts(void **state)
{
    enum { N = 1000 }; /* more than the first allocation holds */
    struct sent sent = {0};
    (void)state;
    for (int i = 0; i < N; i++)
        add(&sent, i * 7919 % N * 2, 10);
    prune(&sent, 10);
    assert_int_equal(sent.n, N);
    for (int i = 0; i < 2 * N; i++)
        CHECK(has(&sent, i) == (i % 2 == 0), "%d", i);
    sent_free(&sent);
    assert_int_equal(sent.n, 0);
}

/* Those at the cursor stay, those before it go, whatever was added in between. */
static void test_sent_forgets(void **state)
{
    struct sent sent = {0};
    (void)state;
    for (int i = 0; i < 10; i++)
        add(&sent, i, (uint64_t)(10 - i)); /* transactions 10 down to 1 */
    prune(&sent, 4);
    for (int i = 0; i < 10; i++)
        CHECK(has(&sent, i) == (i <= 6), "%d", i);
    add(&sent, 20, 3);
    add(&sent, 21, 4);
    add(&sent, 22, 5);
    prune(&sent, 5);
    assert_false(has(&sent, 6));
    assert_true(has(&sent, 5));
    assert_false(has(&sent, 20));
    assert_false(has(&sent, 21));
    assert_true(has(&sent, 22));
    prune(&sent, UINT64_MAX);
    assert_int_equal(sent.n, 0);
    assert_false(has(&sent, 22));
    sent_free(&sent);
}

static void test_unread(void **state)
{
    struct unread unread = {0};
    (void)state;
    assert_true(unread_has(&unread, 0));
    unread_set(&unread, 100, "{}");
    assert_false(unread_has(&unread, 0));
    assert_false(unread_has(&unread, 99));
    assert_true(unread_has(&unread, 100));
    unread_set(&unread, 100, "{7,42}");
    assert_true(unread_has(&unread, 7));
    assert_true(unread_has(&unread, 42));
    assert_false(unread_has(&unread, 4));
    assert_false(unread_has(&unread, 2));
    assert_false(unread_has(&unread, 99));
    unread_set(&unread, 8, "{7}");
    assert_true(unread_has(&unread, 42));
    assert_true(unread_has(&unread, 7));
    unread_free(&unread);
}

/* One transaction that stays open keeps nothing of the others. */
static void test_sent_beside_a_running_one(void **state)
{
    struct sent sent = {0};
    struct unread unread = {0};
    (void)state;
    unread_set(&unread, 1000, "{5}");
    for (int i = 0; i < 1000; i++)
        add(&sent, i, (uint64_t)i);
    sent_prune(&sent, &unread);
    assert_int_equal(sent.n, 1);
    assert_true(has(&sent, 5));
    sent_free(&sent);
    unread_free(&unread);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cursor_there_and_back),
        cmocka_unit_test(test_cursor_files_that_are_damaged),
        cmocka_unit_test(test_sent_none),
        cmocka_unit_test(test_sent_sorts),
        cmocka_unit_test(test_sent_forgets),
        cmocka_unit_test(test_unread),
        cmocka_unit_test(test_sent_beside_a_running_one),
    };
    return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
