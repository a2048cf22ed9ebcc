/* base/json_arena: values live as long as their arena. */
#include "unit.h"

#include "base/json_arena.h"

#include <json-c/json.h>

static void note_deletion(struct json_object *object, void *deleted)
{
    (void)object;
    ++*(int *)deleted;
}

static void test_the_arena_has_the_last_reference(void **state)
{
    int deleted = 0;
    struct json_object *object = json_object_new_object();
    json_object_set_userdata(object, &deleted, note_deletion);
    json_arena_own(*state, object);
    assert_int_equal(deleted, 0);
    arena_reset(*state);
    assert_int_equal(deleted, 1);
}

static void test_other_references_stay(void **state)
{
    int deleted = 0;
    struct json_object *object = json_object_new_array();
    json_object_set_userdata(object, &deleted, note_deletion);
    json_arena_own(*state, json_object_get(object));
    arena_reset(*state);
    assert_int_equal(deleted, 0);
    json_object_put(object);
    assert_int_equal(deleted, 1);
}

static void test_parsing(void **state)
{
    struct json_object *object = json_arena_parse(*state, "{\"a\": [1, 9007199254740991]}");
    struct json_object *array = json_object_object_get(object, "a");
    int deleted = 0;
    json_object_set_userdata(array, &deleted, note_deletion);
    assert_true(json_object_get_int64(json_object_array_get_idx(array, 1)) == INT64_C(9007199254740991));
    assert_int_equal(json_object_array_length(json_arena_parse(*state, "[]")), 0);
    arena_reset(*state);
    assert_int_equal(deleted, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_the_arena_has_the_last_reference),
        ARENA_TEST(test_other_references_stay),
        ARENA_TEST(test_parsing),
    };
    return cmocka_run_group_tests_name("json_arena", tests, NULL, NULL);
}
