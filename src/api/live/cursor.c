#include "api/live/cursor.h"

#include "base/arena.h"

#include <string.h>

enum { XID_DIGITS = 19, SECONDS_DIGITS = 12 };

/* The number of digits at `text`; 0 if there are none, or they have a needless 0
 * in front, or there are more than `most`. */
static size_t number_at(const char *text, size_t most)
{
    size_t n = strspn(text, "0123456789");
    return (text[0] != '0' || n == 1) && n <= most ? n : 0;
}

bool cursor_parse(struct arena *arena, const char *text, struct cursor *cursor)
{
    size_t xid = number_at(text, XID_DIGITS);
    if (xid == 0 || text[xid] != '-')
        return false;
    const char *rest = text + xid + 1;
    size_t seconds = number_at(rest, SECONDS_DIGITS);
    if (seconds == 0 || rest[seconds] != '-')
        return false;
    *cursor = (struct cursor){arena_strndup(arena, text, xid), arena_strndup(arena, rest, seconds), rest + seconds + 1};
    return true;
}
