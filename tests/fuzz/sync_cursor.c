/* api/live/cursor: a cursor as SQL writes it is read back; what is taken is what
 * its parts are written as. */
#include "fuzz.h"

#include "api/live/cursor.h"

#include <inttypes.h>

static void check(struct arena *arena, const char *text)
{
    struct cursor c;
    if (!cursor_parse(arena, text, &c))
        return;
    HOLDS(strspn(c.xid, "0123456789") == strlen(c.xid) && strlen(c.xid) <= 19 && c.xid[0] != '\0', "'%s'", text);
    HOLDS(strspn(c.seconds, "0123456789") == strlen(c.seconds) && strlen(c.seconds) <= 12 && c.seconds[0] != '\0',
          "'%s'", text);
    HOLDS(strcmp(arena_printf(arena, "%" PRIu64 "-%" PRIu64 "-%s", (uint64_t)strtoull(c.xid, NULL, 10),
                              (uint64_t)strtoull(c.seconds, NULL, 10), c.scope),
                 text) == 0,
          "'%s' is %s, %s and %s", text, c.xid, c.seconds, c.scope);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    struct cursor c;
    check(arena, take_line(&in));
    uint64_t xid = 1 + take_u64(&in) % 9999999999999999999U, seconds = 1 + take_u64(&in) % 999999999999;
    const char *scope = take_rest(&in), *text = arena_printf(arena, "%" PRIu64 "-%" PRIu64 "-%s", xid, seconds, scope);
    HOLDS(cursor_parse(arena, text, &c) && strcmp(c.scope, scope) == 0, "'%s'", text);
    check(arena, text);
    arena_destroy(&arena);
    return 0;
}
