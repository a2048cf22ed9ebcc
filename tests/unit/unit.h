/* What every unit test includes: cmocka with the headers it wants before it,
 * an arena for each test, and random numbers that can be had again. */
#ifndef OZ_TESTS_UNIT_H
#define OZ_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

#include <stdlib.h>
#include <time.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Fails the test with a message unless the condition holds. */
#define CHECK(condition, ...)                                                                                          \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            fail_msg(__VA_ARGS__);                                                                                     \
    } while (0)

/* A test whose *state is an arena. */
#define ARENA_TEST(function) cmocka_unit_test_setup_teardown(function, unit_arena_setup, unit_arena_teardown)

static inline int unit_arena_setup(void **state)
{
    *state = arena_create();
    return 0;
}

static inline int unit_arena_teardown(void **state)
{
    struct arena *arena = *state;
    arena_destroy(&arena);
    return 0;
}

/* A seed from the clock, printed in the output; UNIT_SEED=n repeats a run. */
static inline uint64_t unit_seed(void)
{
    const char *given = getenv("UNIT_SEED");
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t seed =
        given != NULL ? strtoull(given, NULL, 10) : (uint64_t)now.tv_sec * 1000000007U + (uint64_t)now.tv_nsec;
    print_message("# seed: UNIT_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

/* SplitMix64. */
static inline uint64_t unit_random(uint64_t *seed)
{
    uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* 0 up to, not including, n. */
static inline uint64_t unit_below(uint64_t *seed, uint64_t n)
{
    return unit_random(seed) % n;
}

#endif
