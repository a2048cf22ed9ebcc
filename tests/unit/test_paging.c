/* api/paging: cursors as they are given out, and nothing that is only like them. */
#include "unit.h"

#include "api/paging.h"
#include "http/request.h"

#include <string.h>

static enum err number_of(struct arena *arena, const char *cursor, const char **date, const char **number)
{
    struct request r = {.arena = arena};
    struct paging paging = {.cursor = cursor};
    enum err err = paging_number(&r, &paging, date, number);
    CHECK(r.problem.n_faults == (err == ERR_VALIDATION_FAILED), "'%s': %zu faults", cursor, r.problem.n_faults);
    return err;
}

static void test_numbers(void **state)
{
    static const char *const good[][3] = {
        {"2026-11-28_1", "2026-11-28", "1"},
        {"2024-02-29_999999999", "2024-02-29", "999999999"},
        {"0001-01-01_17", "0001-01-01", "17"},
        {NULL, NULL, NULL},
    };
    const char *date, *number;
    for (size_t i = 0; i < LENGTH(good); i++) {
        assert_int_equal(number_of(*state, good[i][0], &date, &number), ERR_OK);
        if (good[i][0] == NULL) {
            assert_null(date);
            assert_null(number);
            continue;
        }
        assert_string_equal(date, good[i][1]);
        assert_string_equal(number, good[i][2]);
    }
}

static void test_what_is_no_number(void **state)
{
    static const char *const bad[] = {
        "",
        "_",
        "2026-11-28",
        "2026-11-28_",
        "2026-11-28_0",
        "2026-11-28_01",
        "2026-11-28_+1",
        "2026-11-28_-1",
        "2026-11-28_ 1",
        "2026-11-28_1 ",
        "2026-11-28_1_2",
        "2026-11-28_1000000000",
        "2026-11-28-1",
        "2026-11-31_1",
        "2025-02-29_1",
        "0000-01-01_1",
        "2026-1-2_1",
        "2026- 1-+2_1",
        " 2026-11-28_1",
        "+026-11-28_1",
        "20260-11-28_1",
        "0196f0c2-3b4a-7c1d-8e5f-0123456789ab",
    };
    const char *date, *number;
    for (size_t i = 0; i < LENGTH(bad); i++)
        CHECK(number_of(*state, bad[i], &date, &number) == ERR_VALIDATION_FAILED, "'%s' was taken", bad[i]);
}

static void test_ids(void **state)
{
    struct request r = {.arena = *state};
    struct paging paging = {.cursor = "0196F0C2-3b4a-7c1d-8e5f-0123456789ab"};
    const char *id;
    assert_int_equal(paging_id(&r, &paging, &id), ERR_OK);
    assert_string_equal(id, "0196f0c2-3b4a-7c1d-8e5f-0123456789ab");
    paging.cursor = NULL;
    assert_int_equal(paging_id(&r, &paging, &id), ERR_OK);
    assert_null(id);
    paging.cursor = "2026-11-28_1";
    assert_int_equal(paging_id(&r, &paging, &id), ERR_VALIDATION_FAILED);
    assert_int_equal(r.problem.n_faults, 1);
    assert_string_equal(r.problem.faults[0].field, "cursor");
}

static void test_limit(void **state)
{
    struct request r = {.arena = *state};
    struct paging paging = {.limit = {true, 7}};
    assert_string_equal(paging_limit(&r, &paging), "7");
    paging.limit.is_set = false;
    assert_string_equal(paging_limit(&r, &paging), "50");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_numbers),
        ARENA_TEST(test_what_is_no_number),
        ARENA_TEST(test_ids),
        ARENA_TEST(test_limit),
    };
    return cmocka_run_group_tests_name("paging", tests, NULL, NULL);
}
