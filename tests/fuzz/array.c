/* db/array: array literals are read back by a small reader of PostgreSQL's
 * rules (its manual, 8.15.6) here. */
#include "fuzz.h"

#include "db/array.h"

#include <inttypes.h>
#include <strings.h>

/* Reads an element at *p and steps past it; NULL is SQL's. */
static const char *read_element(struct arena *arena, const char **p)
{
    const char *from = *p;
    char *out = arena_alloc(arena, strlen(from) + 1), *to = out;
    if (*from != '"') {
        size_t len = strcspn(from, ",{}\"\\ \t\n\r\v\f");
        HOLDS(len > 0, "an empty element without quotes");
        *p = from + len;
        memcpy(out, from, len);
        return strcasecmp(out, "null") == 0 ? NULL : out;
    }
    for (from++; *from != '"'; from++) {
        from += *from == '\\';
        HOLDS(*from != '\0', "a quote is not closed");
        *to++ = *from;
    }
    *p = from + 1;
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { ELEMENTS_MAX = 100 };
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    const char *values[ELEMENTS_MAX];
    size_t n = 0;
    struct text array;
    array_init(&array, arena);
    for (; n < ELEMENTS_MAX && in.len > 0; n++) {
        uint8_t how = take_byte(&in);
        if ((how & 7) == 1) {
            int64_t number = (int64_t)take_u64(&in);
            values[n] = arena_printf(arena, "%" PRId64, number);
            array_add_int(&array, number);
        } else {
            values[n] = (how & 7) == 2 ? NULL : take_line(&in);
            array_add(&array, values[n]);
        }
    }
    const char *p = array_end(&array);
    HOLDS(*p == '{', "%s", p);
    p++;
    for (size_t i = 0; i < n; i++) {
        const char *element = read_element(arena, &p);
        HOLDS((element == NULL) == (values[i] == NULL), "element %zu of %s", i, array.bytes);
        HOLDS(element == NULL || strcmp(element, values[i]) == 0, "'%s' became '%s'", values[i], element);
        HOLDS(*p == (i + 1 < n ? ',' : '}'), "behind element %zu of %s", i, array.bytes);
        p++;
    }
    HOLDS(*p == (n > 0 ? '\0' : '}'), "%s", array.bytes);
    arena_destroy(&arena);
    return 0;
}
