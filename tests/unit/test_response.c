/* http/response: the head and body of an answer as a FastCGI responder writes
 * them. */
#include "unit.h"

#include "base/err.h"
#include "base/text.h"
#include "http/response.h"

#include <stdio.h>
#include <string.h>

static const char *render(struct arena *arena, const struct response *response)
{
    struct text out;
    text_init(&out, arena);
    response_render(response, &out);
    assert_int_equal(strlen(out.bytes), out.len);
    return out.bytes;
}

static void test_json(void **state)
{
    struct response response = {0};
    response_json(&response, 200, "{\"a\":1}");
    assert_string_equal(render(*state, &response), "Status: 200 OK\r\n"
                                                   "Content-Type: application/json\r\n"
                                                   "Content-Length: 7\r\n"
                                                   "Cache-Control: no-store\r\n"
                                                   "\r\n"
                                                   "{\"a\":1}");
}

static void test_all_headers(void **state)
{
    struct response response = {.content_encoding = "gzip",
                                .location = "/api/orders/1",
                                .allow = "GET, HEAD",
                                .cache_control = "public, max-age=1",
                                .www_authenticate = true,
                                .retry_after = 7,
                                .replayed = true};
    response_json(&response, 201, "x");
    response_version(&response, *state, "12");
    response.content_type = "text/csv";
    assert_string_equal(render(*state, &response), "Status: 201 Created\r\n"
                                                   "Content-Type: text/csv\r\n"
                                                   "Content-Length: 1\r\n"
                                                   "Content-Encoding: gzip\r\n"
                                                   "ETag: \"12\"\r\n"
                                                   "Location: /api/orders/1\r\n"
                                                   "Allow: GET, HEAD\r\n"
                                                   "Cache-Control: public, max-age=1\r\n"
                                                   "Vary: Accept-Encoding\r\n"
                                                   "WWW-Authenticate: Bearer realm=\"orderzap\"\r\n"
                                                   "Retry-After: 7\r\n"
                                                   "Idempotent-Replayed: true\r\n"
                                                   "\r\n"
                                                   "x");
}

static void test_files(void **state)
{
    struct response response = {.status = 200,
                                .content_type = "text/csv",
                                .body = "a\r\n",
                                .body_len = 3,
                                .file_name = "sales-2026.csv",
                                .by_accept = true};
    assert_string_equal(render(*state, &response), "Status: 200 OK\r\n"
                                                   "Content-Type: text/csv\r\n"
                                                   "Content-Length: 3\r\n"
                                                   "Content-Disposition: attachment; filename=\"sales-2026.csv\"\r\n"
                                                   "Cache-Control: no-store\r\n"
                                                   "Vary: Accept\r\n"
                                                   "\r\n"
                                                   "a\r\n");
    response.status = 304;
    assert_null(strstr(render(*state, &response), "Content-Disposition"));
}

static void test_answers_without_a_body(void **state)
{
    static const int statuses[] = {204, 304};
    for (size_t i = 0; i < LENGTH(statuses); i++) {
        struct response response = {.status = statuses[i],
                                    .etag = "\"5\"",
                                    .body = "must not be seen",
                                    .body_len = 16,
                                    .content_type = "text/plain",
                                    .content_encoding = "gzip"};
        const char *text = render(*state, &response);
        assert_null(strstr(text, "Content-"));
        assert_null(strstr(text, "must not"));
        assert_non_null(strstr(text, "ETag: \"5\"\r\n"));
        assert_string_equal(text + strlen(text) - 4, "\r\n\r\n");
    }
}

static void test_status_alone(void **state)
{
    const struct response response = {.status = 204};
    assert_string_equal(render(*state, &response), "Status: 204 No Content\r\nCache-Control: no-store\r\n\r\n");
}

static void test_bodies_of_any_bytes(void **state)
{
    static const char body[] = "a\0\r\n\r\nb";
    const struct response response = {.status = 200, .body = body, .body_len = sizeof body - 1};
    struct text out;
    text_init(&out, *state);
    response_render(&response, &out);
    assert_non_null(strstr(out.bytes, "Content-Length: 7\r\n"));
    assert_memory_equal(out.bytes + out.len - 7, body, 7);
}

static void test_empty_body(void **state)
{
    struct response response = {0};
    response_json(&response, 200, "");
    assert_non_null(strstr(render(*state, &response), "Content-Length: 0\r\n"));
}

/* The length of what is streamed is not known, though the piece's is. */
static void test_streamed(void **state)
{
    const struct response response = {
        .status = 200, .content_type = "text/csv", .body = "a,b", .body_len = 3, .is_streamed = true, .has_more = true};
    assert_string_equal(render(*state, &response), "Status: 200 OK\r\n"
                                                   "Content-Type: text/csv\r\n"
                                                   "Cache-Control: no-store\r\n"
                                                   "\r\n"
                                                   "a,b");
}

static void test_retry_after(void **state)
{
    struct response response = {0};
    response_json(&response, 503, "{}");
    assert_null(strstr(render(*state, &response), "Retry-After"));
    response.retry_after = -5;
    assert_null(strstr(render(*state, &response), "Retry-After"));
    response.retry_after = 900;
    assert_non_null(strstr(render(*state, &response), "\r\nRetry-After: 900\r\n"));
}

static void test_challenge_tells_a_bad_token(void **state)
{
    struct response response = {.token_was_bad = true};
    response_json(&response, 401, "{}");
    assert_null(strstr(render(*state, &response), "WWW-Authenticate"));
    response.www_authenticate = true;
    assert_non_null(strstr(render(*state, &response),
                           "\r\nWWW-Authenticate: Bearer realm=\"orderzap\", error=\"invalid_token\"\r\n"));
    response.token_was_bad = false;
    assert_non_null(strstr(render(*state, &response), "\r\nWWW-Authenticate: Bearer realm=\"orderzap\"\r\n"));
}

static void test_json_resets_the_type(void **state)
{
    struct response response = {.content_type = "text/csv"};
    (void)state;
    response_json(&response, 200, "{}");
    assert_null(response.content_type);
    assert_int_equal(response.body_len, 2);
}

/* No status of an error goes by another's name. */
static void test_reasons(void **state)
{
    for (int e = 0; e < ERR_COUNT; e++) {
        struct response response = {0};
        response_json(&response, err_status((enum err)e), "{}");
        const char *text = render(*state, &response);
        CHECK((strstr(text, "Internal Server Error") != NULL) == (response.status == 500), "%s: %.40s",
              err_code((enum err)e), text);
    }
    const struct response unknown = {.status = 500, .body = ""};
    assert_int_equal(strncmp(render(*state, &unknown), "Status: 500 Internal Server Error\r\n", 35), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_json),
        ARENA_TEST(test_all_headers),
        ARENA_TEST(test_files),
        ARENA_TEST(test_answers_without_a_body),
        ARENA_TEST(test_status_alone),
        ARENA_TEST(test_bodies_of_any_bytes),
        ARENA_TEST(test_empty_body),
        ARENA_TEST(test_streamed),
        ARENA_TEST(test_retry_after),
        ARENA_TEST(test_challenge_tells_a_bad_token),
        ARENA_TEST(test_json_resets_the_type),
        ARENA_TEST(test_reasons),
    };
    return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
