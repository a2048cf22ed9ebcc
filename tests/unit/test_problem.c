/* http/problem: every error's answer is strict JSON with RFC 9457's members,
 * whatever is in it. */
#include "unit.h"

#include "base/json_strict.h"
#include "http/request.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static int request_setup(void **state)
{
    struct request *r = calloc(1, sizeof *r);
    if (r == NULL)
        return -1;
    r->arena = arena_create();
    r->id = "7f3a";
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

/* The body of the answer, which must be one strict JSON object. */
static struct json_object *answer(struct request *r, enum err err)
{
    struct json_object *object;
    struct json_fault fault;
    problem_answer(r, err);
    assert_int_equal(strlen(r->response.body), r->response.body_len);
    CHECK(json_strict_parse(r->arena, r->response.body, r->response.body_len, &object, &fault), "at %zu: %s in %s",
          fault.offset, fault.what, r->response.body);
    assert_true(json_object_is_type(object, json_type_object));
    return object;
}

static const char *member(struct json_object *object, const char *key)
{
    struct json_object *value;
    CHECK(json_object_object_get_ex(object, key, &value), "no %s", key);
    return json_object_get_string(value);
}

static void test_every_error(void **state)
{
    struct request *r = *state;
    for (int e = ERR_ANSWERED + 1; e < ERR_COUNT; e++) {
        enum err err = (enum err)e;
        request_reset(r);
        r->id = "7f3a";
        struct json_object *o = answer(r, err), *status, *errors;
        assert_string_equal(member(o, "type"), "about:blank");
        assert_string_equal(member(o, "title"), err_title(err));
        assert_string_equal(member(o, "code"), err_code(err));
        assert_string_equal(member(o, "request_id"), "7f3a");
        assert_true(strlen(member(o, "detail")) > 0);
        assert_true(json_object_object_get_ex(o, "status", &status));
        assert_true(json_object_is_type(status, json_type_int));
        assert_int_equal(json_object_get_int(status), err_status(err));
        assert_true(json_object_object_get_ex(o, "errors", &errors));
        assert_int_equal(json_object_array_length(errors), 0);
        assert_int_equal(json_object_object_length(o), 7);
        assert_int_equal(r->response.status, err_status(err));
        assert_string_equal(r->response.content_type, "application/problem+json");
        assert_int_equal(r->response.www_authenticate, err_status(err) == 401);
        bool later = err_status(err) == 503 || err_status(err) == 429 || err == ERR_IDEMPOTENCY_IN_PROGRESS;
        assert_int_equal(r->response.retry_after > 0, later);
    }
}

static void test_detail(void **state)
{
    struct request *r = *state;
    problem_detail(r, "From %s an order cannot go to %s", "served", "pending");
    struct json_object *o = answer(r, ERR_INVALID_TRANSITION);
    assert_string_equal(member(o, "detail"), "From served an order cannot go to pending");
    assert_string_equal(member(o, "title"), err_title(ERR_INVALID_TRANSITION));
}

static void test_detail_is_escaped(void **state)
{
    static const char text[] = "\"quoted\" \\ back\nline\ttab \x01 \x7f </script> \xe2\x82\xb9";
    struct request *r = *state;
    problem_detail(r, "%s", text);
    assert_string_equal(member(answer(r, ERR_CONFLICT), "detail"), text);
}

static void test_faults(void **state)
{
    struct request *r = *state;
    problem_fault(r, "/items/0/quantity", "out_of_range", "must be %d to %d", 1, 99);
    problem_fault(r, "/a~1b\"\n", "unknown_field", "is not a field of this request");
    problem_fault(r, "limit", "wrong_type", "must be an integer");
    struct json_object *o = answer(r, problem_verdict(r)), *errors;
    assert_string_equal(member(o, "code"), "validation_failed");
    assert_true(json_object_object_get_ex(o, "errors", &errors));
    assert_int_equal(json_object_array_length(errors), 3);
    struct json_object *first = json_object_array_get_idx(errors, 0);
    assert_string_equal(member(first, "field"), "/items/0/quantity");
    assert_string_equal(member(first, "code"), "out_of_range");
    assert_string_equal(member(first, "detail"), "must be 1 to 99");
    assert_int_equal(json_object_object_length(first), 3);
    assert_string_equal(member(json_object_array_get_idx(errors, 1), "field"), "/a~1b\"\n");
}

static void test_as_many_faults_as_are_told(void **state)
{
    struct request *r = *state;
    for (int i = 0; i < PROBLEM_FAULTS_MAX + 50; i++)
        problem_fault(r, arena_printf(r->arena, "/items/%d", i), "required", "must be given");
    struct json_object *errors;
    assert_true(json_object_object_get_ex(answer(r, problem_verdict(r)), "errors", &errors));
    assert_int_equal(json_object_array_length(errors), PROBLEM_FAULTS_MAX);
    assert_string_equal(member(json_object_array_get_idx(errors, PROBLEM_FAULTS_MAX - 1), "field"), "/items/99");
}

static void test_verdicts(void **state)
{
    struct request *r = *state;
    assert_int_equal(problem_verdict(r), ERR_OK);
    problem_detail(r, "words alone are no fault");
    assert_int_equal(problem_verdict(r), ERR_OK);
    problem_fault(r, "/a", "required", "must be given");
    assert_int_equal(problem_verdict(r), ERR_VALIDATION_FAILED);
    r->problem.forbidden = true;
    assert_int_equal(problem_verdict(r), ERR_FORBIDDEN_FIELD);
}

static void test_faults_of_a_kind(void **state)
{
    struct request *r = *state;
    problem_fault_of(r, ERR_ITEM_UNAVAILABLE, "/items/0/menu_item_id", "is not on the menu");
    assert_int_equal(problem_verdict(r), ERR_ITEM_UNAVAILABLE);
    problem_fault_of(r, ERR_INVALID_SELECTION, "/items/1/customizations", "%s", "needs one");
    assert_int_equal(problem_verdict(r), ERR_ITEM_UNAVAILABLE); /* the first one's */
    struct json_object *errors;
    assert_true(json_object_object_get_ex(answer(r, problem_verdict(r)), "errors", &errors));
    assert_string_equal(member(json_object_array_get_idx(errors, 0), "code"), "item_unavailable");
    assert_string_equal(member(json_object_array_get_idx(errors, 1), "code"), "invalid_selection");
}

static void test_a_plain_fault_first_keeps_the_kind(void **state)
{
    struct request *r = *state;
    problem_fault(r, "/a", "required", "must be given");
    problem_fault_of(r, ERR_CARD_NUMBER_REJECTED, "/notes", "must not hold a card number");
    assert_int_equal(problem_verdict(r), ERR_VALIDATION_FAILED);
}

static void test_extension(void **state)
{
    struct request *r = *state;
    r->problem.extension = "\"figures\":{\"total_amount\":26145}";
    struct json_object *figures;
    assert_true(json_object_object_get_ex(answer(r, ERR_TOTAL_CHANGED), "figures", &figures));
    assert_string_equal(member(figures, "total_amount"), "26145");
}

static void test_what_was_to_be_the_answer_is_gone(void **state)
{
    struct request *r = *state;
    r->response = (struct response){.status = 201,
                                    .location = "/api/orders/1",
                                    .etag = "\"1\"",
                                    .replayed = true,
                                    .cache_control = "public",
                                    .content_encoding = "gzip",
                                    .content_type = "text/csv"};
    answer(r, ERR_CONFLICT);
    assert_null(r->response.location);
    assert_null(r->response.etag);
    assert_null(r->response.cache_control);
    assert_null(r->response.content_encoding);
    assert_false(r->response.replayed);
}

static void test_what_stays(void **state)
{
    struct request *r = *state;
    r->response.allow = "GET, HEAD";
    answer(r, ERR_METHOD_NOT_ALLOWED);
    assert_string_equal(r->response.allow, "GET, HEAD");
    r->response = (struct response){.token_was_bad = true};
    answer(r, ERR_UNAUTHENTICATED);
    assert_true(r->response.www_authenticate && r->response.token_was_bad);
    r->response = (struct response){.retry_after = 120};
    answer(r, ERR_PIN_LOCKED);
    assert_int_equal(r->response.retry_after, 120);
    r->response = (struct response){.retry_after = 120};
    answer(r, ERR_NOT_FOUND);
    assert_int_equal(r->response.retry_after, 0);
}

static void test_without_a_request_id(void **state)
{
    struct request *r = *state;
    r->id = NULL;
    assert_null(member(answer(r, ERR_INTERNAL), "request_id"));
}

static void test_long_details_stay_whole(void **state)
{
    struct request *r = *state;
    char *text = arena_alloc(r->arena, 5001);
    memset(text, 'a', 5000);
    problem_detail(r, "%s", text);
    problem_fault(r, "/x", "required", "%s", text);
    struct json_object *o = answer(r, ERR_VALIDATION_FAILED);
    assert_int_equal(strlen(member(o, "detail")), 5000);
}

/* No character is cut: half of one is not UTF-8, and the answer no JSON. Names of options get in here, up to 120
 * characters of up to four bytes. */
static void test_long_details_stay_whole_characters(void **state)
{
    static const char *const characters[] = {"\xc3\xa4", "\xe2\x82\xb9", "\xf0\x9f\x8d\x9b"};
    struct request *r = *state;
    for (size_t i = 0; i < LENGTH(characters); i++) {
        for (int shift = 0; shift < 4; shift++) {
            const char *text = arena_printf(r->arena, "%.*s", shift, "abc");
            for (int k = 0; k < 250; k++)
                text = arena_printf(r->arena, "%s%s", text, characters[i]);
            r->problem = (struct problem){0};
            problem_fault(r, "/x", "invalid_selection", "%s", text);
            answer(r, ERR_INVALID_SELECTION);
        }
    }
}

#define REQUEST_TEST(function) cmocka_unit_test_setup_teardown(function, request_setup, request_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REQUEST_TEST(test_every_error),
        REQUEST_TEST(test_detail),
        REQUEST_TEST(test_detail_is_escaped),
        REQUEST_TEST(test_faults),
        REQUEST_TEST(test_as_many_faults_as_are_told),
        REQUEST_TEST(test_verdicts),
        REQUEST_TEST(test_faults_of_a_kind),
        REQUEST_TEST(test_a_plain_fault_first_keeps_the_kind),
        REQUEST_TEST(test_extension),
        REQUEST_TEST(test_what_was_to_be_the_answer_is_gone),
        REQUEST_TEST(test_what_stays),
        REQUEST_TEST(test_without_a_request_id),
        REQUEST_TEST(test_long_details_stay_whole),
        REQUEST_TEST(test_long_details_stay_whole_characters),
    };
    return cmocka_run_group_tests_name("problem", tests, NULL, NULL);
}
