/* http/gzip: what zlib unpacks again is what was packed. */
#include "unit.h"

#include "http/gzip.h"

#include <string.h>
#include <zlib.h>

/* Packs, unpacks as gzip (never as zlib or raw deflate) and compares. */
static size_t round_trip(struct arena *arena, const char *bytes, size_t len)
{
    size_t packed_len = 0;
    const char *packed = gzip_compress(arena, bytes, len, &packed_len);
    assert_non_null(packed);
    char *unpacked = arena_alloc(arena, len + 1);
    z_stream z = {0};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)packed;
    z.avail_in = (uInt)packed_len;
    z.next_out = (Bytef *)unpacked;
    z.avail_out = (uInt)len + 1;
    int result = inflate(&z, Z_FINISH);
    uLong total = z.total_out;
    uInt rest = z.avail_in;
    inflateEnd(&z);
    assert_int_equal(result, Z_STREAM_END);
    assert_int_equal(rest, 0);
    assert_int_equal(total, len);
    assert_memory_equal(unpacked, bytes, len);
    return packed_len;
}

static void test_nothing_and_little(void **state)
{
    round_trip(*state, "", 0);
    round_trip(*state, "a", 1);
    round_trip(*state, "a\0b", 3);
    round_trip(*state, "{\"data\":[]}", 11);
}

static void test_header(void **state)
{
    size_t len;
    const unsigned char *packed = (const unsigned char *)gzip_compress(*state, "menu", 4, &len);
    assert_true(len > 18);
    assert_int_equal(packed[0], 0x1f); /* RFC 1952, 2.3.1 */
    assert_int_equal(packed[1], 0x8b);
    assert_int_equal(packed[2], 8);
}

/* Two workers must make the same bytes: the entity tag stands for them. */
static void test_always_the_same(void **state)
{
    size_t a_len, b_len;
    const char *a = gzip_compress(*state, "menu menu menu", 14, &a_len);
    const char *b = gzip_compress(*state, "menu menu menu", 14, &b_len);
    assert_int_equal(a_len, b_len);
    assert_memory_equal(a, b, a_len);
}

static void test_a_menu_shrinks(void **state)
{
    enum { SIZE = 1 << 20 };
    char *menu = arena_alloc(*state, SIZE);
    static const char item[] = "{\"name\":\"Paneer Tikka\",\"price\":24900},";
    for (size_t i = 0; i < SIZE; i++)
        menu[i] = item[i % (sizeof item - 1)];
    assert_true(round_trip(*state, menu, SIZE) < SIZE / 50);
}

static void test_noise_fits(void **state)
{
    static const size_t sizes[] = {1, 100, 16383, 16384, 65535, 65536, 300000};
    uint64_t seed = unit_seed();
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        char *noise = arena_alloc(*state, sizes[i]);
        for (size_t k = 0; k < sizes[i]; k++)
            noise[k] = (char)unit_random(&seed);
        round_trip(*state, noise, sizes[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_nothing_and_little), ARENA_TEST(test_header),     ARENA_TEST(test_always_the_same),
        ARENA_TEST(test_a_menu_shrinks),     ARENA_TEST(test_noise_fits),
    };
    return cmocka_run_group_tests_name("gzip", tests, NULL, NULL);
}
