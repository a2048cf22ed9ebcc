/* base/uuid7: what is taken is a UUID, written in lower case; what is made is
 * taken, and rises. */
#include "fuzz.h"

#include "base/uuid7.h"

#include <ctype.h>
#include <strings.h>

static bool is_uuid(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    size_t i = 0;
    while (shape[i] != '\0' && (shape[i] == 'x' ? isxdigit((unsigned char)text[i]) : text[i] == '-'))
        i++;
    return shape[i] == '\0' && text[i] == '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    char *out = arena_alloc(arena, UUID_TEXT_SIZE), *again = arena_alloc(arena, UUID_TEXT_SIZE);
    char *first = arena_alloc(arena, UUID_TEXT_SIZE), *second = arena_alloc(arena, UUID_TEXT_SIZE);
    const char *text = take_rest(&in);
    HOLDS(uuid_parse(text, out) == is_uuid(text), "'%s'", text);
    if (is_uuid(text)) {
        HOLDS(strcasecmp(out, text) == 0 && strpbrk(out, "ABCDEF") == NULL, "'%s' became '%s'", text, out);
        HOLDS(uuid_parse(out, again) && strcmp(out, again) == 0, "'%s' became '%s'", out, again);
    }
    uuid7_make(first);
    uuid7_make(second);
    HOLDS(is_uuid(first) && first[14] == '7' && strchr("89ab", first[19]) != NULL, "%s", first);
    HOLDS(strcmp(first, second) < 0, "%s before %s", first, second);
    HOLDS(uuid_parse(first, out) && strcmp(out, first) == 0, "%s", first);
    arena_destroy(&arena);
    return 0;
}
