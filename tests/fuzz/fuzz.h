/* What every fuzz target includes: a claim that must hold, an arena whose every
 * piece stands by itself (arena.c), and the input taken apart. Parts end at line
 * feeds where they can, so that a corpus is text to read.
 *
 * A target has LLVMFuzzerTestOneInput() alone, so that libFuzzer and AFL++ both
 * take it. It must not depend on what ran before. */
#ifndef OZ_TESTS_FUZZ_H
#define OZ_TESTS_FUZZ_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process with a message unless the condition holds. */
#define HOLDS(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s: ", __FILE__, __LINE__, #condition);                             \
            fprintf(stderr, __VA_ARGS__);                                                                              \
            fputc('\n', stderr);                                                                                       \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* What is left of the input. */
struct input {
    struct arena *arena; /* of what is taken from it */
    const uint8_t *p;
    size_t len;
};

static inline struct input input_of(struct arena *arena, const uint8_t *data, size_t size)
{
    return (struct input){arena, data, size};
}

/* 0 at the end. */
static inline uint8_t take_byte(struct input *in)
{
    if (in->len == 0)
        return 0;
    in->len--;
    return *in->p++;
}

/* 0 up to, not including, n. */
static inline size_t take_below(struct input *in, size_t n)
{
    return take_byte(in) % n;
}

/* Little-endian; zeros beyond the end. */
static inline uint64_t take_u64(struct input *in)
{
    uint64_t value = 0;
    for (int i = 0; i < 64; i += 8)
        value |= (uint64_t)take_byte(in) << i;
    return value;
}

/* Up to the next line feed, which is dropped, or a NUL, or the end. */
static inline const char *take_line(struct input *in)
{
    size_t len = 0;
    while (len < in->len && in->p[len] != '\n' && in->p[len] != '\0')
        len++;
    const char *line = arena_strndup(in->arena, (const char *)in->p, len);
    len += len < in->len;
    in->p += len;
    in->len -= len;
    return line;
}

/* All that is left, up to a NUL. */
static inline const char *take_rest(struct input *in)
{
    const char *rest = arena_strndup(in->arena, (const char *)in->p, strnlen((const char *)in->p, in->len));
    in->len = 0;
    return rest;
}

#endif
