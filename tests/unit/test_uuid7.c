/* base/uuid7: the shape of RFC 9562, ids that rise strictly, no duplicates
 * across a fork, and a parser that takes the 8-4-4-4-12 form only. */
#include "unit.h"

#include "base/clock.h"
#include "base/uuid7.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int64_t milliseconds_in(const char *id)
{
    char hex[13];
    snprintf(hex, sizeof hex, "%.8s%.4s", id, id + 9);
    return (int64_t)strtoll(hex, NULL, 16);
}

static void test_shape(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        char id[UUID_TEXT_SIZE], parsed[UUID_TEXT_SIZE];
        uuid7_make(id);
        assert_int_equal(strlen(id), 36);
        assert_int_equal(strspn(id, "0123456789abcdef-"), 36);
        assert_true(uuid_parse(id, parsed));
        assert_string_equal(id, parsed);
        assert_int_equal(id[14], '7');
        assert_non_null(strchr("89ab", id[19]));
    }
}

static void test_tells_its_time(void **state)
{
    char id[UUID_TEXT_SIZE];
    (void)state;
    int64_t before = clock_real_us() / 1000;
    uuid7_make(id);
    int64_t after = clock_real_us() / 1000;
    assert_true(milliseconds_in(id) >= before);
    assert_true(milliseconds_in(id) <= after + 1); /* it may be raised past the last one */
}

static void test_rises_strictly(void **state)
{
    char last[UUID_TEXT_SIZE] = "", id[UUID_TEXT_SIZE];
    (void)state;
    for (int i = 0; i < 100000; i++) {
        uuid7_make(id);
        CHECK(strcmp(last, id) < 0, "id %d: %s comes after %s", i, id, last);
        memcpy(last, id, sizeof last);
    }
}

static void test_random_part_differs(void **state)
{
    char a[UUID_TEXT_SIZE], b[UUID_TEXT_SIZE];
    (void)state;
    uuid7_make(a);
    uuid7_make(b);
    assert_string_not_equal(a + 19, b + 19);
}

enum { FORKS = 4, EACH = 5000 };

static void write_ids(int fd)
{
    static char ids[EACH][UUID_TEXT_SIZE];
    for (int i = 0; i < EACH; i++)
        uuid7_make(ids[i]);
    const char *p = ids[0];
    for (size_t left = sizeof ids; left > 0;) {
        ssize_t n = write(fd, p, left);
        if (n <= 0)
            _exit(1);
        p += n;
        left -= (size_t)n;
    }
}

static bool read_ids(int fd, char (*ids)[UUID_TEXT_SIZE])
{
    char *p = ids[0];
    size_t left = (size_t)EACH * UUID_TEXT_SIZE;
    while (left > 0) {
        ssize_t n = read(fd, p, left);
        if (n <= 0)
            return false;
        p += n;
        left -= (size_t)n;
    }
    return true;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Four children of one parent that had made ids before, all at once. */
static void test_forked_processes_make_different_ids(void **state)
{
    static char ids[FORKS * EACH][UUID_TEXT_SIZE];
    int pipes[FORKS][2];
    (void)state;
    fflush(NULL);
    for (int i = 0; i < FORKS; i++) {
        assert_int_equal(pipe(pipes[i]), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            write_ids(pipes[i][1]);
            _exit(0);
        }
        close(pipes[i][1]);
    }
    for (int i = 0; i < FORKS; i++) {
        assert_true(read_ids(pipes[i][0], ids + (size_t)i * EACH));
        close(pipes[i][0]);
        for (size_t k = (size_t)i * EACH + 1; k < ((size_t)i + 1) * EACH; k++)
            assert_true(strcmp(ids[k - 1], ids[k]) < 0);
    }
    while (wait(NULL) > 0)
        ;
    qsort(ids, FORKS * EACH, UUID_TEXT_SIZE, compare_ids);
    for (size_t i = 1; i < FORKS * EACH; i++)
        CHECK(strcmp(ids[i - 1], ids[i]) != 0, "%s was made twice", ids[i]);
}

static void test_parse_takes_every_version_and_case(void **state)
{
    static const char *const cases[][2] = {
        {"0196f0c2-3b4a-7c1d-8e5f-0123456789ab", "0196f0c2-3b4a-7c1d-8e5f-0123456789ab"},
        {"0196F0C2-3B4A-7C1D-8E5F-0123456789AB", "0196f0c2-3b4a-7c1d-8e5f-0123456789ab"},
        {"0196f0C2-3b4A-7c1d-8E5f-0123456789aB", "0196f0c2-3b4a-7c1d-8e5f-0123456789ab"},
        {"f47ac10b-58cc-4372-a567-0e02b2c3d479", "f47ac10b-58cc-4372-a567-0e02b2c3d479"},
        {"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"},
        {"ffffffff-FFFF-ffff-FFFF-ffffffffffff", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char out[UUID_TEXT_SIZE];
        assert_true(uuid_parse(cases[i][0], out));
        assert_string_equal(out, cases[i][1]);
    }
}

static void test_parse_refuses_the_rest(void **state)
{
    static const char *const cases[] = {
        "",
        "-",
        "0196f0c2",
        "0196f0c2-3b4a-7c1d-8e5f-0123456789a",
        "0196f0c2-3b4a-7c1d-8e5f-0123456789abc",
        "0196f0c23b4a7c1d8e5f0123456789ab",
        "0196f0c23b4a7c1d8e5f0123456789abcdef",
        "{0196f0c2-3b4a-7c1d-8e5f-0123456789ab}",
        "{196f0c2-3b4a-7c1d-8e5f-0123456789ab}",
        "urn:uuid:0196f0c2-3b4a-7c1d-8e5f-0123456789ab",
        " 0196f0c2-3b4a-7c1d-8e5f-0123456789ab",
        "0196f0c2-3b4a-7c1d-8e5f-0123456789ab\n",
        "0196f0c2-3b4a-7c1d-8e5f-0123456789 b",
        "0196f0c2-3b4a-7c1d-8e5f-0123456789ag",
        "0196f0c2_3b4a_7c1d_8e5f_0123456789ab",
        "0196f0c-23b4a-7c1d-8e5f-0123456789ab",
        "0196f0c2-3b4a7-c1d-8e5f-0123456789ab",
        "------------------------------------",
        "0196f0c2-3b4a-7c1d-8e5f-+123456789ab",
        "0x96f0c2-3b4a-7c1d-8e5f-0123456789ab",
        "0196f0c2-3b4a-7c1d-8e5f-0123456789\xc3\xa4",
        "\xef\xbc\x90"
        "96f0c-3b4a-7c1d-8e5f-0123456789ab", /* a full-width nought */
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char out[UUID_TEXT_SIZE];
        CHECK(!uuid_parse(cases[i], out), "'%s' was taken", cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_tells_its_time),
        cmocka_unit_test(test_rises_strictly),
        cmocka_unit_test(test_random_part_differs),
        cmocka_unit_test(test_forked_processes_make_different_ids),
        cmocka_unit_test(test_parse_takes_every_version_and_case),
        cmocka_unit_test(test_parse_refuses_the_rest),
    };
    return cmocka_run_group_tests_name("uuid7", tests, NULL, NULL);
}
