/* Cursors of GET /api/sync: <transaction>-<unix seconds>-<scope>. They name
 * the oldest transaction that was running when they were given out, the time
 * of that, and what the cursor covers. SQL writes them (changes_cursor.sql). */
#ifndef OZ_API_LIVE_CURSOR_H
#define OZ_API_LIVE_CURSOR_H

#include <stdbool.h>

struct arena;

struct cursor {
    const char *xid, *seconds, *scope;
};

/* False if the text cannot be a cursor of ours. The strings of *cursor belong
 * to the arena and are parts of the text. */
bool cursor_parse(struct arena *arena, const char *text, struct cursor *cursor);

#endif
