/* base/text: text that grows, and JSON written into it, which json-c must read
 * back as it was. */
#include "unit.h"

#include "base/text.h"

#include <json-c/json.h>
#include <string.h>

static void test_starts_empty(void **state)
{
    struct text text;
    text_init(&text, *state);
    assert_int_equal(text.len, 0);
    assert_string_equal(text.bytes, "");
    text_add(&text, "", 0);
    text_puts(&text, "");
    text_printf(&text, "%s", "");
    assert_int_equal(text.len, 0);
    assert_string_equal(text.bytes, "");
}

/* Every length around the doublings, and the NUL after every call. */
static void test_grows_byte_by_byte(void **state)
{
    struct text text;
    text_init(&text, *state);
    for (size_t i = 0; i < 5000; i++) {
        const char c = (char)('a' + i % 26);
        text_add(&text, &c, 1);
        assert_int_equal(text.len, i + 1);
        assert_int_equal(text.bytes[i + 1], '\0');
    }
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(text.bytes[i], 'a' + (int)(i % 26));
}

static void test_grows_in_one_leap(void **state)
{
    static const size_t sizes[] = {254, 255, 256, 257, 511, 512, 513, 100000};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        char *big = arena_alloc(*state, sizes[i] + 1);
        memset(big, 'x', sizes[i]);
        struct text added, printed;
        text_init(&added, *state);
        text_init(&printed, *state);
        text_puts(&added, big);
        text_printf(&printed, "%s", big);
        assert_string_equal(added.bytes, big);
        assert_string_equal(printed.bytes, big);
        assert_int_equal(printed.len, sizes[i]);
    }
}

static void test_add_takes_any_bytes(void **state)
{
    struct text text;
    text_init(&text, *state);
    text_add(&text, "a\0b", 3);
    text_puts(&text, "c");
    assert_int_equal(text.len, 4);
    assert_memory_equal(text.bytes, "a\0bc", 5);
}

static void test_printf_appends(void **state)
{
    struct text text;
    text_init(&text, *state);
    text_printf(&text, "%d/%s", 1, "two");
    text_printf(&text, "%c%%", '3');
    assert_string_equal(text.bytes, "1/two3%");
}

static void test_json_escapes(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {NULL, "null"},
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"\"", "\"\\\"\""},
        {"\\", "\"\\\\\""},
        {"/", "\"/\""},
        {"\n\r\t", "\"\\n\\r\\t\""},
        {"\b\f", "\"\\u0008\\u000c\""},
        {"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""},
        {"a\"b\\c\nd", "\"a\\\"b\\\\c\\nd\""},
        {"\"\"\"", "\"\\\"\\\"\\\"\""},
        {"paneer \xe2\x82\xb9 \xf0\x9f\x8d\x9b", "\"paneer \xe2\x82\xb9 \xf0\x9f\x8d\x9b\""},
        {"</script>", "\"</script>\""},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct text text;
        text_init(&text, *state);
        text_json_string(&text, cases[i].in);
        assert_string_equal(text.bytes, cases[i].out);
        assert_int_equal(text.len, strlen(cases[i].out));
    }
}

/* Each character from 1 to 0x7f, alone and between others. */
static void test_json_strings_are_read_back(void **state)
{
    for (int c = 1; c < 0x80; c++) {
        const char source[] = {'a', (char)c, 'b', (char)c, (char)c, '\0'};
        struct text text;
        text_init(&text, *state);
        text_json_string(&text, source);
        struct json_object *read = json_tokener_parse(text.bytes);
        bool same = read != NULL && strcmp(json_object_get_string(read), source) == 0;
        json_object_put(read);
        CHECK(same, "character %d", c);
    }
}

static void test_json_numbers_and_booleans(void **state)
{
    struct text text;
    text_init(&text, *state);
    text_json_int(&text, INT64_MIN);
    text_puts(&text, " ");
    text_json_int(&text, INT64_MAX);
    text_puts(&text, " ");
    text_json_int(&text, 0);
    text_json_bool(&text, true);
    text_json_bool(&text, false);
    assert_string_equal(text.bytes, "-9223372036854775808 9223372036854775807 0truefalse");
}

static void test_commas_stand_between_only(void **state)
{
    struct text text;
    text_init(&text, *state);
    text_json_comma(&text); /* at the very start */
    text_puts(&text, "{");
    text_json_key(&text, "a");
    text_puts(&text, "[");
    for (int i = 0; i < 3; i++) {
        text_json_comma(&text);
        text_json_int(&text, i);
    }
    text_puts(&text, "]");
    text_json_key(&text, "b\"");
    text_puts(&text, "{");
    text_json_key(&text, "");
    text_json_string(&text, "[{");
    text_json_key(&text, "d");
    text_puts(&text, "{}");
    text_puts(&text, "}}");
    assert_string_equal(text.bytes, "{\"a\":[0,1,2],\"b\\\"\":{\"\":\"[{\",\"d\":{}}}");
}

static void test_xml(void **state)
{
    static const struct {
        const char *text, *escaped;
    } cases[] = {
        {"", ""},
        {"Table 5", "Table 5"},
        {"<&\">'", "&lt;&amp;&quot;&gt;&#39;"},
        {"a&b&amp;", "a&amp;b&amp;amp;"},
        {"</title><script>", "&lt;/title&gt;&lt;script&gt;"},
        {"\xf0\x9f\x8d\x9b \xe0\xa4\xae\xe0\xa5\x87\xe0\xa4\x9c",
         "\xf0\x9f\x8d\x9b \xe0\xa4\xae\xe0\xa5\x87\xe0\xa4\x9c"},
        {"a\x01\x1f\tb\x7f", "a\xef\xbf\xbd\xef\xbf\xbd\tb\x7f"},
        {"\xef\xbf\xbe.\xef\xbf\xbf.\xef\xbf\xbd.\xef\xbb\xbf", "\xef\xbf\xbd.\xef\xbf\xbd.\xef\xbf\xbd.\xef\xbb\xbf"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct text text;
        text_init(&text, *state);
        text_xml(&text, cases[i].text);
        assert_string_equal(text.bytes, cases[i].escaped);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_starts_empty),
        ARENA_TEST(test_grows_byte_by_byte),
        ARENA_TEST(test_grows_in_one_leap),
        ARENA_TEST(test_add_takes_any_bytes),
        ARENA_TEST(test_printf_appends),
        ARENA_TEST(test_json_escapes),
        ARENA_TEST(test_json_strings_are_read_back),
        ARENA_TEST(test_json_numbers_and_booleans),
        ARENA_TEST(test_commas_stand_between_only),
        ARENA_TEST(test_xml),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
