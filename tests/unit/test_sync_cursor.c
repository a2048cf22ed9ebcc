/* api/live/cursor: cursors of GET /api/sync, as SQL writes them and otherwise. */
#include "unit.h"

#include "api/live/cursor.h"

#include <string.h>

static void test_parts(void **state)
{
    struct cursor c;
    assert_true(cursor_parse(*state, "123-1764300000-orders", &c));
    assert_string_equal(c.xid, "123");
    assert_string_equal(c.seconds, "1764300000");
    assert_string_equal(c.scope, "orders");
    assert_true(cursor_parse(*state, "9223372036854775807-1-0196f0c2-3b4a-7c1d-8e5f-0123456789ab", &c));
    assert_string_equal(c.xid, "9223372036854775807");
    assert_string_equal(c.scope, "0196f0c2-3b4a-7c1d-8e5f-0123456789ab");
    assert_true(cursor_parse(*state, "1-1-", &c));
    assert_string_equal(c.scope, "");
}

static void test_what_is_no_cursor(void **state)
{
    static const char *const bad[] = {
        "",
        "-",
        "1",
        "1-",
        "1-2",
        "-1-2-x",
        "a-1-x",
        "1-a-x",
        "1--x",
        " 1-2-x",
        "1 -2-x",
        "+1-2-x",
        "0123-1-x",
        "1-0123-x",
        "12345678901234567890-1-x",
        "1-1234567890123-x",
    };
    struct cursor c;
    for (size_t i = 0; i < LENGTH(bad); i++)
        CHECK(!cursor_parse(*state, bad[i], &c), "'%s' was taken", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_parts),
        ARENA_TEST(test_what_is_no_cursor),
    };
    return cmocka_run_group_tests_name("sync_cursor", tests, NULL, NULL);
}
