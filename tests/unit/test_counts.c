/* metrics/counts: what is counted in one process is summed in another, and
 * outlives it. */
#include "unit.h"

#include "base/clock.h"
#include "metrics/counts.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOTS = 6, ROUTES = 3 };

static const char *const pools[] = {"workers", "login"};

static struct metrics *create(void)
{
    struct metrics *metrics = metrics_create(SLOTS, ROUTES, pools, LENGTH(pools));
    assert_non_null(metrics);
    return metrics;
}

/* A child of the pool counts `n` requests in the slot, and is killed. */
static void count_and_die(struct metrics *metrics, size_t slot, size_t pool, const struct served *served, int n)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct counts *counts = metrics_counts(metrics, slot, metrics_pool(metrics, pool));
        for (int i = 0; i < n; i++)
            counts_add_request(counts, served);
        kill(getpid(), SIGKILL);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

/* How many answers of that status the route has; 0 for the status: of those
 * without a place. */
static uint64_t answers(const struct counts *counts, size_t route, int status)
{
    uint64_t n = 0;
    for (int i = 0; i < STATUSES_MAX; i++)
        if (counts->routes[route].answers[i].status == status)
            n += counts->routes[route].answers[i].n;
    return n;
}

static void test_all_begin_at_zero(void **state)
{
    int64_t before_us = clock_real_us();
    struct metrics *metrics = create();
    const struct counts *sum = metrics_sum(metrics, NULL, *state);
    int64_t since_us = metrics_since_us(metrics);
    assert_true(before_us <= since_us && since_us <= clock_real_us());
    assert_int_equal(histogram_count(&sum->queue), 0);
    for (size_t i = 0; i < ROUTES; i++)
        assert_int_equal(histogram_count(&sum->routes[i].duration), 0);
    assert_int_equal(sum->relayed_at_us, 0);
    assert_string_equal(metrics_pool(metrics, 1)->name, "login");
    assert_null(metrics_pool(metrics, 2));
    metrics_destroy(&metrics);
    assert_null(metrics);
}

static void test_children_that_die_lose_nothing(void **state)
{
    struct metrics *metrics = create();
    const struct served order = {
        .route = 1, .status = 201, .waited_us = 3000, .duration_us = 4000, .database_us = 2500};
    const struct served refused = {.route = 2, .status = 503, .waited_us = 6000000, .duration_us = 20, .too_old = true};
    for (int i = 0; i < 3; i++) /* the same slot, one after the other */
        count_and_die(metrics, 2, 0, &order, 100);
    count_and_die(metrics, SLOTS - 1, 0, &order, 7);
    count_and_die(metrics, 4, 1, &refused, 5);

    const struct counts *all = metrics_sum(metrics, NULL, *state);
    assert_int_equal(answers(all, 1, 201), 307);
    assert_int_equal(histogram_count(&all->routes[1].duration), 307);
    assert_int_equal(all->routes[1].duration.sum_us, 307 * 4000);
    assert_int_equal(all->routes[1].database_us, 307 * 2500);
    assert_int_equal(answers(all, 2, 503), 5);
    assert_int_equal(all->too_old, 5);
    assert_int_equal(histogram_count(&all->queue), 312);
    assert_int_equal(histogram_count(&all->routes[0].duration), 0);

    const struct counts *workers = metrics_sum(metrics, metrics_pool(metrics, 0), *state);
    const struct counts *login = metrics_sum(metrics, metrics_pool(metrics, 1), *state);
    assert_int_equal(histogram_count(&workers->queue), 307);
    assert_int_equal(workers->queue.sum_us, 307 * 3000);
    assert_int_equal(workers->too_old, 0);
    assert_int_equal(histogram_count(&login->queue), 5);
    assert_int_equal(login->too_old, 5);
    metrics_destroy(&metrics);
}

/* What lasts exactly as long as a bound is within it, as `le` says. */
static void test_bounds(void **state)
{
    struct metrics *metrics = create();
    struct counts *counts = metrics_counts(metrics, 0, metrics_pool(metrics, 0));
    struct served served = {.status = 200};
    for (int i = 0; i < HISTOGRAM_BOUNDS; i++) {
        assert_true(i == 0 || histogram_bounds_us[i] > histogram_bounds_us[i - 1]);
        served.duration_us = histogram_bounds_us[i];
        counts_add_request(counts, &served);
        served.duration_us = histogram_bounds_us[i] + 1;
        counts_add_request(counts, &served);
    }
    const struct histogram *duration = &metrics_sum(metrics, NULL, *state)->routes[0].duration;
    assert_int_equal(duration->buckets[0], 1);
    for (int i = 1; i < HISTOGRAM_BOUNDS; i++)
        assert_int_equal(duration->buckets[i], 2);
    assert_int_equal(duration->buckets[HISTOGRAM_BOUNDS], 1);
    assert_int_equal(histogram_count(duration), 2 * HISTOGRAM_BOUNDS);
    metrics_destroy(&metrics);
}

/* Slots meet the statuses in different orders, and more of them than there
 * are places. */
static void test_statuses(void **state)
{
    struct metrics *metrics = create();
    enum { MANY = STATUSES_MAX + 10 };
    for (int i = 0; i < MANY; i++)
        for (int k = 0; k <= i; k++) {
            counts_add_request(metrics_counts(metrics, 0, metrics_pool(metrics, 0)),
                               &(struct served){.status = 200 + i});
            counts_add_request(metrics_counts(metrics, 1, metrics_pool(metrics, 0)),
                               &(struct served){.status = 200 + MANY - 1 - i});
        }
    const struct counts *sum = metrics_sum(metrics, NULL, *state);
    uint64_t total = 0;
    for (int status = 200; status < 200 + MANY; status++)
        total += answers(sum, 0, status);
    assert_true(total > 0 && answers(sum, 0, 0) > 0);
    assert_int_equal(total + answers(sum, 0, 0), MANY * (MANY + 1));
    assert_int_equal(answers(sum, 0, 200), 1); /* the other slot had no place for it */
    metrics_destroy(&metrics);
}

static void test_the_relay_and_connects(void **state)
{
    struct metrics *metrics = create();
    struct counts *old = metrics_counts(metrics, 0, metrics_pool(metrics, 0));
    struct counts *new = metrics_counts(metrics, 1, metrics_pool(metrics, 0));
    counts_add_event(old, true);
    counts_set_relayed(old, 1000);
    for (int i = 0; i < 3; i++)
        counts_add_event(new, true);
    counts_add_event(new, false);
    counts_set_relayed(new, 900);
    counts_add_connects(old, 1, 2);
    counts_add_connects(new, 3, 0);
    const struct counts *sum = metrics_sum(metrics, NULL, *state);
    assert_int_equal(sum->events, 4);
    assert_int_equal(sum->failed_events, 1);
    assert_int_equal(sum->relayed_at_us, 1000); /* the later */
    assert_int_equal(sum->connects, 4);
    assert_int_equal(sum->failed_connects, 2);
    metrics_destroy(&metrics);
}

static void test_pools(void **state)
{
    struct metrics *metrics = create();
    struct pool_counts *login = metrics_pool(metrics, 1);
    (void)state;
    pool_counts_set_workers(login, 3, 1);
    pool_counts_set_workers(login, 1, 2);
    pool_counts_add_death(login);
    pool_counts_add_death(login);
    assert_int_equal(login->busy, 1);
    assert_int_equal(login->idle, 2);
    assert_int_equal(login->deaths, 2);
    assert_int_equal(metrics_pool(metrics, 0)->busy, 0);
    assert_int_equal(metrics_pool(metrics, 0)->deaths, 0);
    metrics_destroy(&metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_all_begin_at_zero),
        ARENA_TEST(test_children_that_die_lose_nothing),
        ARENA_TEST(test_bounds),
        ARENA_TEST(test_statuses),
        ARENA_TEST(test_the_relay_and_connects),
        cmocka_unit_test(test_pools),
    };
    return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
