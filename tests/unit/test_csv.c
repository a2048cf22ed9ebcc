/* http/csv: records of RFC 4180 that no spreadsheet takes for formulas. */
#include "unit.h"

#include "base/text.h"
#include "http/csv.h"

#include <string.h>

static const char *text_field(struct arena *arena, const char *value)
{
    struct text out;
    text_init(&out, arena);
    csv_text(&out, value);
    assert_int_equal(strlen(out.bytes), out.len);
    return out.bytes;
}

static void expect_fields(struct arena *arena, const char *const (*cases)[2], size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *found = text_field(arena, cases[i][0]);
        CHECK(strcmp(found, cases[i][1]) == 0, "'%s': '%s', not '%s'", cases[i][0], found, cases[i][1]);
    }
}

static void test_plain_texts(void **state)
{
    static const char *const cases[][2] = {
        {"Masala Dosa", "Masala Dosa"},
        {" two  blanks ", " two  blanks "},
        {"Caff\xc3\xa8", "Caff\xc3\xa8"},
        {"\xf0\x9f\x8d\x9b", "\xf0\x9f\x8d\x9b"},
        {"semi;colon", "semi;colon"},
        {"it's", "it's"},
        {"'quoted'", "'quoted'"},
        {"back\\slash", "back\\slash"},
        {"tab\tinside", "tab\tinside"},
        {"0", "0"},
        {"", "\"\""},
    };
    expect_fields(*state, cases, LENGTH(cases));
}

static void test_quoting(void **state)
{
    static const char *const cases[][2] = {
        {"a,b", "\"a,b\""},   {",", "\",\""},           {"a\"b", "\"a\"\"b\""},
        {"\"", "\"\"\"\""},   {"\"\"", "\"\"\"\"\"\""}, {"\"a\"", "\"\"\"a\"\"\""},
        {"a\nb", "\"a\nb\""}, {"a\n", "\"a\n\""},       {"\n", "\"'\n\""},
        {"a\rb", "\"a\rb\""}, {"a\r\nb", "\"a\r\nb\""}, {"a,\"b\",\nc", "\"a,\"\"b\"\",\nc\""},
    };
    expect_fields(*state, cases, LENGTH(cases));
}

static void test_formulas(void **state)
{
    static const char *const cases[][2] = {
        {"=1+1", "'=1+1"},
        {"\n=1+1", "\"'\n=1+1\""},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@a", "'@a"},
        {"\ta", "'\ta"},
        {"\ra", "\"'\ra\""},
        {"=", "'="},
        {"==", "'=="},
        {"=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""},
        {"=A1,B1", "\"'=A1,B1\""},
        {"-\n", "\"'-\n\""},
        /* elsewhere than in front they are letters like others */
        {"a=1", "a=1"},
        {"a-b+c@d", "a-b+c@d"},
        {" =1", " =1"},
        {"'=1", "'=1"},
    };
    expect_fields(*state, cases, LENGTH(cases));
}

static void test_records(void **state)
{
    struct text out;
    text_init(&out, *state);
    csv_text(&out, "name");
    csv_text(&out, "net");
    csv_end(&out);
    csv_text(&out, "a,b");
    csv_number(&out, "-250");
    csv_end(&out);
    csv_text(&out, "-250");
    csv_number(&out, "9007199254740993000");
    csv_end(&out);
    assert_string_equal(out.bytes, "name,net\r\n\"a,b\",-250\r\n'-250,9007199254740993000\r\n");
    assert_int_equal(strlen(out.bytes), out.len);
}

/* What is empty still is a field, wherever it stands. */
static void test_empty_fields(void **state)
{
    struct text out;
    text_init(&out, *state);
    csv_text(&out, "");
    csv_text(&out, NULL);
    csv_number(&out, "1");
    csv_text(&out, NULL);
    csv_end(&out);
    csv_text(&out, "\n");
    csv_text(&out, "a\n");
    csv_text(&out, "b");
    csv_end(&out);
    assert_string_equal(out.bytes, "\"\",\"\",1,\"\"\r\n\"'\n\",\"a\n\",b\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_plain_texts), ARENA_TEST(test_quoting),      ARENA_TEST(test_formulas),
        ARENA_TEST(test_records),     ARENA_TEST(test_empty_fields),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
