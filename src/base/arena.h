/* Memory that lives as long as one request (or one command): allocated piece
 * by piece, released all at once. Foreign objects (PGresult, json_object,
 * jwt_t) are handed over with arena_defer() and released with it.
 *
 * Running out of memory ends the process with exit status 70: a worker is
 * replaced by its master, and nothing a request did is committed half way.
 * So no caller checks for NULL. */
#ifndef OZ_BASE_ARENA_H
#define OZ_BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_create(void);
/* Runs the deferred releases, frees everything, sets *arena to NULL. */
void arena_destroy(struct arena **arena);
/* Runs the deferred releases, newest first, and erases all allocations:
 * passwords and tokens do not outlive their request. The first block is kept for the
 * next one. */
void arena_reset(struct arena *arena);

/* What there was at some time, to go back to. */
struct arena_mark {
    struct block *block;
    size_t used;
    struct deferred *deferred;
};
struct arena_mark arena_mark(const struct arena *arena);
/* Undoes what came after the mark as arena_reset() undoes all. */
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* Zeroed memory, aligned for any type, owned by the arena. */
void *arena_alloc(struct arena *arena, size_t size);
/* As arena_alloc() for n elements; an overflow of n * size ends the process. */
void *arena_array(struct arena *arena, size_t n, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Calls release(object) when the arena is reset or destroyed. */
void arena_defer(struct arena *arena, void (*release)(void *), void *object);

#endif
