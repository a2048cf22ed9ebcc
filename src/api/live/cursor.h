/* Cursors of GET /api/sync: <transaction>-<unix seconds>-<scope>. They name the
 * oldest transaction that was running when they were given out, the time of
 * that, and what they are cursors of. SQL writes them (changes_cursor.sql). */
#ifndef OZ_API_LIVE_CURSOR_H
#define OZ_API_LIVE_CURSOR_H

#include <stdbool.h>

struct arena;

struct cursor {
    const char *xid, *seconds, *scope;
};

/* False if the text cannot have been given out here. The strings of *cursor are
 * the arena's, and part of the text. */
bool cursor_parse(struct arena *arena, const char *text, struct cursor *cursor);

#endif
