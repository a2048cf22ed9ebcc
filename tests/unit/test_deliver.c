/* sync/deliver with a deployment of the test's own: what is refused is halved
 * until the rows are found that are, and each change gets its verdict. */
#include "unit.h"

#include "base/text.h"
#include "convex/convex.h"
#include "sync/deliver.h"
#include "sync/stop.h"

#include <json-c/json.h>
#include <string.h>

static struct {
    int calls, most;            /* most: changes in one call */
    size_t most_bytes;          /* of a call's arguments */
    int away_from, halted_from; /* from this call on; 0: never */
    bool refuses_all;           /* even a call with nothing in it */
} deployment;

enum convex_outcome convex_call(struct convex *convex, struct arena *arena, const char *kind, const char *path,
                                const char *args, struct json_object **value)
{
    (void)convex, (void)arena, (void)value;
    assert_string_equal(kind, "mutation");
    assert_string_equal(path, "sync:applyBatch");
    struct json_object *object = json_tokener_parse(args), *changes;
    assert_true(json_object_object_get_ex(object, "changes", &changes));
    int n = (int)json_object_array_length(changes);
    json_object_put(object);
    deployment.calls++;
    deployment.most = n > deployment.most ? n : deployment.most;
    deployment.most_bytes = strlen(args) > deployment.most_bytes ? strlen(args) : deployment.most_bytes;
    if (deployment.away_from > 0 && deployment.calls >= deployment.away_from)
        return CONVEX_AWAY;
    if (deployment.halted_from > 0 && deployment.calls >= deployment.halted_from)
        return CONVEX_HALT;
    return deployment.refuses_all || strstr(args, "bad") != NULL ? CONVEX_REFUSED : CONVEX_DONE;
}

const char *convex_error(const struct convex *convex)
{
    (void)convex;
    return "a reason";
}

/* n changes, of which those are bad whose letter in `bad` is x. */
static struct batch *batch_of(struct arena *arena, size_t n, const char *bad)
{
    struct batch *batch = arena_alloc(arena, sizeof *batch);
    for (batch->n = 0; batch->n < n; batch->n++) {
        const char *json = strnlen(bad, n) > batch->n && bad[batch->n] == 'x' ? "\"bad\"" : "\"good\"";
        batch->changes[batch->n] = (struct change){.json = json, .len = strlen(json)};
    }
    return batch;
}

static enum delivery run(struct arena *arena, struct batch *batch)
{
    struct sync sync = {.arena = arena};
    return deliver(&sync, batch);
}

static int begin(void **state)
{
    memset(&deployment, 0, sizeof deployment);
    sync_stopping = 1; /* no second try after a pause */
    return unit_arena_setup(state);
}

static size_t count(const struct batch *batch, enum verdict verdict)
{
    size_t n = 0;
    for (size_t i = 0; i < batch->n; i++)
        n += batch->changes[i].verdict == verdict;
    return n;
}

static void test_all_at_once(void **state)
{
    struct batch *batch = batch_of(*state, BATCH_MAX, "");
    assert_int_equal(run(*state, batch), DELIVERED);
    assert_int_equal(deployment.calls, 1);
    assert_int_equal(deployment.most, BATCH_MAX);
    assert_int_equal(count(batch, VERDICT_SENT), BATCH_MAX);
}

static void test_nothing(void **state)
{
    struct batch *batch = batch_of(*state, 0, "");
    assert_int_equal(run(*state, batch), DELIVERED);
    assert_int_equal(deployment.calls, 0);
}

static void test_each_bad_row_is_found(void **state)
{
    static const char *const cases[] = {"x", "x.", ".x", "xx", "..x", "x.x", "xxx", ".......x", "x......x", "...xx..."};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct batch *batch = batch_of(*state, strlen(cases[i]), cases[i]);
        assert_int_equal(run(*state, batch), DELIVERED);
        for (size_t k = 0; k < batch->n; k++)
            CHECK(batch->changes[k].verdict == (cases[i][k] == 'x' ? VERDICT_REFUSED : VERDICT_SENT), "%s, %zu",
                  cases[i], k);
        assert_string_equal(batch->why, "a reason");
    }
}

/* One bad row of a hundred costs two calls a halving, and one that asks whether
 * it is the deployment that refuses. */
static void test_halving_is_cheap(void **state)
{
    for (size_t at = 0; at < BATCH_MAX; at++) {
        char bad[BATCH_MAX + 1] = "";
        memset(bad, '.', BATCH_MAX);
        bad[at] = 'x';
        memset(&deployment, 0, sizeof deployment);
        struct batch *batch = batch_of(*state, BATCH_MAX, bad);
        assert_int_equal(run(*state, batch), DELIVERED);
        assert_int_equal(count(batch, VERDICT_REFUSED), 1);
        assert_int_equal(count(batch, VERDICT_SENT), BATCH_MAX - 1);
        CHECK(deployment.calls <= 2 * 7 + 2, "%d calls for row %zu", deployment.calls, at);
    }
}

/* Where the deployment refuses even a call with nothing in it, no row is blamed. */
static void test_a_deployment_that_refuses_all(void **state)
{
    struct batch *batch = batch_of(*state, 8, "");
    deployment.refuses_all = true;
    assert_int_equal(run(*state, batch), DELIVERY_HALTED);
    assert_int_equal(deployment.calls, 2);
    assert_int_equal(count(batch, VERDICT_REFUSED), 0);
}

static void test_away(void **state)
{
    struct batch *batch = batch_of(*state, 8, "");
    deployment.away_from = 1;
    assert_int_equal(run(*state, batch), DELIVERY_AWAY);
    assert_int_equal(count(batch, VERDICT_LATER), 8);
    assert_string_equal(batch->why, "a reason");
}

/* Lost in the midst of a halving: what was sent stays sent, the rest is for later
 * or was not tried. */
static void test_away_in_between(void **state)
{
    struct batch *batch = batch_of(*state, 4, "...x");
    deployment.away_from = 4; /* all, nothing, the first half; then the second */
    assert_int_equal(run(*state, batch), DELIVERY_AWAY);
    assert_int_equal(batch->changes[0].verdict, VERDICT_SENT);
    assert_int_equal(batch->changes[1].verdict, VERDICT_SENT);
    assert_int_equal(batch->changes[2].verdict, VERDICT_LATER);
    assert_int_equal(count(batch, VERDICT_REFUSED), 0);
}

static void test_halted(void **state)
{
    struct batch *batch = batch_of(*state, 8, "");
    deployment.halted_from = 1;
    assert_int_equal(run(*state, batch), DELIVERY_HALTED);
    assert_int_equal(count(batch, VERDICT_NONE), 8);
}

/* A call holds about a megabyte at most, and one change however large. */
static void test_calls_have_a_size(void **state)
{
    const size_t large = 400 * 1024, huge = 3 * 1024 * 1024;
    struct batch *batch = batch_of(*state, 6, "");
    for (size_t i = 0; i < batch->n; i++) {
        size_t len = i == 3 ? huge : large;
        char *json = arena_alloc(*state, len + 1);
        memset(json, '1', len);
        json[0] = json[len - 1] = '"';
        batch->changes[i].json = json;
        batch->changes[i].len = len;
    }
    assert_int_equal(run(*state, batch), DELIVERED);
    assert_int_equal(deployment.calls, 4); /* 2, 1, the huge one, 2 */
    assert_int_equal(deployment.most, 2);
    assert_true(deployment.most_bytes > huge && deployment.most_bytes < huge + 100);
    assert_int_equal(count(batch, VERDICT_SENT), 6);
}

#define DELIVER_TEST(function) cmocka_unit_test_setup_teardown(function, begin, unit_arena_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DELIVER_TEST(test_all_at_once),
        DELIVER_TEST(test_nothing),
        DELIVER_TEST(test_each_bad_row_is_found),
        DELIVER_TEST(test_halving_is_cheap),
        DELIVER_TEST(test_a_deployment_that_refuses_all),
        DELIVER_TEST(test_away),
        DELIVER_TEST(test_away_in_between),
        DELIVER_TEST(test_halted),
        DELIVER_TEST(test_calls_have_a_size),
    };
    return cmocka_run_group_tests_name("deliver", tests, NULL, NULL);
}
