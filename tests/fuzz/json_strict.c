/* base/json_strict: what it takes is valid UTF-8 without NUL, json-c reads it to
 * its end, no key is given twice, and what json-c writes of it is taken again and
 * is the same. */
#include "fuzz.h"

#include "base/json_strict.h"

#include <json-c/json.h>

/* Keys in the text: colons outside of strings. The text is well formed. */
static size_t count_keys(const char *text, size_t len)
{
    size_t n = 0;
    bool in_string = false;
    for (size_t i = 0; i < len; i++) {
        if (in_string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_string = !in_string;
        else
            n += !in_string && text[i] == ':';
    }
    return n;
}

/* Members in the object and all that it holds; *depth: how deep it goes. */
static size_t count_members(struct json_object *object, int *depth)
{
    size_t n = 0;
    int deepest = 0, one;
    if (json_object_is_type(object, json_type_object)) {
        json_object_object_foreach (object, key, value) {
            (void)key;
            n += 1 + count_members(value, &one);
            deepest = one > deepest ? one : deepest;
        }
        deepest++;
    } else if (json_object_is_type(object, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(object); i++) {
            n += count_members(json_object_array_get_idx(object, i), &one);
            deepest = one > deepest ? one : deepest;
        }
        deepest++;
    }
    *depth = deepest;
    return n;
}

static bool is_same(struct json_object *a, struct json_object *b)
{
    return (a == NULL && b == NULL) || json_object_equal(a, b);
}

/* json-c by itself, with its check of UTF-8. */
static void check_with_json_c(const char *text, size_t len, struct json_object *ours)
{
    struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH + 1);
    json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *object = json_tokener_parse_ex(tokener, text, (int)len);
    if (json_tokener_get_error(tokener) == json_tokener_continue)
        object = json_tokener_parse_ex(tokener, "", -1);
    enum json_tokener_error error = json_tokener_get_error(tokener);
    HOLDS(error == json_tokener_success, "json-c refuses what was taken: %s", json_tokener_error_desc(error));
    HOLDS(is_same(object, ours), "json-c reads another value");
    json_tokener_free(tokener);
    json_object_put(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct json_object *object = NULL, *again = NULL;
    struct json_fault fault;
    char *text = arena_alloc(arena, size > 0 ? size : 1); /* no NUL after it */
    if (size > 0)
        memcpy(text, data, size);
    if (!json_strict_parse(arena, text, size, &object, &fault)) {
        HOLDS(fault.offset <= size && fault.what != NULL, "a fault at %zu of %zu", fault.offset, size);
    } else {
        int depth;
        HOLDS(memchr(text, '\0', size) == NULL, "a NUL was taken");
        check_with_json_c(text, size, object);
        HOLDS(count_members(object, &depth) == count_keys(text, size), "a key was taken twice");
        HOLDS(depth <= JSON_DEPTH, "%d levels", depth);
        const char *written =
            json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
        HOLDS(json_strict_parse(arena, written, strlen(written), &again, &fault), "%s at %zu of %s", fault.what,
              fault.offset, written);
        HOLDS(is_same(object, again), "read back as another value");
    }
    arena_destroy(&arena);
    return 0;
}
