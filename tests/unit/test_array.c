/* db/array: PostgreSQL's array literals, every value quoted, so that none is
 * taken for NULL or for two. */
#include "unit.h"

#include "db/array.h"

#include <string.h>

static void test_empty(void **state)
{
    struct text array;
    array_init(&array, *state);
    assert_string_equal(array_end(&array), "{}");
}

static void test_one_value(void **state)
{
    static const char *const cases[][2] = {
        {"a", "{\"a\"}"},
        {"", "{\"\"}"},
        {NULL, "{NULL}"},
        {"NULL", "{\"NULL\"}"},
        {"null", "{\"null\"}"},
        {"a b", "{\"a b\"}"},
        {" ", "{\" \"}"},
        {"a,b", "{\"a,b\"}"},
        {"{}", "{\"{}\"}"},
        {"{\"a\"}", "{\"{\\\"a\\\"}\"}"},
        {"\"", "{\"\\\"\"}"},
        {"\\", "{\"\\\\\"}"},
        {"\\\"", "{\"\\\\\\\"\"}"},
        {"\"\"\\\\", "{\"\\\"\\\"\\\\\\\\\"}"},
        {"a\"b\\c", "{\"a\\\"b\\\\c\"}"},
        {"it's", "{\"it's\"}"},
        {"'; DROP TABLE orders; --", "{\"'; DROP TABLE orders; --\"}"},
        {"a\nb\tc", "{\"a\nb\tc\"}"},
        {"\xe2\x82\xb9", "{\"\xe2\x82\xb9\"}"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct text array;
        array_init(&array, *state);
        array_add(&array, cases[i][0]);
        assert_string_equal(array_end(&array), cases[i][1]);
    }
}

static void test_several_values(void **state)
{
    struct text array;
    array_init(&array, *state);
    array_add(&array, "a");
    array_add(&array, NULL);
    array_add(&array, "");
    array_add(&array, "b\"");
    array_add(&array, NULL);
    assert_string_equal(array_end(&array), "{\"a\",NULL,\"\",\"b\\\"\",NULL}");
}

static void test_integers(void **state)
{
    struct text array;
    array_init(&array, *state);
    array_add_int(&array, 0);
    array_add_int(&array, -1);
    array_add_int(&array, INT64_MAX);
    array_add_int(&array, INT64_MIN);
    assert_string_equal(array_end(&array), "{0,-1,9223372036854775807,-9223372036854775808}");
}

/* Reads a literal as PostgreSQL does, as far as values in quotes go. */
static size_t read_back(char *literal, const char **values)
{
    size_t n = 0;
    assert_int_equal(*literal, '{');
    for (char *in = literal + 1; *in != '}'; n++) {
        assert_int_equal(*in++, '"');
        char *out = in;
        values[n] = out;
        for (; *in != '"'; in++) {
            if (*in == '\\')
                in++;
            *out++ = *in;
        }
        in += in[1] == ',' ? 2 : 1;
        *out = '\0';
    }
    return n;
}

static void test_random_values_are_read_back(void **state)
{
    static const char characters[] = "ab\"\\,{} '\n";
    uint64_t seed = unit_seed();
    for (int round = 0; round < 2000; round++) {
        const char *values[20], *found[20];
        size_t n = unit_below(&seed, 20);
        struct text array;
        array_init(&array, *state);
        for (size_t i = 0; i < n; i++) {
            char *value = arena_alloc(*state, 16);
            for (uint64_t k = unit_below(&seed, 15); k > 0; k--)
                value[strlen(value)] = characters[unit_below(&seed, sizeof characters - 1)];
            values[i] = value;
            array_add(&array, value);
        }
        assert_int_equal(read_back(arena_strdup(*state, array_end(&array)), found), n);
        for (size_t i = 0; i < n; i++)
            assert_string_equal(found[i], values[i]);
        arena_reset(*state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_empty),
        ARENA_TEST(test_one_value),
        ARENA_TEST(test_several_values),
        ARENA_TEST(test_integers),
        ARENA_TEST(test_random_values_are_read_back),
    };
    return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
