/* The arena for the fuzz targets, in place of base/arena.c: each piece is
 * allocated by itself and just as large as asked for, so that AddressSanitizer
 * sees reads and writes beyond its end. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct piece {
    struct piece *next;
    void (*release)(void *);
    void *object;
};

struct arena {
    struct piece *pieces; /* newest first */
};

static void *must_alloc(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        abort();
    return memory;
}

struct arena *arena_create(void)
{
    return must_alloc(sizeof(struct arena));
}

void arena_reset(struct arena *arena)
{
    while (arena->pieces != NULL) {
        struct piece *piece = arena->pieces;
        arena->pieces = piece->next;
        piece->release(piece->object);
        free(piece);
    }
}

void arena_destroy(struct arena **arena)
{
    if (*arena == NULL)
        return;
    arena_reset(*arena);
    free(*arena);
    *arena = NULL;
}

void arena_defer(struct arena *arena, void (*release)(void *), void *object)
{
    struct piece *piece = must_alloc(sizeof *piece);
    *piece = (struct piece){arena->pieces, release, object};
    arena->pieces = piece;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    void *memory = must_alloc(size);
    arena_defer(arena, free, memory);
    return memory;
}

void *arena_array(struct arena *arena, size_t n, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(n, size, &total))
        abort();
    return arena_alloc(arena, total);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    if (len > 0)
        memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, (size_t)(len < 0 ? 0 : len) + 1);
    if (len > 0)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}
