/* auth/signature: known answers, and everything that must not pass. The keys
 * and data are RFC 4231's, the answers another implementation's. */
#include "unit.h"

#include "auth/signature.h"

#include <sodium.h>
#include <string.h>

enum { NOW = 1700000000 };

#define SECRET "whsec_0123456789abcdef"
#define BODY   "{\"event_id\":\"e1\"}"
#define MAC    "2085018c75b92f78d2d7c0c81e7cb160e86fc9adff6b32eb3c73373f6d1f6823" /* at NOW */
#define WRONG  "3085018c75b92f78d2d7c0c81e7cb160e86fc9adff6b32eb3c73373f6d1f6823"

static bool verify(const char *header)
{
    return signature_verify(SECRET, header, BODY, strlen(BODY), NOW);
}

/* A string of one byte n times. */
static const char *run_of(struct arena *arena, int byte, size_t n)
{
    char *text = arena_alloc(arena, n + 1);
    memset(text, byte, n);
    return text;
}

static void test_known_answers(void **state)
{
    char counting[26] = "";
    for (int i = 0; i < 25; i++)
        counting[i] = (char)(i + 1);
    const struct {
        const char *secret, *body;
        size_t len;
        const char *mac;
    } known[] = {
        {run_of(*state, 0x0b, 20), "Hi There", 8, "931b0eed568d243adecea23bdfaea1fa89ca9581f28abf24320ee9d0944d98bb"},
        {"Jefe", "what do ya want for nothing?", 28,
         "1cdd0650c8be1cb0974b1788d458b1e781206cfef59b85faafc582d2e182c57e"},
        {run_of(*state, 0xaa, 20), run_of(*state, 0xdd, 50), 50,
         "cd9379cb5871c378631bdf62b9f72a6dff8d838c791de7fbd5253134635e5409"},
        {counting, run_of(*state, 0xcd, 50), 50, "40866a882e6c6bf6f0ae422368fa61d1312b6b196628aa733aecbb1e3a017871"},
        {run_of(*state, 0xaa, 131), "Test Using Larger Than Block-Size Key - Hash Key First", 54,
         "90201a1be309d12d310db48ca0ca3da2afd523c404998a699bb1f8d0bf9feee4"},
        {SECRET, BODY, strlen(BODY), MAC},
        {SECRET, "", 0, "0e1fd9afd303fb6f213cc511093ec9783e6286d777cfee89f917aebd54d9a963"},
        {SECRET, "a\0b", 3, "fb05bd4d4f7a8bc2b15c4f78f456d410758bfdd437ce34c594cfe2e528dfa551"},
    };
    for (size_t i = 0; i < LENGTH(known); i++) {
        const char *header = arena_printf(*state, "t=1700000000,v1=%s", known[i].mac);
        CHECK(signature_verify(known[i].secret, header, known[i].body, known[i].len, NOW), "answer %zu", i);
    }
}

static void test_every_change(void **state)
{
    char header[] = "t=1700000000,v1=" MAC, body[] = BODY, secret[] = SECRET;
    (void)state;
    for (size_t i = 0; i < strlen(BODY); i++) {
        body[i] ^= 1;
        CHECK(!signature_verify(SECRET, header, body, strlen(BODY), NOW), "byte %zu of the body", i);
        body[i] ^= 1;
        CHECK(!signature_verify(SECRET, header, BODY, i, NOW), "%zu bytes of the body", i);
    }
    for (size_t i = 0; i < strlen(SECRET); i++) {
        secret[i] ^= 1;
        CHECK(!signature_verify(secret, header, BODY, strlen(BODY), NOW), "byte %zu of the secret", i);
        secret[i] ^= 1;
    }
    for (size_t i = 0; i < strlen(header); i++) {
        header[i] ^= 1;
        CHECK(!verify(header), "byte %zu of the header", i);
        header[i] ^= 1;
    }
    assert_true(verify(header));
    assert_false(signature_verify("", header, BODY, strlen(BODY), NOW));
}

/* The time counts as it was written. */
static void test_age(void **state)
{
    static const struct {
        int64_t off;
        bool good;
    } ages[] = {{0, true},    {299, true},  {300, true},   {301, false},           {100000, false},
                {-299, true}, {-300, true}, {-301, false}, {-100000, false},       {-NOW, false},
                {NOW, false}, {1, true},    {-1, true},    {INT32_MAX * 2L, false}};
    (void)state;
    for (size_t i = 0; i < LENGTH(ages); i++)
        CHECK(signature_verify(SECRET, "t=1700000000,v1=" MAC, BODY, strlen(BODY), NOW + ages[i].off) == ages[i].good,
              "%lld seconds", (long long)ages[i].off);
}

static void test_shapes_that_pass(void **state)
{
    static const char *const headers[] = {
        "t=1700000000,v1=" MAC,
        "v1=" MAC ",t=1700000000",
        "t=1700000000, v1=" MAC,
        "  t=1700000000 ,v1=" MAC " ",
        "t=1700000000,v1=" WRONG ",v1=" MAC,
        "t=1700000000,v1=" MAC ",v1=" WRONG,
        "t=1700000000,v1=zz,v1=,v1=" MAC,
        "v1=" WRONG ",t=1700000000,v1=" MAC,
        "t=1700000000,v0=" WRONG ",v1=" MAC ",v2=x",
        "t=1700000000,v1=2085018C75B92F78D2D7C0C81E7CB160E86FC9ADFF6B32EB3C73373F6D1F6823",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(headers); i++)
        CHECK(verify(headers[i]), "%s", headers[i]);
}

static void test_shapes_that_do_not(void **state)
{
    static const char *const headers[] = {
        "",
        " ",
        ",",
        ",,,,",
        "=",
        "t",
        "t=",
        "v1",
        "v1=",
        "t=,v1=",
        MAC,
        "t=1700000000",
        "v1=" MAC,
        "t=1700000000,v0=" MAC,
        "t=1700000000,v1" MAC,
        "t=1700000000,v11=" MAC,
        "t=1700000000,V1=" MAC,
        "T=1700000000,v1=" MAC,
        "t=1700000000v1=" MAC,
        "t=1700000000;v1=" MAC,
        "t=1700000000,v1=" WRONG,
        "t=1700000000,v1=" WRONG ",v1=" WRONG,
        "t=1700000000,t=1700000000,v1=" MAC,
        "t=1,t=1700000000,v1=" MAC,
        "t=-1700000000,v1=" MAC,
        "t=+1700000000,v1=" MAC,
        "t= 1700000000,v1=" MAC,
        "t=01700000000,v1=" MAC, /* signed as it is written */
        "t=1700000000.0,v1=" MAC,
        "t=0x6553f100,v1=" MAC,
        "t=1700000000x,v1=" MAC,
        "t=99999999999999999999999999,v1=" MAC,
        "t=9223372036854775807,v1=" MAC,
        "t=1700000000,v1=" MAC "00",
        "t=1700000000,v1=" MAC "0",
        "t=1700000000,v1=00" MAC,
        "t=1700000000,v1=20",
        "t=1700000000,v1=2",
        "t=1700000000,v1=2085018c75b92f78d2d7c0c81e7cb160e86fc9adff6b32eb3c73373f6d1f68",
        "t=1700000000,v1=2085018c75b92f78d2d7c0c81e7cb160e86fc9adff6b32eb3c73373f6d1f682",
        "t=1700000000,v1=2085018c75b92f78d2d7c0c81e7cb160e86fc9adff6b32eb3c73373f6d1f682g",
        "t=1700000000,v1=0x85018c75b92f78d2d7c0c81e7cb160e86fc9adff6b32eb3c73373f6d1f6823",
        "t=1700000000,v1=\"" MAC "\"",
        "\xff\xfe",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(headers); i++)
        CHECK(!verify(headers[i]), "'%s' passed", headers[i]);
}

static void test_rubbish(void **state)
{
    static const char letters[] = "tv1=,, 0123456789abcdef";
    uint64_t seed = unit_seed();
    (void)state;
    for (int round = 0; round < 100000; round++) {
        char header[200];
        size_t len = (size_t)unit_below(&seed, sizeof header);
        for (size_t i = 0; i < len; i++)
            header[i] = letters[unit_below(&seed, sizeof letters - 1)];
        header[len] = '\0';
        CHECK(!verify(header), "'%s' passed", header);
    }
}

static int start(void **state)
{
    (void)state;
    return sodium_init() < 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_known_answers),
        cmocka_unit_test(test_every_change),
        cmocka_unit_test(test_age),
        cmocka_unit_test(test_shapes_that_pass),
        cmocka_unit_test(test_shapes_that_do_not),
        cmocka_unit_test(test_rubbish),
    };
    return cmocka_run_group_tests_name("signature", tests, start, NULL);
}
