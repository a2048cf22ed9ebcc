/* base/arena: memory is zeroed, aligned, apart, kept until the reset; releases
 * run newest first and once; running out of memory ends the process. */
#include "unit.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* The sanitizer's malloc shall refuse the impossible as the C library's does. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static struct {
    int calls;
    int order[16];
} released;

static void note_release(void *object)
{
    released.order[released.calls++] = *(int *)object;
}

static void note_null(void *object)
{
    assert_null(object);
    released.calls++;
}

static int arena_and_note_setup(void **state)
{
    memset(&released, 0, sizeof released);
    return unit_arena_setup(state);
}

static bool all_bytes_are(const unsigned char *p, size_t n, unsigned char wanted)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != wanted)
            return false;
    return true;
}

static void test_destroy_forgets_the_arena(void **state)
{
    struct arena *arena = arena_create();
    (void)state;
    assert_non_null(arena);
    arena_destroy(&arena);
    assert_null(arena);
    arena_destroy(&arena); /* nothing there: nothing happens */
    assert_null(arena);
}

static void test_memory_is_zeroed_aligned_and_apart(void **state)
{
    enum { PIECES = 1000 };
    unsigned char *pieces[PIECES];
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = arena_alloc(*state, i);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        CHECK(all_bytes_are(pieces[i], i, 0), "piece %zu is not zeroed", i);
        memset(pieces[i], (int)(i % 255 + 1), i);
    }
    for (size_t i = 0; i < PIECES; i++)
        CHECK(all_bytes_are(pieces[i], i, (unsigned char)(i % 255 + 1)), "piece %zu was overwritten", i);
}

static void test_memory_is_zeroed_after_a_reset(void **state)
{
    memset(arena_alloc(*state, 60000), 0xa5, 60000);
    arena_reset(*state);
    assert_true(all_bytes_are(arena_alloc(*state, 60000), 60000, 0));
}

static void test_first_block_is_kept(void **state)
{
    void *first = arena_alloc(*state, 100);
    for (int i = 0; i < 50; i++)
        arena_alloc(*state, 50000);
    arena_reset(*state);
    assert_ptr_equal(arena_alloc(*state, 100), first);
}

static void test_large_pieces(void **state)
{
    static const size_t sizes[] = {64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 1 << 20, 17, 300 * 1000, 1};
    unsigned char *pieces[LENGTH(sizes)];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < LENGTH(sizes); i++) {
            pieces[i] = arena_alloc(*state, sizes[i]);
            assert_true(all_bytes_are(pieces[i], sizes[i], 0));
            memset(pieces[i], (int)i + 1, sizes[i]);
        }
        for (size_t i = 0; i < LENGTH(sizes); i++)
            assert_true(all_bytes_are(pieces[i], sizes[i], (unsigned char)(i + 1)));
        arena_reset(*state);
    }
}

static void test_nothing_is_something(void **state)
{
    assert_non_null(arena_alloc(*state, 0));
    assert_non_null(arena_array(*state, 0, 8));
    assert_non_null(arena_array(*state, 8, 0));
}

static void test_array(void **state)
{
    uint64_t *numbers = arena_array(*state, 10000, sizeof *numbers);
    assert_true(all_bytes_are((unsigned char *)numbers, 10000 * sizeof *numbers, 0));
    for (size_t i = 0; i < 10000; i++)
        numbers[i] = i;
    assert_int_equal(numbers[9999], 9999);
}

static void test_strings(void **state)
{
    char source[] = "naan", *copy = arena_strdup(*state, source);
    source[0] = 'X';
    assert_string_equal(copy, "naan");
    assert_string_equal(arena_strdup(*state, ""), "");
    assert_string_equal(arena_strndup(*state, "paratha", 4), "para");
    assert_string_equal(arena_strndup(*state, "paratha", 0), "");
    assert_memory_equal(arena_strndup(*state, "a\0b", 3), "a\0b", 4);
    assert_string_equal(arena_strndup(*state, (const char[]){'a', 'b'}, 2), "ab"); /* no NUL after it */
}

static void test_printf(void **state)
{
    assert_string_equal(arena_printf(*state, "%s-%d-%%", "a", 7), "a-7-%");
    assert_string_equal(arena_printf(*state, "%s", ""), "");
    char *spaces = arena_printf(*state, "%*s", 200000, "x"); /* more than a block */
    assert_int_equal(strlen(spaces), 200000);
    assert_int_equal(spaces[199999], 'x');
}

static void test_releases_run_newest_first_and_once(void **state)
{
    static int numbers[] = {1, 2, 3};
    for (size_t i = 0; i < LENGTH(numbers); i++)
        arena_defer(*state, note_release, &numbers[i]);
    assert_int_equal(released.calls, 0);
    arena_reset(*state);
    assert_int_equal(released.calls, 3);
    assert_int_equal(released.order[0], 3);
    assert_int_equal(released.order[1], 2);
    assert_int_equal(released.order[2], 1);
    arena_reset(*state);
    assert_int_equal(released.calls, 3);
}

static void test_releases_run_at_the_end(void **state)
{
    struct arena *arena = arena_create();
    (void)state;
    arena_defer(arena, note_null, NULL);
    arena_defer(arena, note_null, NULL);
    arena_destroy(&arena);
    assert_int_equal(released.calls, 2);
}

/* A released object may itself lie in the arena, in any block. */
static void test_releases_see_the_arenas_memory(void **state)
{
    for (int i = 0; i < 10; i++) {
        arena_alloc(*state, 60000);
        int *object = arena_alloc(*state, sizeof *object);
        *object = i;
        arena_defer(*state, note_release, object);
    }
    arena_reset(*state);
    assert_int_equal(released.calls, 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(released.order[i], 9 - i);
}

/* What came before a mark stays, wherever it lies; the rest is undone as by a reset. */
static void test_rewind(void **state)
{
    static int numbers[] = {1, 2, 3};
    static const size_t sizes[] = {10, 40000, 64 * 1024, 300000};
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        unsigned char *kept = arena_alloc(*state, sizes[i]);
        memset(kept, 0x5a, sizes[i]);
        released.calls = 0;
        arena_defer(*state, note_release, &numbers[0]);
        const struct arena_mark mark = arena_mark(*state);
        void *first = NULL;
        for (int round = 0; round < 3; round++) {
            unsigned char *secret = arena_alloc(*state, 100);
            first = first != NULL ? first : secret;
            assert_ptr_equal(secret, first); /* the same memory each time */
            assert_true(all_bytes_are(secret, 100, 0));
            memset(secret, 0xa5, 100);
            arena_defer(*state, note_release, &numbers[1]);
            memset(arena_alloc(*state, 200000), 0xa5, 200000);
            arena_defer(*state, note_release, &numbers[2]);
            arena_rewind(*state, mark);
            assert_int_equal(released.calls, 2 * (round + 1));
            assert_int_equal(released.order[released.calls - 2], 3);
            assert_int_equal(released.order[released.calls - 1], 2);
            assert_true(all_bytes_are(secret, 100, 0)); /* erased */
        }
        assert_true(all_bytes_are(kept, sizes[i], 0x5a));
        arena_reset(*state);
        assert_int_equal(released.calls, 7);
        assert_int_equal(released.order[6], 1);
    }
}

static void alloc_half_of_everything(struct arena *arena)
{
    arena_alloc(arena, SIZE_MAX / 2 - 4096);
}

static void alloc_everything(struct arena *arena)
{
    arena_alloc(arena, SIZE_MAX);
}

static void alloc_overflowing_array(struct arena *arena)
{
    arena_array(arena, SIZE_MAX / 4 + 2, 4); /* 4 in 64 bits */
}

static void test_no_memory_ends_the_process(void **state)
{
    static void (*const asks[])(struct arena *) = {alloc_half_of_everything, alloc_everything, alloc_overflowing_array};
    for (size_t i = 0; i < LENGTH(asks); i++) {
        int status;
        fflush(NULL);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            if (freopen("/dev/null", "w", stderr) == NULL)
                _exit(1);
            asks[i](*state);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == EX_SOFTWARE, "ask %zu: status %x", i, (unsigned)status);
    }
}

#define NOTED_TEST(function) cmocka_unit_test_setup_teardown(function, arena_and_note_setup, unit_arena_teardown)

static void test_reset_erases(void **state)
{
    struct arena *arena = arena_create();
    (void)state;
    char *secret = arena_strdup(arena, "hunter2-hunter2"); /* in the block that is kept */
    arena_reset(arena);
    for (size_t i = 0; i < sizeof "hunter2-hunter2"; i++)
        assert_int_equal(secret[i], 0);
    arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reset_erases),
        cmocka_unit_test(test_destroy_forgets_the_arena),
        ARENA_TEST(test_memory_is_zeroed_aligned_and_apart),
        ARENA_TEST(test_memory_is_zeroed_after_a_reset),
        ARENA_TEST(test_first_block_is_kept),
        ARENA_TEST(test_large_pieces),
        ARENA_TEST(test_nothing_is_something),
        ARENA_TEST(test_array),
        ARENA_TEST(test_strings),
        ARENA_TEST(test_printf),
        NOTED_TEST(test_releases_run_newest_first_and_once),
        NOTED_TEST(test_releases_run_at_the_end),
        NOTED_TEST(test_rewind),
        NOTED_TEST(test_releases_see_the_arenas_memory),
        ARENA_TEST(test_no_memory_ends_the_process),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
