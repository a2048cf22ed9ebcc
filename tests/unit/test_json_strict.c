/* base/json_strict: which documents are taken, where reading stops in those
 * that are not, and that what is taken is what json-c reads. Every document is
 * given in memory of exactly its length, so that a sanitizer sees one byte too
 * many. */
#include "unit.h"

#include "base/json_strict.h"
#include "base/utf8.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#define BYTES(literal) (literal), sizeof(literal) - 1

static bool parse(struct arena *arena, const char *text, size_t len, struct json_object **out, struct json_fault *fault)
{
    char *exact = malloc(len > 0 ? len : 1);
    assert_non_null(exact);
    memcpy(exact, text, len);
    *fault = (struct json_fault){SIZE_MAX, NULL};
    bool good = json_strict_parse(arena, exact, len, out, fault);
    free(exact);
    return good;
}

/* Whether json-c alone, unrestricted, reads the same from the document. */
static bool equals_json_c(const char *text, size_t len, struct json_object *object)
{
    char *copy = strndup(text, len);
    struct json_object *reading = json_tokener_parse(copy);
    bool same = json_object_equal(reading, object) != 0;
    json_object_put(reading);
    free(copy);
    return same;
}

static const struct accepted {
    const char *text;
    size_t len;
    const char *plain; /* as json-c writes it */
} accepted[] = {
    {BYTES("{}"), "{}"},
    {BYTES("[]"), "[]"},
    {BYTES("null"), "null"},
    {BYTES("true"), "true"},
    {BYTES("false"), "false"},
    {BYTES("0"), "0"},
    {BYTES("-0"), "0"},
    {BYTES("7"), "7"},
    {BYTES("24900"), "24900"},
    {BYTES("-1"), "-1"},
    {BYTES("9007199254740991"), "9007199254740991"},
    {BYTES("9223372036854775807"), "9223372036854775807"},
    {BYTES("-9223372036854775807"), "-9223372036854775807"},
    {BYTES("-9223372036854775808"), "-9223372036854775808"},
    {BYTES("0.5"), "0.5"},
    {BYTES("-0.5"), "-0.5"},
    {BYTES("0.0"), "0.0"},
    {BYTES("1e2"), "1e2"},
    {BYTES("1E+2"), "1E+2"},
    {BYTES("0e0"), "0e0"},
    {BYTES("1.25e-3"), "1.25e-3"},
    {BYTES("1e308"), "1e308"},
    {BYTES("1e-999"), "1e-999"}, /* so small that it is nought, but it fits */
    {BYTES("\"\""), "\"\""},
    {BYTES("\"naan\""), "\"naan\""},
    {BYTES("\"a\\u0062\\u0041\""), "\"abA\""},
    {BYTES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""},
    {BYTES("\"\\u0001\\u001f\\u007f\""), "\"\\u0001\\u001f\x7f\""},
    {BYTES("\"\x7f\""), "\"\x7f\""},
    {BYTES("\"\\u00e9\\u20B9\\uD83C\\uDF5B\""), "\"\xc3\xa9\xe2\x82\xb9\xf0\x9f\x8d\x9b\""},
    {BYTES("\"\xc3\xa9\xe2\x82\xb9\xf0\x9f\x8d\x9b\""), "\"\xc3\xa9\xe2\x82\xb9\xf0\x9f\x8d\x9b\""},
    {BYTES("\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\""),
     "\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\""},
    {BYTES("\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""), "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""},
    {BYTES("\"\\ud800\\udc00\\udbff\\udfff\\ud7ff\\ue000\""),
     "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80\""},
    {BYTES("\"[[[[[[[[[[[[[[[[[[[[[[[[\""), "\"[[[[[[[[[[[[[[[[[[[[[[[[\""},
    {BYTES("\"// no comment /* */\""), "\"\\/\\/ no comment \\/* *\\/\""},
    {BYTES(" \t\r\n[ 1 , 2 ]\n\r\t "), "[1,2]"},
    {BYTES("[null,true,false,0,\"\",[],{}]"), "[null,true,false,0,\"\",[],{}]"},
    {BYTES("{\"a\":1,\"b\":{\"a\":2},\"c\":[{\"a\":3},{\"a\":4}]}"),
     "{\"a\":1,\"b\":{\"a\":2},\"c\":[{\"a\":3},{\"a\":4}]}"},
    {BYTES("{\"\":0}"), "{\"\":0}"},
    {BYTES("{ \"a\" : null }"), "{\"a\":null}"},
    {BYTES("{\"a\":1,\"A\":2,\"aa\":3,\"\\u00e4\":4}"), "{\"a\":1,\"A\":2,\"aa\":3,\"\xc3\xa4\":4}"},
    {BYTES("{\"a\\\"b\":1,\"a\\\\\":2}"), "{\"a\\\"b\":1,\"a\\\\\":2}"},
    {BYTES("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]"),
     "[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]"},
};

static void test_accepts(void **state)
{
    for (size_t i = 0; i < LENGTH(accepted); i++) {
        const struct accepted *c = &accepted[i];
        struct json_object *object;
        struct json_fault fault;
        CHECK(parse(*state, c->text, c->len, &object, &fault), "'%s' refused at %zu: %s", c->text, fault.offset,
              fault.what);
        CHECK(equals_json_c(c->text, c->len, object), "'%s' is read otherwise by json-c", c->text);
        const char *plain = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
        CHECK(strcmp(plain, c->plain) == 0, "'%s' is read as '%s'", c->text, plain);
    }
}

static void test_reads_types_and_limits(void **state)
{
    struct json_object *o, *v;
    struct json_fault fault;
    static const char text[] = "{\"min\":-9223372036854775808,\"max\":9223372036854775807,\"d\":1.0,\"t\":true}";
    assert_true(parse(*state, BYTES(text), &o, &fault));
    assert_true(json_object_object_get_ex(o, "min", &v));
    assert_true(json_object_get_int64(v) == INT64_MIN);
    assert_true(json_object_object_get_ex(o, "max", &v));
    assert_true(json_object_get_int64(v) == INT64_MAX);
    assert_true(json_object_object_get_ex(o, "d", &v));
    assert_true(json_object_is_type(v, json_type_double)); /* no integer, whatever its value */
    assert_true(json_object_object_get_ex(o, "t", &v));
    assert_true(json_object_is_type(v, json_type_boolean));
}

static void test_null_is_a_value(void **state)
{
    struct json_object *object = (struct json_object *)state;
    struct json_fault fault;
    assert_true(parse(*state, BYTES("null"), &object, &fault));
    assert_null(object);
}

static const struct refused {
    const char *text;
    size_t len, offset;
    const char *what; /* a part of it */
} refused[] = {
    /* nothing, or nothing of JSON */
    {BYTES(""), 0, "cut short"},
    {BYTES(" \n"), 2, "cut short"},
    {BYTES("\xef\xbb\xbf{}"), 0, "expected"}, /* a byte order mark */
    {BYTES("naan"), 0, "expected"},
    {BYTES("NaN"), 0, "expected"},
    {BYTES("nan"), 0, "expected"},
    {BYTES("Infinity"), 0, "expected"},
    {BYTES("-Infinity"), 1, "number"},
    {BYTES("[NaN]"), 1, "expected"},
    {BYTES("[Infinity]"), 1, "expected"},
    {BYTES("[-Infinity]"), 2, "number"},
    {BYTES("True"), 0, "expected"},
    {BYTES("NULL"), 0, "expected"},
    {BYTES("nul"), 0, "expected"},
    {BYTES("truefalse"), 4, "after"},
    {BYTES("nulll"), 4, "after"},
    {BYTES("undefined"), 0, "expected"},
    {BYTES("// c\n{}"), 0, "expected"},
    {BYTES("{/*c*/}"), 1, "quotes"},
    {BYTES("\v{}"), 0, "expected"},
    {BYTES("\xc2\xa0{}"), 0, "expected"}, /* a no-break space */
    /* quotes */
    {BYTES("'a'"), 0, "expected"},
    {BYTES("{'a':1}"), 1, "quotes"},
    {BYTES("{a:1}"), 1, "quotes"},
    {BYTES("[\"a',1]"), 7, "cut short"},
    /* numbers */
    {BYTES("01"), 2, "number"},
    {BYTES("-01"), 3, "number"},
    {BYTES("00"), 2, "number"},
    {BYTES("[1,007]"), 6, "number"},
    {BYTES("-"), 1, "number"},
    {BYTES("+1"), 0, "expected"},
    {BYTES(".5"), 0, "expected"},
    {BYTES("1."), 2, "number"},
    {BYTES("1.e2"), 2, "number"},
    {BYTES("1e"), 2, "number"},
    {BYTES("1e+"), 3, "number"},
    {BYTES("1e1.5"), 3, "after"},
    {BYTES("--1"), 1, "number"},
    {BYTES("0x10"), 1, "after"},
    {BYTES("1_000"), 1, "after"},
    {BYTES("12abc"), 2, "after"},
    {BYTES("[12abc]"), 3, "comma"},
    {BYTES("1e999"), 0, "fit"},
    {BYTES("-1e999"), 0, "fit"},
    {BYTES("[0,1e309]"), 3, "fit"},
    {BYTES("9223372036854775808"), 0, "fit"},
    {BYTES("-9223372036854775809"), 0, "fit"},
    {BYTES("18446744073709551615"), 0, "fit"},
    {BYTES("{\"a\":99999999999999999999999999}"), 5, "fit"},
    /* control characters */
    {BYTES("\"a\nb\""), 2, "control"},
    {BYTES("\"a\tb\""), 2, "control"},
    {BYTES("\"\x01\""), 1, "control"},
    {BYTES("\"\x1f\""), 1, "control"},
    {BYTES("{\"a\rb\":1}"), 3, "control"},
    /* NUL */
    {BYTES("\0"), 0, "expected"},
    {BYTES("{}\0"), 2, "after"},
    {BYTES("{}\0{}"), 2, "after"},
    {BYTES("1\0"), 1, "after"},
    {BYTES("\"a\0b\""), 2, "NUL"},
    {BYTES("{\"a\0\":1}"), 3, "NUL"},
    {BYTES("{\"a\"\0:1}"), 4, "colon"},
    {BYTES("[1,\0]"), 3, "expected"},
    {BYTES("\"\\\0\""), 2, "escape"},
    {BYTES("\"\\u0000\""), 2, "NUL"},
    {BYTES("\"a\\u0000b\""), 3, "NUL"},
    {BYTES("{\"a\\u0000b\":1}"), 4, "NUL"},
    {BYTES("{\"a\":1,\"a\\u0000\":2}"), 10, "NUL"}, /* would forge a duplicate */
    /* UTF-8: overlong, surrogates, too high, torn */
    {BYTES("\"\xc0\x80\""), 1, "UTF-8"},
    {BYTES("\"\xc0\xaf\""), 1, "UTF-8"},
    {BYTES("\"\xc1\xbf\""), 1, "UTF-8"},
    {BYTES("\"\xe0\x80\xaf\""), 1, "UTF-8"},
    {BYTES("\"\xe0\x9f\xbf\""), 1, "UTF-8"},
    {BYTES("\"\xf0\x80\x80\xaf\""), 1, "UTF-8"},
    {BYTES("\"\xf0\x8f\xbf\xbf\""), 1, "UTF-8"},
    {BYTES("\"\xed\xa0\x80\""), 1, "UTF-8"},
    {BYTES("\"\xed\xbf\xbf\""), 1, "UTF-8"},
    {BYTES("\"\xed\xa0\xbd\xed\xb8\x80\""), 1, "UTF-8"},
    {BYTES("\"\xf4\x90\x80\x80\""), 1, "UTF-8"},
    {BYTES("\"\xf5\x80\x80\x80\""), 1, "UTF-8"},
    {BYTES("\"\xf8\x88\x80\x80\x80\""), 1, "UTF-8"},
    {BYTES("\"\xff\""), 1, "UTF-8"},
    {BYTES("\"\xfe\""), 1, "UTF-8"},
    {BYTES("\"\x80\""), 1, "UTF-8"},
    {BYTES("\"a\xbf\""), 2, "UTF-8"},
    {BYTES("\"\xc3\""), 1, "UTF-8"},
    {BYTES("\"\xe2\x82\""), 1, "UTF-8"},
    {BYTES("\"\xe2\x82z\""), 1, "UTF-8"},
    {BYTES("\"\xf0\x9f\x8d\""), 1, "UTF-8"},
    {BYTES("\"\xc3"), 1, "UTF-8"},
    {BYTES("{\"\xc0\xaf\":1}"), 2, "UTF-8"},
    /* escapes */
    {BYTES("\"\\x41\""), 2, "escape"},
    {BYTES("\"\\'\""), 2, "escape"},
    {BYTES("\"\\a\""), 2, "escape"},
    {BYTES("\"\\U0041\""), 2, "escape"},
    {BYTES("\"\\u41\""), 2, "escape"},
    {BYTES("\"\\u004g\""), 2, "escape"},
    {BYTES("\"\\u-001\""), 2, "escape"},
    {BYTES("\"\\u00"), 2, "escape"},
    {BYTES("\"\\"), 2, "cut short"},
    {BYTES("\"\\ud800\""), 2, "surrogate"},
    {BYTES("\"\\udbff\""), 2, "surrogate"},
    {BYTES("\"\\udc00\""), 2, "surrogate"},
    {BYTES("\"\\udfff\""), 2, "surrogate"},
    {BYTES("\"\\udc00\\ud800\""), 2, "surrogate"},
    {BYTES("\"\\ud800\\ud800\""), 2, "surrogate"},
    {BYTES("\"\\ud800\\u0041\""), 2, "surrogate"},
    {BYTES("\"\\ud800\\n\""), 2, "surrogate"},
    {BYTES("\"\\ud800\\ue000\""), 2, "surrogate"},
    {BYTES("\"\\udbff\\uffff\""), 2, "surrogate"},
    {BYTES("\"\\ud800x\""), 2, "surrogate"},
    {BYTES("\"\\ud83d\\ude\""), 2, "surrogate"},
    {BYTES("\"\\ud83d\\u"), 2, "surrogate"},
    {BYTES("\"ab\\ud800\""), 4, "surrogate"},
    {BYTES("{\"\\ud800\":1}"), 3, "surrogate"},
    /* duplicate keys, also in disguise */
    {BYTES("{\"a\":1,\"a\":2}"), 7, "duplicate"},
    {BYTES("{\"a\":1,\"a\":1}"), 7, "duplicate"},
    {BYTES("{\"a\":1, \"\\u0061\":2}"), 8, "duplicate"},
    {BYTES("{\"\\u0061\":1,\"a\":2}"), 12, "duplicate"},
    {BYTES("{\"\\u00E4\":1,\"\\u00e4\":2}"), 12, "duplicate"},
    {BYTES("{\"\xc3\xa4\":1,\"\\u00e4\":2}"), 8, "duplicate"},
    {BYTES("{\"\xf0\x9f\x8d\x9b\":1,\"\\ud83c\\udf5b\":2}"), 10, "duplicate"},
    {BYTES("{\"\xe2\x82\xb9\":1,\"\\u20b9\":2}"), 9, "duplicate"},
    {BYTES("{\"/\":1,\"\\/\":2}"), 7, "duplicate"},
    {BYTES("{\"\\n\":1,\"\\u000a\":2}"), 8, "duplicate"},
    {BYTES("{\"\":1,\"\":2}"), 6, "duplicate"},
    {BYTES("{\"a\":1,\"b\":2,\"c\":3,\"b\":4}"), 19, "duplicate"},
    {BYTES("[{\"a\":{\"b\":1,\"b\":2}}]"), 13, "duplicate"},
    {BYTES("{\"a\":null,\"a\":1}"), 10, "duplicate"},
    /* commas, colons, brackets */
    {BYTES("[1,]"), 3, "expected"},
    {BYTES("[,1]"), 1, "expected"},
    {BYTES("[1,,2]"), 3, "expected"},
    {BYTES("[1 2]"), 3, "comma"},
    {BYTES("[1}"), 2, "comma"},
    {BYTES("{\"a\":1]"), 6, "comma"},
    {BYTES("{\"a\":1,}"), 7, "quotes"},
    {BYTES("{,}"), 1, "quotes"},
    {BYTES("{\"a\"}"), 4, "colon"},
    {BYTES("{\"a\" 1}"), 5, "colon"},
    {BYTES("{\"a\":}"), 5, "expected"},
    {BYTES("{\"a\"::1}"), 5, "expected"},
    {BYTES("{1:2}"), 1, "quotes"},
    {BYTES("{null:2}"), 1, "quotes"},
    {BYTES("{\"a\":1 \"b\":2}"), 7, "comma"},
    {BYTES("]"), 0, "expected"},
    {BYTES("}"), 0, "expected"},
    {BYTES("["), 1, "cut short"},
    {BYTES("{"), 1, "quotes"},
    {BYTES("\""), 1, "cut short"},
    {BYTES("\"a"), 2, "cut short"},
    {BYTES("[1"), 2, "cut short"},
    {BYTES("[1,"), 3, "cut short"},
    {BYTES("{\"a\":"), 5, "cut short"},
    /* after the value */
    {BYTES("{}{}"), 2, "after"},
    {BYTES("{} x"), 3, "after"},
    {BYTES("{},"), 2, "after"},
    {BYTES("[]]"), 2, "after"},
    {BYTES("1 2"), 2, "after"},
    {BYTES("\"a\"\"b\""), 3, "after"},
    {BYTES("null,"), 4, "after"},
    {BYTES("{}\xef\xbb\xbf"), 2, "after"},
};

static void test_refuses(void **state)
{
    for (size_t i = 0; i < LENGTH(refused); i++) {
        const struct refused *c = &refused[i];
        struct json_object *object;
        struct json_fault fault;
        CHECK(!parse(*state, c->text, c->len, &object, &fault), "row %zu: '%s' was taken", i, c->text);
        CHECK(fault.offset == c->offset && strstr(fault.what, c->what) != NULL,
              "row %zu: '%s' stops at %zu, not %zu: %s", i, c->text, fault.offset, c->offset, fault.what);
    }
}

/* Whether json-c takes the whole of the document under these flags. */
static bool json_c_takes(const char *text, size_t len, int flags)
{
    struct json_tokener *tokener = json_tokener_new();
    json_tokener_set_flags(tokener, flags);
    struct json_object *object = json_tokener_parse_ex(tokener, text, (int)len);
    if (json_tokener_get_error(tokener) == json_tokener_continue)
        object = json_tokener_parse_ex(tokener, "", -1);
    bool good = json_tokener_get_error(tokener) == json_tokener_success;
    json_object_put(object);
    json_tokener_free(tokener);
    return good;
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] > 0x7f)
            return false;
    return true;
}

/* Whether the scan needs no JSON_TOKENER_STRICT after it: it refuses whatever
 * that refuses. Of text beyond ASCII it says nothing, since 0.18 refuses all. */
static bool is_as_strict(const char *text, size_t len, bool taken, int *lax)
{
    if (!is_ascii(text, len) || json_c_takes(text, len, JSON_TOKENER_STRICT))
        return true;
    *lax += json_c_takes(text, len, 0);
    return !taken;
}

/* By json-c's own verdict: STRICT refuses dozens of these that json-c takes without. */
static void test_refuses_what_json_c_refuses_when_strict(void **state)
{
    struct json_object *object;
    struct json_fault fault;
    int lax = 0;
    for (size_t i = 0; i < LENGTH(refused); i++) {
        const struct refused *c = &refused[i];
        bool taken = parse(*state, c->text, c->len, &object, &fault);
        CHECK(is_as_strict(c->text, c->len, taken, &lax), "row %zu: '%s' was taken", i, c->text);
    }
    CHECK(lax >= 10, "only %d say what STRICT is for", lax);
    for (size_t i = 0; i < LENGTH(accepted); i++) {
        bool taken = parse(*state, accepted[i].text, accepted[i].len, &object, &fault);
        CHECK(is_as_strict(accepted[i].text, accepted[i].len, taken, &lax), "'%s' was taken", accepted[i].text);
    }
}

/* The kinds of nesting: what opens and closes a level. */
static const struct nesting {
    const char *open[2], *close[2], *core;
} nestings[] = {
    {{"[", "["}, {"]", "]"}, ""},           {{"[", "["}, {"]", "]"}, "1"},
    {{"[", "["}, {"]", "]"}, "\"[[[\""},    {{"{\"a\":", "{\"a\":"}, {"}", "}"}, "null"},
    {{"[", "{\"a\":"}, {"]", "}"}, "true"}, {{"{\"a\":", "["}, {"}", "]"}, "7"},
};

static const char *nest(struct arena *arena, const struct nesting *n, int levels, size_t *deepest)
{
    char *text = arena_alloc(arena, (size_t)levels * 8 + 16), *p = text;
    for (int i = 0; i < levels; i++) {
        *deepest = (size_t)(p - text);
        p = stpcpy(p, n->open[i % 2]);
    }
    p = stpcpy(p, n->core);
    for (int i = levels; i-- > 0;)
        p = stpcpy(p, n->close[i % 2]);
    return text;
}

static void test_sixteen_levels_and_no_more(void **state)
{
    for (size_t i = 0; i < LENGTH(nestings); i++) {
        struct json_object *object;
        struct json_fault fault;
        size_t deepest;
        const char *text = nest(*state, &nestings[i], JSON_DEPTH, &deepest);
        CHECK(parse(*state, text, strlen(text), &object, &fault), "%s: refused at %zu", text, fault.offset);
        assert_true(equals_json_c(text, strlen(text), object));
        text = nest(*state, &nestings[i], JSON_DEPTH + 1, &deepest);
        CHECK(!parse(*state, text, strlen(text), &object, &fault), "%s was taken", text);
        assert_int_equal(fault.offset, deepest);
        assert_string_equal(fault.what, "nested too deep");
    }
}

static void test_very_deep_does_not_exhaust_the_stack(void **state)
{
    enum { LEVELS = 250000 };
    char *text = arena_alloc(*state, LEVELS);
    struct json_object *object;
    struct json_fault fault;
    memset(text, '[', LEVELS);
    assert_false(parse(*state, text, LEVELS, &object, &fault));
    assert_int_equal(fault.offset, JSON_DEPTH);
}

static const char sample[] =
    "{\"order_type\":\"dine_in\",\"items\":[{\"menu_item_id\":\"0196f0c2-3b4a-7c1d-8e5f-0123456789ab\","
    "\"quantity\":2,\"customizations\":[{\"option_id\":\"x\\u20b9\\ud83c\\udf5b\",\"value_id\":null}]},{}],"
    "\"tip_amount\":-1.5e+3,\"notes\":\"\xe2\x82\xb9 \\\"extra\\\" \xf0\x9f\x8d\x9b\",\"a\":[true,false,0] }";

static void test_cut_at_every_byte(void **state)
{
    struct json_object *object;
    struct json_fault fault;
    assert_true(parse(*state, BYTES(sample), &object, &fault));
    assert_true(equals_json_c(BYTES(sample), object));
    for (size_t len = 0; len < sizeof sample - 1; len++) {
        CHECK(!parse(*state, sample, len, &object, &fault), "taken when cut after %zu bytes", len);
        CHECK(fault.offset <= len && fault.what != NULL, "cut after %zu bytes, stops at %zu", len, fault.offset);
    }
}

static void test_bytes_behind_every_value(void **state)
{
    static const char *const values[] = {"{}", "[]", "1", "\"a\"", "null", "1.5", "[1]"};
    for (size_t i = 0; i < LENGTH(values); i++) {
        for (int c = 0; c < 256; c++) {
            char text[8];
            struct json_object *object;
            struct json_fault fault;
            size_t len = strlen(values[i]);
            bool goes_on =
                values[i][len - 1] >= '0' && values[i][len - 1] <= '9' && c != 0 && strchr("0123456789.eE", c) != NULL;
            if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
                continue;
            memcpy(text, values[i], len);
            text[len] = (char)c;
            text[len + 1] = 'z'; /* so that a number that goes on is refused as well */
            assert_false(parse(*state, text, len + 2, &object, &fault));
            CHECK(fault.offset == len || (goes_on && fault.offset > len), "'%s' and %d: %zu", values[i], c,
                  fault.offset);
        }
    }
}

static const char *object_of(struct arena *arena, int members)
{
    char *text = arena_alloc(arena, (size_t)members * 16 + 8), *p = text;
    *p++ = '{';
    for (int i = 0; i < members; i++)
        p += sprintf(p, "%s\"k%d\":%d", i > 0 ? "," : "", i, i);
    *p++ = '}';
    return text;
}

static void test_members(void **state)
{
    struct json_object *object;
    struct json_fault fault;
    const char *text = object_of(*state, JSON_MEMBERS);
    assert_true(parse(*state, text, strlen(text), &object, &fault));
    assert_int_equal(json_object_object_length(object), JSON_MEMBERS);
    assert_true(equals_json_c(text, strlen(text), object));
    text = object_of(*state, JSON_MEMBERS + 1);
    assert_false(parse(*state, text, strlen(text), &object, &fault));
    assert_string_equal(fault.what, "too many members");
    assert_int_equal(fault.offset, strstr(text, "\"k256\"") - text);
}

static void test_long_arrays_and_strings(void **state)
{
    enum { SIZE = 200000 };
    char *text = arena_alloc(*state, SIZE + 2);
    struct json_object *object;
    struct json_fault fault;
    for (size_t i = 0; i < SIZE; i += 2)
        memcpy(text + i, i == 0 ? "[1" : ",1", 2);
    text[SIZE] = ']';
    assert_true(parse(*state, text, SIZE + 1, &object, &fault));
    assert_int_equal(json_object_array_length(object), SIZE / 2);
    memset(text, 'a', SIZE);
    text[0] = text[SIZE - 1] = '"';
    assert_true(parse(*state, text, SIZE, &object, &fault));
    assert_int_equal(json_object_get_string_len(object), SIZE - 2);
    text[SIZE - 1] = 'a';
    assert_false(parse(*state, text, SIZE, &object, &fault));
    assert_int_equal(fault.offset, SIZE);
}

static void test_long_numbers(void **state)
{
    static const char text[] = "[0.1000000000000000000000000000000000000000000000000000000000000000000000000000001,"
                               "1000000000000000000000000000000000000000000000000000000000000000000000000000000.0]";
    struct json_object *object;
    struct json_fault fault;
    assert_true(parse(*state, BYTES(text), &object, &fault));
    assert_true(equals_json_c(BYTES(text), object));
}

/* Whatever is put in, removed or changed: the scan alone decides, json-c never
 * objects to what it let pass, and reads the same. */
static void test_mutations(void **state)
{
    static const char bits[] = "{}[]\",:\\'u0e-+.1 \n\x80\xc3\xe2\xf0\xff\x01nt";
    uint64_t seed = unit_seed();
    int lax = 0;
    (void)state;
    for (int round = 0; round < 30000; round++) {
        struct arena *arena = arena_create();
        char text[sizeof sample + 8];
        size_t len = sizeof sample - 1;
        memcpy(text, sample, len);
        for (uint64_t n = unit_below(&seed, 3) + 1; n > 0; n--) {
            size_t at = unit_below(&seed, len);
            char bit = bits[unit_below(&seed, sizeof bits)];
            switch (unit_below(&seed, 3)) {
            case 0:
                text[at] = bit;
                break;
            case 1:
                memmove(text + at, text + at + 1, --len - at);
                break;
            default:
                memmove(text + at + 1, text + at, len++ - at);
                text[at] = bit;
            }
        }
        struct json_object *object;
        struct json_fault fault;
        bool good = parse(arena, text, len, &object, &fault);
        bool right =
            good ? equals_json_c(text, len, object) : fault.offset <= len && strcmp(fault.what, "malformed JSON") != 0;
        right = right && is_as_strict(text, len, good, &lax);
        arena_destroy(&arena);
        CHECK(right, "%.*s: %s", (int)len, text, good ? "read otherwise" : fault.what);
    }
}

static void test_clean_utf8(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        bool clean;
    } cases[] = {
        {BYTES(""), true},
        {BYTES("plain ~"), true},
        {BYTES("\xc2\xa0\xdf\xbf"), true},
        {BYTES("\xe0\xa0\x80\xe1\x80\x80\xec\xbf\xbf\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"), true},
        {BYTES("\xf0\x90\x80\x80\xf1\x80\x80\x80\xf3\xbf\xbf\xbf\xf4\x8f\xbf\xbf"), true},
        {BYTES("\0"), false},
        {BYTES("a\0b"), false},
        {BYTES("\n"), false},
        {BYTES("\t"), false},
        {BYTES("\x1f"), false},
        {BYTES("\x7f"), false},
        {BYTES("a\x1b[0m"), false},
        {BYTES("\x80"), false},
        {BYTES("\xc0\x80"), false},
        {BYTES("\xc1\xbf"), false},
        {BYTES("\xc2"), false},
        {BYTES("\xc2\x41"), false},
        {BYTES("\xc2\xc2"), false},
        {BYTES("\xe0\x9f\xbf"), false},
        {BYTES("\xed\xa0\x80"), false},
        {BYTES("\xe2\x82"), false},
        {BYTES("\xe2\x82\x41"), false},
        {BYTES("\xf0\x8f\xbf\xbf"), false},
        {BYTES("\xf0\x9f\x8d"), false},
        {BYTES("\xf0\x9f\x8d\xc0"), false},
        {BYTES("\xf4\x90\x80\x80"), false},
        {BYTES("\xf5\x80\x80\x80"), false},
        {BYTES("\xff"), false},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        CHECK(utf8_is_clean(cases[i].bytes, cases[i].len) == cases[i].clean, "row %zu", i);
    assert_true(utf8_is_clean("\xe2\x82\xb9\x01", 3)); /* no further than the length */
}

/* Against a count of what Unicode has: every code point but the surrogates. */
static void test_utf8_of_every_sequence(void **state)
{
    unsigned two = 0, three = 0;
    (void)state;
    for (unsigned a = 0x80; a < 0x100; a++)
        for (unsigned b = 0; b < 0x100; b++) {
            two += utf8_is_clean((const char[]){(char)a, (char)b}, 2);
            for (unsigned c = 0x80; c < 0x100 && a >= 0xe0; c++)
                three += utf8_is_clean((const char[]){(char)a, (char)b, (char)c}, 3);
        }
    assert_int_equal(two, 0x800 - 0x80);
    assert_int_equal(three, 0x10000 - 0x800 - 0x800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_accepts),
        ARENA_TEST(test_reads_types_and_limits),
        ARENA_TEST(test_null_is_a_value),
        ARENA_TEST(test_refuses),
        ARENA_TEST(test_refuses_what_json_c_refuses_when_strict),
        ARENA_TEST(test_sixteen_levels_and_no_more),
        ARENA_TEST(test_very_deep_does_not_exhaust_the_stack),
        ARENA_TEST(test_cut_at_every_byte),
        ARENA_TEST(test_bytes_behind_every_value),
        ARENA_TEST(test_members),
        ARENA_TEST(test_long_arrays_and_strings),
        ARENA_TEST(test_long_numbers),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_clean_utf8),
        cmocka_unit_test(test_utf8_of_every_sequence),
    };
    return cmocka_run_group_tests_name("json_strict", tests, NULL, NULL);
}
