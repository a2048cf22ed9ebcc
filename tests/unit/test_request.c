/* http/request: the path's segments, percent-encoding, and the headers that
 * hold lists. */
#include "unit.h"

#include "http/request.h"

#include <stdio.h>
#include <string.h>

static struct request split(struct arena *arena, const char *uri, bool *good)
{
    struct request r = {.arena = arena, .uri = uri};
    *good = request_split_uri(&r);
    return r;
}

/* The segments with bars between; a segment may hold anything but those. */
static const char *joined(struct arena *arena, const struct request *r)
{
    const char *all = "";
    for (size_t i = 0; i < r->n_segments; i++)
        all = arena_printf(arena, "%s%s%s", all, i > 0 ? "|" : "", r->segments[i]);
    return all;
}

static void test_paths(void **state)
{
    static const char *const cases[][3] = {
        {"/health", "health", ""},
        {"/api/orders", "api|orders", ""},
        {"/api/orders?", "api|orders", ""},
        {"/api/orders?limit=5&a=/b/c", "api|orders", "limit=5&a=/b/c"},
        {"/api/orders?a=?b", "api|orders", "a=?b"},
        {"/api/orders?%", "api|orders", "%"},
        {"/a?b/%", "a", "b/%"},
        {"/a/b/c/d/e/f/g/h", "a|b|c|d|e|f|g|h", ""},
        {"/a%20b", "a b", ""},
        {"/a+b", "a+b", ""}, /* a plus is a plus in a path */
        {"/%61%70%69", "api", ""},
        {"/%c3%a4/\xc3\xa4", "\xc3\xa4|\xc3\xa4", ""},
        {"/a%3Fb/c", "a?b|c", ""},
        {"/a%25b", "a%b", ""},
        {"/a%252Fb", "a%2Fb", ""}, /* decoded once only */
        {"/.well-known/jwks.json", ".well-known|jwks.json", ""},
        {"/api/sessions/0196f0c2-3b4a-7c1d-8e5f-0123456789ab", "api|sessions|0196f0c2-3b4a-7c1d-8e5f-0123456789ab", ""},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        bool good;
        struct request r = split(*state, cases[i][0], &good);
        CHECK(good, "%s is refused", cases[i][0]);
        const char *segments = joined(*state, &r);
        CHECK(strcmp(segments, cases[i][1]) == 0, "%s: '%s'", cases[i][0], segments);
        CHECK(strcmp(r.query, cases[i][2]) == 0, "%s: query '%s'", cases[i][0], r.query);
    }
}

static void test_paths_that_are_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "?a=b",
        "api",
        "*",
        "http://example.com/api",
        "/",
        "//",
        "/?a=b",
        "//api",
        "/api/",
        "/api/?a=b",
        "/api//orders",
        "/api/orders//",
        "/api%2Forders",
        "/api%2forders",
        "/%2F",
        "/api/a%2fb",
        "/api/%00",
        "/api/a%00b",
        "/api/%",
        "/api/%4",
        "/api/%zz",
        "/api/%4g",
        "/api/%-1",
        "/api/%%41",
        "/api/%0a",
        "/api/%0d%0aSet-Cookie",
        "/api/%7f",
        "/api/\n",
        "/api/%ff",
        "/api/%c0%af",
        "/api/%c0%ae%c0%ae",
        "/api/%ed%a0%80",
        "/api/\xff",
        "/api/%c3/%a4",
        "/a/b/c/d/e/f/g/h/i",
        "/a/b/c/d/e/f/g/h/",
        "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a",
        "/%",
        "/a%2",
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        bool good;
        struct request r = split(*state, cases[i], &good);
        CHECK(!good, "'%s' was taken", cases[i]);
        assert_true(r.n_segments <= SEGMENTS_MAX);
    }
}

/* In memory of exactly its length, at the very end of the text. */
static void test_percent_decode(void **state)
{
    static const struct {
        const char *text;
        bool plus;
        const char *out; /* NULL: refused */
    } cases[] = {
        {"", false, ""},
        {"abc", false, "abc"},
        {"a+b", false, "a+b"},
        {"a+b", true, "a b"},
        {"%41", false, "A"},
        {"%41%42", false, "AB"},
        {"%2b", true, "+"},
        {"%e2%82%b9", false, "\xe2\x82\xb9"},
        {"%C3%a4", true, "\xc3\xa4"},
        {"%", false, NULL},
        {"%4", false, NULL},
        {"a%", false, NULL},
        {"a%4", false, NULL},
        {"%4x", false, NULL},
        {"%x4", false, NULL},
        {"%00", false, NULL},
        {"%1f", false, NULL},
        {"%7F", false, NULL},
        {"\t", false, NULL},
        {"%80", false, NULL},
        {"%c3", false, NULL},
        {"%25%34%31", false, "%41"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        size_t len = strlen(cases[i].text);
        char *exact = malloc(len > 0 ? len : 1);
        memcpy(exact, cases[i].text, len);
        const char *out = percent_decode(*state, exact, len, cases[i].plus);
        free(exact);
        CHECK(cases[i].out == NULL ? out == NULL : out != NULL && strcmp(out, cases[i].out) == 0, "'%s': '%s'",
              cases[i].text, out != NULL ? out : "none");
    }
}

static void test_accepts(void **state)
{
    static const struct {
        const char *header;
        bool gzip;
    } cases[] = {
        {"", false},
        {"gzip", true},
        {"GZip", true},
        {"deflate, gzip, br", true},
        {"deflate,gzip", true},
        {"br;q=1.0, gzip;q=0.8, *;q=0.1", true},
        {"gzip;q=1", true},
        {"gzip ; q=0.5", true},
        {"gzip;q=0.001", true},
        {"gzip;Q=0.5", true},
        {"\tgzip\t", true},
        {",,gzip,,", true},
        {"identity, gzip", true},
        {"gzip;q=0", false},
        {"gzip;q=0.0", false},
        {"gzip; q=0.000", false},
        {"gzip;Q=0", false},
        {"gzip ;q=0, deflate;q=1", false},
        {"deflate;q=0, gzip", true},
        {"br, gzip;q=0", false},
        {"gzip2", false},
        {"xgzip", false},
        {"x-gzip", false},
        {"gzi", false},
        {"deflate", false},
        {"deflate;gzip", false},
        {"identity", false},
        {" ", false},
        {",", false},
        {";", false},
        {";q=1", false},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char *exact = strdup(cases[i].header);
        bool accepts = header_accepts(exact, "gzip");
        free(exact);
        CHECK(accepts == cases[i].gzip, "'%s'", cases[i].header);
    }
}

static void test_accepts_other_lists(void **state)
{
    (void)state;
    assert_true(header_accepts("text/html, text/event-stream", "text/event-stream"));
    assert_true(header_accepts("text/csv;q=0.9;header=present", "text/csv"));
    assert_false(header_accepts("text/*", "text/csv"));
    assert_false(header_accepts("text/csv;q=0", "text/csv"));
}

/* Which of two types is the more welcome: CSV '>', JSON '<', neither '='. */
static void test_accept_ranks(void **state)
{
    static const struct {
        const char *header;
        char wanted;
    } cases[] = {
        {"", '='},
        {" ", '='},
        {"*/*", '='},
        {"*/*;q=0.1", '='},
        {"text/csv", '>'},
        {"TEXT/CSV", '>'},
        {" \ttext/csv\t", '>'},
        {"text/*", '>'},
        {"text/csv;header=present", '>'},
        {"text/csv ; charset=utf-8 ; q=0.5", '>'},
        {"application/json", '<'},
        {"application/*", '<'},
        {"text/csv, application/json", '='},
        {"application/json, text/csv", '='},
        {"text/csv;q=0.5, application/json;q=0.5", '='},
        {"text/csv;q=0.9, application/json", '<'},
        {"text/csv, application/json;q=0.9", '>'},
        {"application/json;q=0.9,text/csv", '>'},
        {"text/csv;q=0.500, application/json;q=0.499", '>'},
        {"text/csv;q=0.1, application/json;q=0.09", '>'},
        {"text/csv;Q=0.1, application/json;q=0.2", '<'},
        {"text/csv;q=1.000, application/json;q=0.999", '>'},
        {"text/csv;q=0", '='},
        {"text/csv;q=0, */*", '<'},
        {"text/csv;q=0.000, */*;q=0.001", '<'},
        {"application/json;q=0, */*", '>'},
        {"*/*, text/csv;q=0.5", '<'},
        {"text/csv, */*", '>'},
        {"text/*, */*", '>'},
        {"text/csv, */*;q=0.8", '>'},
        {"application/json, */*", '<'},
        {"application/json, text/plain, */*", '<'},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", '='},
        {"text/html", '='},
        {"text/csv-schema", '='},
        {"xtext/csv", '='},
        {"text/cs", '='},
        {"text/", '='},
        {"*", '='},
        {"*/csv", '='},
        {",,text/csv,,", '>'},
        {",", '='},
        {"text/csv;q=", '='},
        {"text/csv;q", '>'}, /* no weight, but a parameter */
        {"text/csv;q=nan, */*;q=0.1", '<'},
        {"text/csv;q=-1, */*;q=0.1", '<'},
        {"text/csv;q=0x1, */*;q=0.1", '<'},
        {"text/csv;x=\"a,application/json\"", '>'},
        {"text/csv;x=\";q=0\"", '>'},
        {"text/csv;x=\"\\\";q=0\";q=0.4, application/json;q=0.5", '<'},
        {"text/csv;x=\"", '>'},
        {"text/csv;seq=0", '>'},
        {"text/csv;q=0.2, text/csv;q=0.7, application/json;q=0.5", '>'},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char *exact = strdup(cases[i].header);
        int csv = accept_rank(exact, "text/csv"), json = accept_rank(exact, "application/json");
        free(exact);
        char found = csv > json ? '>' : csv < json ? '<' : '=';
        CHECK(found == cases[i].wanted, "'%s': %d and %d", cases[i].header, csv, json);
    }
    assert_int_equal(accept_rank("application/json", "text/csv"), 0);
    assert_int_equal(accept_rank("text/csv;q=0", "text/csv"), 0);
}

static void test_etags(void **state)
{
    static const struct {
        const char *header;
        bool strong, weak; /* whether "12" matches so */
    } cases[] = {
        {"\"12\"", true, true},
        {" \"12\" ", true, true},
        {"W/\"12\"", false, true},
        {"*", true, true},
        {" * ", true, true},
        {"\"11\", \"12\", \"13\"", true, true},
        {"\"11\",\"12\"", true, true},
        {"\"12\",\"11\"", true, true},
        {"\"12\" , \"11\"", true, true},
        {"\"11\", W/\"12\"", false, true},
        {"W/\"11\", \"12\"", true, true},
        {"W/\"12\", \"12\"", true, true},
        {"\"a,b\", \"12\"", true, true},
        {"", false, false},
        {",", false, false},
        {"\"\"", false, false},
        {"\"1\"", false, false},
        {"\"123\"", false, false},
        {"\"12", false, false},
        {"12", false, false},
        {"12\"", false, false},
        {"'12'", false, false},
        {"\"12\"x", false, false},
        {"x\"12\"", false, false},
        {"\"11\", \"13\"", false, false},
        {"w/\"12\"", false, false}, /* the W is case-sensitive */
        {"W\"12\"", false, false},
        {"W/", false, false},
        {"W/12", false, false},
        {"\"x12\"", false, false},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char *exact = strdup(cases[i].header);
        bool strong = etag_matches(exact, "\"12\"", false), weak = etag_matches(exact, "\"12\"", true);
        free(exact);
        CHECK(strong == cases[i].strong, "%s strongly", cases[i].header);
        CHECK(weak == cases[i].weak, "%s weakly", cases[i].header);
    }
}

static void count_release(void *object)
{
    ++*(int *)object;
}

static void test_reset(void **state)
{
    static const char worker_part[] = "conf", segment[] = "x";
    int releases = 0;
    struct request r = {.conf = (const void *)worker_part,
                        .keys = (const void *)worker_part,
                        .db = (void *)&releases,
                        .arena = *state,
                        .metrics = (void *)&releases,
                        .uri = "/a",
                        .n_segments = 1,
                        .who = {.role = ROLE_OWNER, .id = segment},
                        .restaurant_id = segment,
                        .body = segment,
                        .body_len = 1,
                        .body_too_large = true};
    arena_defer(r.arena, count_release, &releases);
    problem_fault(&r, "/x", "required", "must be given");
    response_json(&r.response, 200, "{}");
    request_reset(&r);
    assert_int_equal(releases, 1);
    assert_ptr_equal(r.conf, worker_part);
    assert_ptr_equal(r.keys, worker_part);
    assert_ptr_equal(r.db, &releases);
    assert_ptr_equal(r.arena, *state);
    assert_ptr_equal(r.metrics, &releases);
    struct request fresh = {.conf = r.conf, .keys = r.keys, .db = r.db, .arena = r.arena};
    assert_null(r.uri);
    assert_null(r.body);
    assert_int_equal(r.n_segments, 0);
    assert_int_equal(r.who.role, fresh.who.role);
    assert_null(r.who.id);
    assert_null(r.restaurant_id);
    assert_null(r.problem.faults);
    assert_int_equal(r.problem.n_faults, 0);
    assert_int_equal(r.response.status, 0);
    assert_false(r.body_too_large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_paths),
        ARENA_TEST(test_paths_that_are_refused),
        ARENA_TEST(test_percent_decode),
        cmocka_unit_test(test_accepts),
        cmocka_unit_test(test_accepts_other_lists),
        cmocka_unit_test(test_accept_ranks),
        cmocka_unit_test(test_etags),
        ARENA_TEST(test_reset),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
