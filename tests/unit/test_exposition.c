/* metrics/exposition: Prometheus' text format, byte by byte. */
#include "unit.h"

#include "base/text.h"
#include "metrics/counts.h"
#include "metrics/exposition.h"

#include <string.h>

static void test_families(void **state)
{
    struct text out;
    struct exposition e = {.out = &out};
    text_init(&out, *state);
    exposition_family(&e, "a_total", "counter", "What is counted.");
    exposition_number(&e, 0, LABELS({"route", "/api/{id}"}, {"status", "200"}));
    exposition_number(&e, UINT64_MAX, LABELS({"route", "-"}));
    exposition_family(&e, "b", "gauge", "Another.");
    exposition_number(&e, 1, NO_LABELS);
    assert_string_equal(out.bytes, "# HELP a_total What is counted.\n"
                                   "# TYPE a_total counter\n"
                                   "a_total{route=\"/api/{id}\",status=\"200\"} 0\n"
                                   "a_total{route=\"-\"} 18446744073709551615\n"
                                   "# HELP b Another.\n"
                                   "# TYPE b gauge\n"
                                   "b 1\n");
    assert_int_equal(strlen(out.bytes), out.len);
}

static void test_values_are_escaped(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"plain {}=,#'", "plain {}=,#'"},
        {"a\"b", "a\\\"b"},
        {"a\\b", "a\\\\b"},
        {"a\nb", "a\\nb"},
        {"\\n", "\\\\n"},
        {"\"} 1\nforged 1", "\\\"} 1\\nforged 1"},
        {"caff\xc3\xa8", "caff\xc3\xa8"},
        {"\t%s%n", "\t%s%n"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct text out;
        struct exposition e = {.out = &out, .family = "a"};
        text_init(&out, *state);
        exposition_number(&e, 1, LABELS({"x", cases[i][0]}));
        const char *wanted = arena_printf(*state, "a{x=\"%s\"} 1\n", cases[i][1]);
        CHECK(strcmp(out.bytes, wanted) == 0, "'%s', not '%s'", out.bytes, wanted);
    }
}

static void test_seconds(void **state)
{
    static const struct {
        uint64_t us;
        const char *seconds;
    } cases[] = {
        {0, "0"},
        {1, "0.000001"},
        {10, "0.00001"},
        {1000, "0.001"},
        {250000, "0.25"},
        {999999, "0.999999"},
        {1000000, "1"},
        {10000000, "10"},
        {100500000, "100.5"},
        {1795692600123456, "1795692600.123456"},
        {UINT64_MAX, "18446744073709.551615"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct text out;
        struct exposition e = {.out = &out, .family = "a"};
        text_init(&out, *state);
        exposition_seconds(&e, cases[i].us, NO_LABELS);
        const char *wanted = arena_printf(*state, "a %s\n", cases[i].seconds);
        CHECK(strcmp(out.bytes, wanted) == 0, "'%s', not '%s'", out.bytes, wanted);
    }
}

/* Buckets are cumulative, and the last is the count. */
static void test_histograms(void **state)
{
    struct histogram histogram = {.buckets = {1, 0, 2, 0, 0, 0, 0, 0, 0, 4, 8}, .sum_us = 70250000};
    struct text out;
    struct exposition e = {.out = &out};
    text_init(&out, *state);
    exposition_family(&e, "a_seconds", "histogram", "How long.");
    exposition_histogram(&e, &histogram, LABELS({"pool", "login"}));
    assert_string_equal(out.bytes, "# HELP a_seconds How long.\n"
                                   "# TYPE a_seconds histogram\n"
                                   "a_seconds_bucket{pool=\"login\",le=\"0.001\"} 1\n"
                                   "a_seconds_bucket{pool=\"login\",le=\"0.0025\"} 1\n"
                                   "a_seconds_bucket{pool=\"login\",le=\"0.005\"} 3\n"
                                   "a_seconds_bucket{pool=\"login\",le=\"0.01\"} 3\n"
                                   "a_seconds_bucket{pool=\"login\",le=\"0.025\"} 3\n"
                                   "a_seconds_bucket{pool=\"login\",le=\"0.05\"} 3\n"
                                   "a_seconds_bucket{pool=\"login\",le=\"0.1\"} 3\n"
                                   "a_seconds_bucket{pool=\"login\",le=\"0.25\"} 3\n"
                                   "a_seconds_bucket{pool=\"login\",le=\"1\"} 3\n"
                                   "a_seconds_bucket{pool=\"login\",le=\"5\"} 7\n"
                                   "a_seconds_bucket{pool=\"login\",le=\"+Inf\"} 15\n"
                                   "a_seconds_count{pool=\"login\"} 15\n"
                                   "a_seconds_sum{pool=\"login\"} 70.25\n");
    assert_int_equal(histogram_count(&histogram), 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_families),
        ARENA_TEST(test_values_are_escaped),
        ARENA_TEST(test_seconds),
        ARENA_TEST(test_histograms),
    };
    return cmocka_run_group_tests_name("exposition", tests, NULL, NULL);
}
