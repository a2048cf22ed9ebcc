/* http/fields: JSON objects and query strings read by a table of fields; every
 * fault noted at its place, all of them at once. */
#include "unit.h"

#include "base/json_strict.h"
#include "http/fields.h"
#include "http/request.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

struct input {
    const char *text, *needed, *raw, *uuid, *choice, *time, *date;
    struct optional_int number, discount;
    struct optional_bool flag;
    struct json_object *array, *object;
};

static const char *const choices[] = {"dine_in", "takeaway", NULL};

static const struct field fields[] = {
    {AT(input, text), .type = FIELD_TEXT, .max = 5},
    {AT(input, needed), .type = FIELD_TEXT, .min = 2, .max = 5},
    {AT(input, raw), .type = FIELD_RAW, .min = 1, .max = 5},
    {AT(input, uuid), .type = FIELD_UUID},
    {AT(input, choice), .type = FIELD_CHOICE, .choices = choices},
    {AT(input, time), .type = FIELD_TIME},
    {AT(input, date), .type = FIELD_DATE},
    {AT(input, number), .type = FIELD_INT, .min = -5, .max = 99},
    {AT(input, flag), .type = FIELD_BOOL},
    {AT(input, array), .type = FIELD_ARRAY, .min = 1, .max = 3},
    {AT(input, object), .type = FIELD_OBJECT},
    {AT(input, discount), .type = FIELD_INT, .min = 0, .max = 1000, .roles = ROLES_CASHIERS},
    {.name = "total", .type = FIELD_NEVER},
};

static int request_setup(void **state)
{
    struct request *r = calloc(1, sizeof *r);
    if (r == NULL)
        return -1;
    r->arena = arena_create();
    r->query = "";
    r->who.role = ROLE_WAITER;
    *state = r;
    return 0;
}

static int request_teardown(void **state)
{
    struct request *r = *state;
    arena_destroy(&r->arena);
    free(r);
    return 0;
}

static struct json_object *json_of(struct request *r, const char *text)
{
    struct json_object *object;
    struct json_fault fault;
    CHECK(json_strict_parse(r->arena, text, strlen(text), &object, &fault), "%s: %s", text, fault.what);
    return object;
}

/* Reads an object as a request of its own. */
static bool read_anew(struct request *r, const char *json, struct input *in)
{
    memset(in, 0, sizeof *in);
    r->problem = (struct problem){0};
    return fields_read(r, json_of(r, json), "", FIELDS(fields), in);
}

/* The faults as "field code; field code". */
static const char *faults_of(struct request *r)
{
    const char *all = "";
    for (size_t i = 0; i < r->problem.n_faults; i++)
        all = arena_printf(r->arena, "%s%s%s %s", all, i > 0 ? "; " : "", r->problem.faults[i].field,
                           r->problem.faults[i].code);
    return all;
}

static void expect_faults(struct request *r, const char *json, const char *faults)
{
    struct input in;
    bool good = read_anew(r, json, &in);
    const char *found = faults_of(r);
    CHECK(strcmp(found, faults) == 0, "%s: '%s', not '%s'", json, found, faults);
    CHECK(good == (faults[0] == '\0'), "%s: %d", json, good);
}

static void test_every_type(void **state)
{
    struct request *r = *state;
    struct input in;
    r->who.role = ROLE_CASHIER;
    assert_true(read_anew(
        r,
        "{\"text\":\"naan\",\"needed\":\"dal\",\"raw\":\" p w \","
        "\"uuid\":\"0196F0C2-3b4a-7c1d-8e5f-0123456789AB\",\"choice\":\"takeaway\","
        "\"time\":\"2026-01-31T18:30:00Z\",\"date\":\"2024-02-29\",\"number\":-5,\"flag\":false,\"array\":[1,2],"
        "\"object\":{\"a\":1},\"discount\":0}",
        &in));
    assert_string_equal(in.text, "naan");
    assert_string_equal(in.needed, "dal");
    assert_string_equal(in.raw, " p w ");
    assert_string_equal(in.uuid, "0196f0c2-3b4a-7c1d-8e5f-0123456789ab");
    assert_string_equal(in.choice, "takeaway");
    assert_string_equal(in.time, "2026-01-31T18:30:00Z");
    assert_string_equal(in.date, "2024-02-29");
    assert_true(in.number.is_set && in.number.value == -5);
    assert_true(in.flag.is_set && !in.flag.value);
    assert_int_equal(json_object_array_length(in.array), 2);
    assert_int_equal(json_object_object_length(in.object), 1);
    assert_true(in.discount.is_set && in.discount.value == 0);
    assert_int_equal(problem_verdict(r), ERR_OK);
}

static void test_absent_and_null_are_the_same(void **state)
{
    struct input in, nothing;
    assert_true(read_anew(*state, "{}", &nothing));
    assert_true(read_anew(
        *state,
        "{\"text\":null,\"needed\":null,\"raw\":null,\"uuid\":null,\"choice\":null,\"time\":null,\"date\":null,"
        "\"number\":null,\"flag\":null,\"array\":null,\"object\":null,\"discount\":null,\"total\":null}",
        &in));
    assert_memory_equal(&in, &nothing, sizeof in);
    assert_null(in.text);
    assert_false(in.number.is_set);
    assert_false(in.flag.is_set);
}

static void test_wrong_types(void **state)
{
    static const char *const names[] = {"text", "raw",    "uuid", "choice", "time",
                                        "date", "number", "flag", "array",  "object"};
    static const struct {
        const char *json;
        const char *fits; /* the first letters of the fields that take it */
    } values[] = {
        {"1", "n"},      {"1.0", ""},  {"1e1", ""}, {"true", "f"},
        {"\"a\"", "tr"}, {"[1]", "a"}, {"{}", "o"}, {"\"1\"", "tr"},
    };
    struct request *r = *state;
    for (size_t i = 0; i < LENGTH(names); i++) {
        for (size_t k = 0; k < LENGTH(values); k++) {
            struct input in;
            const char *json = arena_printf(r->arena, "{\"%s\":%s}", names[i], values[k].json);
            bool string = values[k].json[0] == '"',
                 wants_string = strstr("text raw uuid choice time date", names[i]) != NULL;
            if (string && wants_string)
                continue; /* of the right type, if not of the right form */
            bool fits = strchr(values[k].fits, names[i][0]) != NULL && strcmp(names[i], "time") != 0;
            CHECK(read_anew(r, json, &in) == fits, "%s", json);
            if (!fits)
                CHECK(strcmp(r->problem.faults[0].code, "wrong_type") == 0, "%s: %s", json, r->problem.faults[0].code);
        }
    }
}

static void test_body_must_be_an_object(void **state)
{
    static const char *const bodies[] = {"[]", "1", "\"a\"", "null", "true", "[{}]"};
    struct request *r = *state;
    for (size_t i = 0; i < LENGTH(bodies); i++) {
        expect_faults(r, bodies[i], " wrong_type");
        assert_string_equal(r->problem.faults[0].field, "");
    }
}

static void test_texts(void **state)
{
    static const struct {
        const char *json, *value, *faults;
    } cases[] = {
        {"{\"text\":\"\"}", NULL, ""},
        {"{\"text\":\"  \\t\\r\\n \"}", NULL, ""},
        {"{\"text\":\"  a  \"}", "a", ""},
        {"{\"text\":\"\\n\\ta b\\u000b\\f\"}", "a b", ""},
        {"{\"text\":\"abcde\"}", "abcde", ""},
        {"{\"text\":\"       abcde       \"}", "abcde", ""},
        {"{\"text\":\"abcdef\"}", NULL, "/text too_long"},
        {"{\"text\":\"a    b\"}", NULL, "/text too_long"},
        /* characters, not bytes */
        {"{\"text\":\"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\"}", "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", ""},
        {"{\"text\":\"\\ud83c\\udf5b\\ud83c\\udf5b\\ud83c\\udf5b\\ud83c\\udf5b\\ud83c\\udf5b\"}",
         "\xf0\x9f\x8d\x9b\xf0\x9f\x8d\x9b\xf0\x9f\x8d\x9b\xf0\x9f\x8d\x9b\xf0\x9f\x8d\x9b", ""},
        {"{\"text\":\"\xe2\x82\xb9\xe2\x82\xb9\xe2\x82\xb9\xe2\x82\xb9\xe2\x82\xb9\xe2\x82\xb9\"}", NULL,
         "/text too_long"},
        /* control characters, but for those of a text of several lines */
        {"{\"text\":\"a\\nb\\tc\"}", "a\nb\tc", ""},
        {"{\"text\":\"a\\u0001b\"}", NULL, "/text invalid_format"},
        {"{\"text\":\"a\\u001bb\"}", NULL, "/text invalid_format"},
        {"{\"text\":\"a\\u007fb\"}", NULL, "/text invalid_format"},
        {"{\"text\":\"a\\bb\"}", NULL, "/text invalid_format"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct input in;
        expect_faults(*state, cases[i].json, cases[i].faults);
        read_anew(*state, cases[i].json, &in);
        CHECK(cases[i].value == NULL ? in.text == NULL : in.text != NULL && strcmp(in.text, cases[i].value) == 0,
              "%s: '%s'", cases[i].json, in.text != NULL ? in.text : "none");
    }
}

static void test_texts_of_a_least_length(void **state)
{
    expect_faults(*state, "{\"needed\":\"\"}", "/needed too_short");
    expect_faults(*state, "{\"needed\":\"   \"}", "/needed too_short");
    expect_faults(*state, "{\"needed\":\" a \"}", "/needed too_short");
    expect_faults(*state, "{\"needed\":\"\xc3\xa4\"}", "/needed too_short"); /* two bytes, one character */
    expect_faults(*state, "{\"needed\":\"ab\"}", "");
    expect_faults(*state, "{\"needed\":\"abcdef\"}", "/needed too_long");
}

static void test_raw_texts_stay_as_they_are(void **state)
{
    struct input in;
    assert_true(read_anew(*state, "{\"raw\":\" \\u0001\\n \"}", &in));
    assert_string_equal(in.raw, " \x01\n ");
    assert_true(read_anew(*state, "{\"raw\":\"     \"}", &in));
    assert_string_equal(in.raw, "     ");
    expect_faults(*state, "{\"raw\":\"\"}", "/raw too_short");
    expect_faults(*state, "{\"raw\":\"      \"}", "/raw too_long");
}

static void test_uuids_and_choices(void **state)
{
    expect_faults(*state, "{\"uuid\":\"\"}", "/uuid invalid_format");
    expect_faults(*state, "{\"uuid\":\"0196f0c2\"}", "/uuid invalid_format");
    expect_faults(*state, "{\"uuid\":\" 0196f0c2-3b4a-7c1d-8e5f-0123456789ab\"}", "/uuid invalid_format");
    expect_faults(*state, "{\"choice\":\"\"}", "/choice invalid_choice");
    expect_faults(*state, "{\"choice\":\"Dine_in\"}", "/choice invalid_choice");
    expect_faults(*state, "{\"choice\":\"dine_in \"}", "/choice invalid_choice");
    expect_faults(*state, "{\"choice\":\"dine\"}", "/choice invalid_choice");
    struct request *r = *state;
    assert_string_equal(r->problem.faults[0].detail, "must be one of: dine_in, takeaway");
}

static void test_many_choices_do_not_overflow(void **state)
{
    const char *many[101] = {NULL};
    struct request *r = *state;
    struct input in = {0};
    for (int i = 0; i < 100; i++)
        many[i] = arena_printf(r->arena, "choice-number-%d", i);
    const struct field field = {AT(input, choice), .type = FIELD_CHOICE, .choices = many};
    assert_false(fields_read(r, json_of(r, "{\"choice\":\"x\"}"), "", &field, 1, &in));
    assert_true(strlen(r->problem.faults[0].detail) < 300);
    assert_true(fields_read(r, json_of(r, "{\"choice\":\"choice-number-99\"}"), "", &field, 1, &in));
    assert_string_equal(in.choice, "choice-number-99");
}

static void test_times(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"2026-01-31T18:30:00Z", true},
        {"2026-01-31t18:30:00z", true},
        {"2026-01-31T18:30:00.1Z", true},
        {"2026-01-31T18:30:00.123456789Z", true},
        {"2026-01-31T18:30:00+05:30", true},
        {"2026-01-31T18:30:00-00:00", true},
        {"2026-01-31T18:30:00.120+14:00", true},
        {"2026-01-31T18:30:00-12:59", true},
        {"0001-01-01T00:00:00Z", true},
        {"9999-12-31T23:59:59.999Z", true},
        {"2024-02-29T00:00:00Z", true},
        {"2000-02-29T00:00:00Z", true},
        {"2400-02-29T00:00:00Z", true},
        {"2025-02-29T00:00:00Z", false},
        {"2026-02-29T00:00:00Z", false},
        {"2100-02-29T00:00:00Z", false},
        {"1900-02-29T00:00:00Z", false},
        {"2024-02-30T00:00:00Z", false},
        {"2026-04-31T00:00:00Z", false},
        {"2026-06-31T00:00:00Z", false},
        {"2026-09-31T00:00:00Z", false},
        {"2026-11-31T00:00:00Z", false},
        {"2026-12-31T00:00:00Z", true},
        {"2026-12-32T00:00:00Z", false},
        {"2026-00-10T00:00:00Z", false},
        {"2026-13-10T00:00:00Z", false},
        {"2026-01-00T00:00:00Z", false},
        {"0000-01-01T00:00:00Z", false},
        {"2026-01-31T24:00:00Z", false},
        {"2026-01-31T23:60:00Z", false},
        {"2026-01-31T23:59:61Z", false},
        {"2026-01-31T18:30:00", false},
        {"2026-01-31T18:30Z", false},
        {"2026-01-31", false},
        {"2026-01-31 18:30:00Z", false},
        {"2026-01-31T18:30:00 Z", false},
        {"2026-01-31T18:30:00Z ", false},
        {" 2026-01-31T18:30:00Z", false},
        {"2026-01-31T18:30:00ZZ", false},
        {"2026-01-31T18:30:00.Z", false},
        {"2026-01-31T18:30:00,5Z", false},
        {"2026-01-31T18:30:00.1234567890Z", false},
        {"2026-01-31T18:30:00.12", false},
        {"2026-01-31T18:30:00+0530", false},
        {"2026-01-31T18:30:00+05", false},
        {"2026-01-31T18:30:00+5:30", false},
        {"2026-01-31T18:30:00+15:00", false},
        {"2026-01-31T18:30:00+05:60", false},
        {"2026-01-31T18:30:00+05:30Z", false},
        {"2026-01-31T18:30:00+05-30", false},
        {"2026-01-31T18:30:00Europe/Rome", false},
        {"26-01-31T18:30:00Z", false},
        {"2026-1-31T18:30:00Z", false},
        {"+2026-01-31T18:30:00Z", false},
        {"-026-01-31T18:30:00Z", false},
        {"2026-01-31T-1:30:00Z", false},
        {"2026-01-31T18:30:0xZ", false},
        {"2026/01/31T18:30:00Z", false},
        {"20260131T183000Z", false},
        {"1769884200", false},
        {"now", false},
        {"infinity", false},
        {"", false},
    };
    struct request *r = *state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        expect_faults(r, arena_printf(r->arena, "{\"time\":\"%s\"}", cases[i].text),
                      cases[i].good ? "" : "/time invalid_format");
}

static void test_dates(void **state)
{
    static const char *const good[] = {"2026-01-31", "2024-02-29", "0001-01-01", "9999-12-31", "2000-02-29"};
    static const char *const bad[] = {"",           "2026-02-29",  "2026-04-31",  "1900-02-29", "0000-01-01",
                                      "2026-1-31",  "2026-01-31Z", " 2026-01-31", "2026/01/31", "20260131",
                                      "2026-13-01", "2026-01-32",  "26-01-31",    "today",      "2026-01-31T00:00:00Z"};
    struct request *r = *state;
    for (size_t i = 0; i < LENGTH(good); i++)
        expect_faults(r, arena_printf(r->arena, "{\"date\":\"%s\"}", good[i]), "");
    for (size_t i = 0; i < LENGTH(bad); i++)
        expect_faults(r, arena_printf(r->arena, "{\"date\":\"%s\"}", bad[i]), "/date invalid_format");
}

static void test_integers(void **state)
{
    expect_faults(*state, "{\"number\":-5}", "");
    expect_faults(*state, "{\"number\":99}", "");
    expect_faults(*state, "{\"number\":-6}", "/number out_of_range");
    expect_faults(*state, "{\"number\":100}", "/number out_of_range");
    expect_faults(*state, "{\"number\":9223372036854775807}", "/number out_of_range");
    expect_faults(*state, "{\"number\":-9223372036854775808}", "/number out_of_range");
    expect_faults(*state, "{\"number\":4294967297}", "/number out_of_range"); /* 1 in 32 bits */
    expect_faults(*state, "{\"number\":2.5}", "/number wrong_type");
}

static void test_widest_range(void **state)
{
    static const struct field widest = {AT(input, number), .type = FIELD_INT, .min = INT64_MIN, .max = INT64_MAX};
    struct request *r = *state;
    struct input in = {0};
    assert_true(fields_read(r, json_of(r, "{\"number\":-9223372036854775808}"), "", &widest, 1, &in));
    assert_true(in.number.value == INT64_MIN);
    assert_true(fields_read(r, json_of(r, "{\"number\":9223372036854775807}"), "", &widest, 1, &in));
    assert_true(in.number.value == INT64_MAX);
}

static void test_arrays(void **state)
{
    expect_faults(*state, "{\"array\":[]}", "/array too_short");
    expect_faults(*state, "{\"array\":[1]}", "");
    expect_faults(*state, "{\"array\":[1,null,{}]}", "");
    expect_faults(*state, "{\"array\":[1,2,3,4]}", "/array too_long");
}

static void test_unknown_fields(void **state)
{
    expect_faults(*state, "{\"txet\":\"a\"}", "/txet unknown_field");
    expect_faults(*state, "{\"Text\":\"a\"}", "/Text unknown_field");
    expect_faults(*state, "{\"\":1}", "/ unknown_field");
    expect_faults(*state, "{\"unknown\":null}", "/unknown unknown_field"); /* a typo, also without a value */
    expect_faults(*state, "{\"text\":\"a\",\"x\":1,\"y\":2}", "/x unknown_field; /y unknown_field");
}

static void test_pointers_are_escaped(void **state)
{
    expect_faults(*state, "{\"a/b\":1}", "/a~1b unknown_field");
    expect_faults(*state, "{\"a~b\":1}", "/a~0b unknown_field");
    expect_faults(*state, "{\"~1\":1}", "/~01 unknown_field");
    expect_faults(*state, "{\"/~/\":1}", "/~1~0~1 unknown_field");
    expect_faults(*state, "{\"~~~~////\":1}", "/~0~0~0~0~1~1~1~1 unknown_field");
    expect_faults(*state, "{\"\xc3\xa4 \\\"\":1}", "/\xc3\xa4 \" unknown_field");
}

static void test_pointers_of_parts(void **state)
{
    struct request *r = *state;
    struct input in = {0};
    assert_false(fields_read(r, json_of(r, "{\"number\":1000,\"x\":1}"), "/items/7", FIELDS(fields), &in));
    assert_string_equal(faults_of(r), "/items/7/number out_of_range; /items/7/x unknown_field");
    assert_false(fields_read(r, json_of(r, "[]"), "/items/8", FIELDS(fields), &in));
    assert_string_equal(r->problem.faults[2].field, "/items/8");
    /* what came before does not count against the next part */
    assert_true(fields_read(r, json_of(r, "{\"number\":1}"), "/items/9", FIELDS(fields), &in));
    assert_int_equal(problem_verdict(r), ERR_VALIDATION_FAILED);
}

static const struct field required[] = {
    {AT(input, text), .type = FIELD_TEXT, .max = 5, .required = true},
    {AT(input, number), .type = FIELD_INT, .max = 5, .required = true},
    {AT(input, array), .type = FIELD_ARRAY, .max = 5, .required = true},
    {AT(input, flag), .type = FIELD_BOOL},
};

static void test_required(void **state)
{
    static const char *const cases[][2] = {
        {"{\"text\":\"a\",\"number\":0,\"array\":[]}", ""},
        {"{}", "/text required; /number required; /array required"},
        {"{\"flag\":true}", "/text required; /number required; /array required"},
        {"{\"text\":null,\"number\":null,\"array\":[]}", "/text required; /number required"},
        {"{\"text\":7,\"array\":{}}", "/text wrong_type; /array wrong_type; /number required"}, /* not twice */
    };
    struct request *r = *state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct input in = {0};
        r->problem = (struct problem){0};
        fields_read(r, json_of(r, cases[i][0]), "", FIELDS(required), &in);
        assert_string_equal(faults_of(r), cases[i][1]);
    }
}

static void test_all_faults_at_once(void **state)
{
    struct request *r = *state;
    expect_faults(r,
                  "{\"text\":\"abcdef\",\"needed\":1,\"raw\":\"\",\"uuid\":\"x\",\"choice\":\"x\",\"time\":\"x\","
                  "\"number\":100,\"flag\":\"true\",\"array\":[],\"object\":[],\"discount\":1,\"total\":1,\"x\":1}",
                  "/text too_long; /needed wrong_type; /raw too_short; /uuid invalid_format; /choice invalid_choice; "
                  "/time invalid_format; /number out_of_range; /flag wrong_type; /array too_short; /object wrong_type; "
                  "/discount forbidden_field; /total unknown_field; /x unknown_field");
    assert_int_equal(problem_verdict(r), ERR_FORBIDDEN_FIELD);
}

static void test_roles(void **state)
{
    static const struct {
        enum role role;
        bool may;
    } cases[] = {
        {ROLE_NOBODY, false}, {ROLE_DINER, false},  {ROLE_KITCHEN, false}, {ROLE_WAITER, false},
        {ROLE_CASHIER, true}, {ROLE_MANAGER, true}, {ROLE_OWNER, true},
    };
    struct request *r = *state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct input in;
        r->who.role = cases[i].role;
        expect_faults(r, "{\"discount\":5,\"number\":1}", cases[i].may ? "" : "/discount forbidden_field");
        assert_int_equal(problem_verdict(r), cases[i].may ? ERR_OK : ERR_FORBIDDEN_FIELD);
        read_anew(r, "{\"discount\":5,\"number\":1}", &in);
        assert_int_equal(in.discount.is_set, cases[i].may);
        assert_true(in.number.is_set);
        assert_true(read_anew(r, "{\"discount\":null}", &in)); /* not set, so not forbidden */
    }
}

/* What a role may not set is not even looked at. */
static void test_forbidden_values_are_not_judged(void **state)
{
    struct request *r = *state;
    r->who.role = ROLE_DINER;
    expect_faults(r, "{\"discount\":\"a lot\"}", "/discount forbidden_field");
}

static void test_fields_that_nobody_sets(void **state)
{
    struct request *r = *state;
    r->who.role = ROLE_DINER;
    expect_faults(r, "{\"total\":1}", "/total forbidden_field");
    assert_int_equal(problem_verdict(r), ERR_FORBIDDEN_FIELD);
    for (int role = ROLE_KITCHEN; role <= ROLE_OWNER; role <<= 1) {
        r->who.role = (enum role)role;
        expect_faults(r, "{\"total\":1}", "/total unknown_field");
        assert_int_equal(problem_verdict(r), ERR_VALIDATION_FAILED);
    }
}

/* A table without fields takes an empty object only. */
static void test_no_fields(void **state)
{
    struct request *r = *state;
    assert_true(fields_read(r, json_of(r, "{}"), "", NULL, 0, NULL));
    assert_false(fields_read(r, json_of(r, "{\"a\":1}"), "", NULL, 0, NULL));
    assert_string_equal(faults_of(r), "/a unknown_field");
}

static void test_more_faults_than_are_told(void **state)
{
    struct request *r = *state;
    const char *json = "{\"x0\":1";
    for (int i = 1; i < 250; i++)
        json = arena_printf(r->arena, "%s,\"x%d\":1", json, i);
    struct input in;
    assert_false(read_anew(r, arena_printf(r->arena, "%s}", json), &in));
    assert_int_equal(r->problem.n_faults, 250);
    assert_int_equal(problem_verdict(r), ERR_VALIDATION_FAILED);
}

/* "False if this object has some", also where the list of faults
 * is full already: a caller would go on with a required field that is NULL. */
static void test_faults_beyond_the_list_count(void **state)
{
    struct request *r = *state;
    struct input in = {0};
    for (int i = 0; i < PROBLEM_FAULTS_MAX; i++)
        problem_fault(r, "/x", "required", "must be given");
    assert_false(fields_read(r, json_of(r, "{}"), "", FIELDS(required), &in));
}

/* --- query strings ------------------------------------------------------- */

struct query_input {
    const char *some, *q, *status, *from, *id;
    struct optional_int limit, secret;
    struct optional_bool all;
};

static const char *const statuses[] = {"pending", "ready", NULL};

#define QUERY(member) .name = #member, .offset = offsetof(struct query_input, member)

static const struct field query_fields[] = {
    {QUERY(q), .type = FIELD_TEXT, .max = 10},
    {QUERY(some), .type = FIELD_CHOICES, .choices = statuses},
    {QUERY(status), .type = FIELD_CHOICE, .choices = statuses},
    {QUERY(from), .type = FIELD_TIME},
    {QUERY(id), .type = FIELD_UUID},
    {QUERY(limit), .type = FIELD_INT, .min = 1, .max = 200},
    {QUERY(all), .type = FIELD_BOOL},
    {QUERY(secret), .type = FIELD_INT, .max = 9, .roles = ROLES_MANAGERS},
};

static enum err read_query(struct request *r, const char *query, struct query_input *in)
{
    *in = (struct query_input){0};
    r->problem = (struct problem){0};
    r->query = query;
    return fields_read_query(r, FIELDS(query_fields), in);
}

static void test_query(void **state)
{
    struct query_input in;
    assert_int_equal(read_query(*state,
                                "q=paneer&status=ready&from=2026-01-31T18:30:00%2B05:30&limit=50&all=true"
                                "&id=0196F0C2-3B4A-7C1D-8E5F-0123456789AB",
                                &in),
                     ERR_OK);
    assert_string_equal(in.q, "paneer");
    assert_string_equal(in.status, "ready");
    assert_string_equal(in.from, "2026-01-31T18:30:00+05:30");
    assert_string_equal(in.id, "0196f0c2-3b4a-7c1d-8e5f-0123456789ab");
    assert_true(in.limit.is_set && in.limit.value == 50);
    assert_true(in.all.is_set && in.all.value);
}

/* Some of the choices become an array's text in SQL. */
static void test_some_choices(void **state)
{
    static const char *const good[][2] = {
        {"some=ready", "{ready}"}, {"some=ready,pending", "{ready,pending}"}, {"some=ready%2Cready", "{ready,ready}"}};
    static const char *const bad[] = {
        "some=",        "some=,",       "some=ready,",        "some=,ready",   "some=ready,,pending",
        "some=read",    "some=readyx",  "some={ready}",       "some=ready, x", "some=ready;pending",
        "some=ready,{", "some=ready,x", "some=ready ,pending"};
    struct query_input in;
    for (size_t i = 0; i < LENGTH(good); i++) {
        assert_int_equal(read_query(*state, good[i][0], &in), ERR_OK);
        assert_string_equal(in.some, good[i][1]);
    }
    for (size_t i = 0; i < LENGTH(bad); i++)
        CHECK(read_query(*state, bad[i], &in) == ERR_VALIDATION_FAILED, "'%s' was taken", bad[i]);
}

static void test_empty_query(void **state)
{
    struct query_input in;
    assert_int_equal(read_query(*state, "", &in), ERR_OK);
    assert_false(in.limit.is_set);
    assert_null(in.q);
}

static void test_query_decoding(void **state)
{
    static const char *const cases[][2] = {
        {"q=a+b", "a b"},         {"q=a%20b", "a b"},
        {"q=a%2Bb", "a+b"},       {"q=a%26b%3Dc", "a&b=c"},
        {"q=a=b=c", "a=b=c"},     {"%71=a", "a"},
        {"q=%c3%A4", "\xc3\xa4"}, {"q=%E2%82%B9", "\xe2\x82\xb9"},
        {"q=+a+", "a"},           {"q=a&", "a"},
        {"q=%25", "%"},           {"q=%2525", "%25"},
        {"q=a?b/c", "a?b/c"},     {"q=\xc3\xa4", "\xc3\xa4"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct query_input in;
        CHECK(read_query(*state, cases[i][0], &in) == ERR_OK, "%s", cases[i][0]);
        CHECK(in.q != NULL && strcmp(in.q, cases[i][1]) == 0, "%s: '%s'", cases[i][0], in.q != NULL ? in.q : "none");
    }
}

static void test_malformed_queries(void **state)
{
    static const char *const cases[] = {
        "q=%",         "q=%4",    "q=%zz", "q=%4z", "q=%%41", "%=1",      "q=a%",        "q=%u0041",
        "q=%00",       "q=a%00b", "q=%0a", "q=%7f", "q=%ff",  "q=%c0%af", "q=%ed%a0%80", "q=%c3",
        "limit=5&q=%", "q=\xff",  "%00=1", "q=%+1", "q=%-1",  "q=% 41",
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct query_input in;
        enum err err = read_query(*state, cases[i], &in);
        CHECK(err == ERR_INVALID_QUERY, "%s: %s", cases[i], err_code(err));
    }
}

static void test_query_faults(void **state)
{
    static const char *const cases[][2] = {
        {"limit=5&limit=5", "limit repeated"},
        {"limit=5&limit=6&limit=7", "limit repeated; limit repeated"},
        {"limit=x&limit=5", "limit wrong_type; limit repeated"},
        {"limit=5&%6cimit=6", "limit repeated"},
        {"limits=5", "limits unknown_parameter"},
        {"Limit=5", "Limit unknown_parameter"},
        {"=5", " unknown_parameter"},
        {"a/b~=5", "a/b~ unknown_parameter"}, /* a name, no pointer */
        {"x", "x unknown_parameter"},
        {"x&x", "x unknown_parameter; x unknown_parameter"},
        {"limit", "limit wrong_type"},
        {"limit=", "limit wrong_type"},
        {"limit=abc", "limit wrong_type"},
        {"limit=5a", "limit wrong_type"},
        {"limit=5.0", "limit wrong_type"},
        {"limit=0x10", "limit wrong_type"},
        {"limit=1e1", "limit wrong_type"},
        {"limit=+5", "limit wrong_type"},
        {"limit=%2B5", "limit wrong_type"},
        {"limit=%205", "limit wrong_type"},
        {"limit=5%20", "limit wrong_type"},
        {"limit=-", "limit wrong_type"},
        {"limit=--5", "limit wrong_type"},
        {"limit=99999999999999999999", "limit wrong_type"},
        {"limit=0", "limit out_of_range"},
        {"limit=-5", "limit out_of_range"},
        {"limit=201", "limit out_of_range"},
        {"limit=4294967301", "limit out_of_range"},
        {"all=1", "all wrong_type"},
        {"all=True", "all wrong_type"},
        {"all=", "all wrong_type"},
        {"all=truee", "all wrong_type"},
        {"status=done", "status invalid_choice"},
        {"status=ready%20", "status invalid_choice"},
        {"from=yesterday", "from invalid_format"},
        {"from=2026-01-31T18:30:00+05:30", "from invalid_format"}, /* the plus is a space */
        {"id=7", "id invalid_format"},
        {"q=01234567890", "q too_long"},
        {"limit=x&status=y&z=1", "limit wrong_type; status invalid_choice; z unknown_parameter"},
    };
    struct request *r = *state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct query_input in;
        enum err err = read_query(r, cases[i][0], &in);
        const char *found = faults_of(r);
        CHECK(strcmp(found, cases[i][1]) == 0, "%s: '%s'", cases[i][0], found);
        assert_int_equal(err, ERR_VALIDATION_FAILED);
    }
}

static void test_query_roles(void **state)
{
    struct request *r = *state;
    struct query_input in;
    assert_int_equal(read_query(r, "secret=1", &in), ERR_FORBIDDEN_FIELD);
    assert_false(in.secret.is_set);
    r->who.role = ROLE_MANAGER;
    assert_int_equal(read_query(r, "secret=1", &in), ERR_OK);
    assert_true(in.secret.is_set);
}

static void test_query_numbers(void **state)
{
    struct query_input in;
    assert_int_equal(read_query(*state, "limit=1", &in), ERR_OK);
    assert_int_equal(read_query(*state, "limit=200", &in), ERR_OK);
    assert_int_equal(in.limit.value, 200);
    assert_int_equal(read_query(*state, "all=false", &in), ERR_OK);
    assert_true(in.all.is_set && !in.all.value);
}

static const struct field needed_fields[] = {
    {QUERY(q), .type = FIELD_TEXT, .max = 10, .required = true},
    {QUERY(from), .type = FIELD_DATE, .required = true},
    {QUERY(limit), .type = FIELD_INT, .min = 1, .max = 200},
};

static void test_query_required(void **state)
{
    static const char *const cases[][2] = {
        {"q=a&from=2026-01-31", ""},
        {"", "q required; from required"},
        {"limit=5", "q required; from required"},
        {"from=2026-01-31", "q required"},
        {"q=a&from=", "from invalid_format"}, /* not twice */
        {"from=2026-02-30", "from invalid_format; q required"},
        {"q=a&FROM=2026-01-31", "FROM unknown_parameter; from required"},
    };
    struct request *r = *state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct query_input in = {0};
        r->problem = (struct problem){0};
        r->query = cases[i][0];
        enum err err = fields_read_query(r, FIELDS(needed_fields), &in);
        const char *found = faults_of(r);
        CHECK(strcmp(found, cases[i][1]) == 0, "%s: '%s'", cases[i][0], found);
        assert_int_equal(err, cases[i][1][0] == '\0' ? ERR_OK : ERR_VALIDATION_FAILED);
    }
}

#define REQUEST_TEST(function) cmocka_unit_test_setup_teardown(function, request_setup, request_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REQUEST_TEST(test_every_type),
        REQUEST_TEST(test_absent_and_null_are_the_same),
        REQUEST_TEST(test_wrong_types),
        REQUEST_TEST(test_body_must_be_an_object),
        REQUEST_TEST(test_texts),
        REQUEST_TEST(test_texts_of_a_least_length),
        REQUEST_TEST(test_raw_texts_stay_as_they_are),
        REQUEST_TEST(test_uuids_and_choices),
        REQUEST_TEST(test_many_choices_do_not_overflow),
        REQUEST_TEST(test_times),
        REQUEST_TEST(test_dates),
        REQUEST_TEST(test_integers),
        REQUEST_TEST(test_widest_range),
        REQUEST_TEST(test_arrays),
        REQUEST_TEST(test_unknown_fields),
        REQUEST_TEST(test_pointers_are_escaped),
        REQUEST_TEST(test_pointers_of_parts),
        REQUEST_TEST(test_required),
        REQUEST_TEST(test_all_faults_at_once),
        REQUEST_TEST(test_roles),
        REQUEST_TEST(test_forbidden_values_are_not_judged),
        REQUEST_TEST(test_fields_that_nobody_sets),
        REQUEST_TEST(test_no_fields),
        REQUEST_TEST(test_more_faults_than_are_told),
        REQUEST_TEST(test_faults_beyond_the_list_count),
        REQUEST_TEST(test_query),
        REQUEST_TEST(test_some_choices),
        REQUEST_TEST(test_empty_query),
        REQUEST_TEST(test_query_decoding),
        REQUEST_TEST(test_malformed_queries),
        REQUEST_TEST(test_query_faults),
        REQUEST_TEST(test_query_roles),
        REQUEST_TEST(test_query_numbers),
        REQUEST_TEST(test_query_required),
    };
    return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
