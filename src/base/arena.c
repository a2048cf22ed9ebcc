#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { FIRST_BLOCK = 64 * 1024 };

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*release)(void *);
    void *object;
};

struct arena {
    struct block *first, *current;
    struct deferred *deferred;
};

static void *must_alloc(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL) {
        static const char message[] = "out of memory\n";
        ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
        (void)ignored;
        _exit(EX_SOFTWARE);
    }
    return memory;
}

static struct block *block_create(size_t size)
{
    struct block *block = must_alloc(sizeof *block + size);
    block->next = NULL;
    block->size = size;
    block->used = 0;
    return block;
}

struct arena *arena_create(void)
{
    struct arena *arena = must_alloc(sizeof *arena);
    arena->first = arena->current = block_create(FIRST_BLOCK);
    arena->deferred = NULL;
    return arena;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){arena->current, arena->current->used, arena->deferred};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    while (arena->deferred != mark.deferred) {
        struct deferred *d = arena->deferred;
        arena->deferred = d->next;
        d->release(d->object);
    }
    for (struct block *b = mark.block->next, *next; b != NULL; b = next) {
        next = b->next;
        explicit_bzero(b->bytes, b->used);
        free(b);
    }
    explicit_bzero(mark.block->bytes + mark.used, mark.block->used - mark.used);
    mark.block->next = NULL;
    mark.block->used = mark.used;
    arena->current = mark.block;
}

void arena_reset(struct arena *arena)
{
    arena_rewind(arena, (struct arena_mark){arena->first, 0, NULL});
}

void arena_destroy(struct arena **arena)
{
    if (*arena == NULL)
        return;
    arena_reset(*arena);
    free((*arena)->first);
    free(*arena);
    *arena = NULL;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        size = SIZE_MAX / 2; /* malloc refuses it, which ends the process */
    size = (size + align - 1) / align * align;
    struct block *block = arena->current;
    if (block->size - block->used < size) {
        struct block *more = block_create(size > FIRST_BLOCK ? size : FIRST_BLOCK);
        block->next = more;
        arena->current = block = more;
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    return memset(memory, 0, size);
}

void *arena_array(struct arena *arena, size_t n, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(n, size, &total))
        total = SIZE_MAX;
    return arena_alloc(arena, total);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
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

void arena_defer(struct arena *arena, void (*release)(void *), void *object)
{
    struct deferred *d = arena_alloc(arena, sizeof *d);
    d->next = arena->deferred;
    d->release = release;
    d->object = object;
    arena->deferred = d;
}
