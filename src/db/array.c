#include "db/array.h"

#include <inttypes.h>
#include <string.h>

void array_init(struct text *array, struct arena *arena)
{
    text_init(array, arena);
    text_add(array, "{", 1);
}

static void separate(struct text *array)
{
    if (array->len > 1)
        text_add(array, ",", 1);
}

void array_add(struct text *array, const char *value)
{
    separate(array);
    if (value == NULL) {
        text_add(array, "NULL", 4);
        return;
    }
    text_add(array, "\"", 1);
    for (const char *p = value; *p != '\0';) {
        size_t plain = strcspn(p, "\"\\");
        text_add(array, p, plain);
        p += plain;
        if (*p != '\0') {
            text_add(array, "\\", 1);
            text_add(array, p++, 1);
        }
    }
    text_add(array, "\"", 1);
}

void array_add_int(struct text *array, int64_t value)
{
    separate(array);
    text_printf(array, "%" PRId64, value);
}

const char *array_end(struct text *array)
{
    text_add(array, "}", 1);
    return array->bytes;
}
