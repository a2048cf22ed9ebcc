/* relay/cursor: every cursor that is written is read back; what is read as one is
 * what would be written. */
#include "fuzz.h"

#include "relay/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    char *bytes = arena_alloc(arena, size > 0 ? size : 1), *text = arena_alloc(arena, CURSOR_TEXT_SIZE);
    if (size > 0)
        memcpy(bytes, data, size);
    uint64_t cursor = cursor_read(bytes, size);
    if (cursor != 0) {
        cursor_write(cursor, text);
        HOLDS(size == strlen(text) && memcmp(bytes, text, size) == 0, "%.*s", (int)size, bytes);
    }
    cursor = take_u64(&in);
    cursor_write(cursor, text);
    HOLDS(strlen(text) == CURSOR_TEXT_SIZE - 1 && cursor_read(text, CURSOR_TEXT_SIZE - 1) == cursor, "%s", text);
    arena_destroy(&arena);
    return 0;
}
