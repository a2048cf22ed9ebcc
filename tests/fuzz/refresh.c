/* auth/refresh: what is made is read back; what is read is a restaurant's id and
 * a text as long as ours, and another text has another hash. */
#include "fuzz.h"

#include "auth/refresh.h"

#include <sodium.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    const char *text = take_rest(&in);
    char *token = arena_alloc(arena, REFRESH_TOKEN_SIZE), *hash = arena_alloc(arena, REFRESH_HASH_SIZE);
    char *id = arena_alloc(arena, UUID_TEXT_SIZE), *again = arena_alloc(arena, REFRESH_HASH_SIZE),
         other[UUID_TEXT_SIZE];
    if (sodium_init() < 0)
        abort();
    if (refresh_read(text, id, hash)) {
        HOLDS(strlen(text) == 36 + 1 + 43 && text[36] == '.', "'%s'", text);
        HOLDS(uuid_parse(id, other) && strcmp(id, other) == 0 && strncmp(text, id, 36) == 0, "%s of '%s'", id, text);
        HOLDS(strlen(hash) == REFRESH_HASH_SIZE - 1 && strncmp(hash, "\\x", 2) == 0 &&
                  strspn(hash + 2, "0123456789abcdef") == 64,
              "%s", hash);
        char *changed = arena_strdup(arena, text);
        changed[40] = changed[40] == 'A' ? 'B' : 'A';
        HOLDS(refresh_read(changed, id, again) && strcmp(hash, again) != 0, "'%s' and '%s'", text, changed);
        refresh_make(id, token, hash);
        HOLDS(refresh_read(token, other, again), "'%s'", token);
        HOLDS(strcmp(other, id) == 0 && strcmp(hash, again) == 0, "'%s'", token);
    }
    arena_destroy(&arena);
    return 0;
}
