/* server/pool with real processes that do nothing, and a clock of the test's:
 * size, growth, shrinking, back-off after crashes, replacement one by one. */
#include "unit.h"

#include "base/log.h"
#include "metrics/counts.h"
#include "server/pool.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIN = 2, MAX = 4, FIRST_SLOT = 3, SLOTS = FIRST_SLOT + 2 * MAX };
static const int64_t second = 1000000, start = INT64_C(1000000000);

static struct pool pool;
static struct worker_setup what;

static int wait_forever(const struct worker_setup *setup)
{
    (void)setup;
    for (;;)
        pause();
    return 0;
}

static int begin(void **state)
{
    static const char *const names[] = {"workers"};
    (void)state;
    what = (struct worker_setup){.board = scoreboard_create(), .metrics = metrics_create(SLOTS, 1, names, 1)};
    if (what.board == NULL || what.metrics == NULL ||
        !pool_init(&pool, metrics_pool(what.metrics, 0), -1, false, wait_forever, MAX, FIRST_SLOT))
        return -1;
    pool.min = MIN;
    pool.max = MAX;
    return log_open(LOG_LEVEL_OFF, "") ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    pool_kill(&pool);
    for (int i = 0; i < pool.max_children; i++)
        if (pool.children[i].pid > 0)
            waitpid(pool.children[i].pid, NULL, 0);
    pool_free(&pool);
    metrics_destroy(&what.metrics);
    scoreboard_destroy(&what.board);
    return 0;
}

static void set_all(enum worker_state worker_state)
{
    for (int i = 0; i < pool.max_children; i++)
        scoreboard_set_state(what.board, FIRST_SLOT + i, worker_state);
}

/* Ends a child and tells the pool. */
static void kill_child(int i, int64_t now_us)
{
    int status;
    pid_t pid = pool.children[i].pid;
    assert_true(pid > 0);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(pool_reaped(&pool, pid, status, now_us));
    assert_int_equal(pool.children[i].pid, 0);
}

static int retiring(void)
{
    for (int i = 0; i < pool.max_children; i++)
        if (pool.children[i].pid > 0 && pool.children[i].is_retiring)
            return i;
    return -1;
}

static int count_old(void)
{
    int n = 0;
    for (int i = 0; i < pool.max_children; i++)
        n += pool.children[i].pid > 0 && pool.children[i].is_old;
    return n;
}

static void test_starts_the_least(void **state)
{
    (void)state;
    pool_tend(&pool, &what, start);
    assert_int_equal(pool_size(&pool), MIN);
    assert_int_equal(scoreboard_state(what.board, FIRST_SLOT), WORKER_STARTING);
    pool_tend(&pool, &what, start + second);
    assert_int_equal(pool_size(&pool), MIN);
}

/* Workers that start up will help soon: none is added for them. */
static void test_grows_while_all_are_busy(void **state)
{
    (void)state;
    pool_tend(&pool, &what, start);
    set_all(WORKER_BUSY);
    for (int size = MIN + 1; size <= MAX; size++) {
        pool_tend(&pool, &what, start + second);
        assert_int_equal(pool_size(&pool), size);
        pool_tend(&pool, &what, start + second);
        assert_int_equal(pool_size(&pool), size); /* the new one still starts */
        set_all(WORKER_BUSY);
    }
    pool_tend(&pool, &what, start + 2 * second);
    assert_int_equal(pool_size(&pool), MAX);
    assert_int_equal(pool.counts->busy, MAX);
    assert_int_equal(pool.counts->idle, 0);
}

static void grow_to_max(void)
{
    pool_tend(&pool, &what, start);
    while (pool_size(&pool) < MAX) {
        set_all(WORKER_BUSY);
        pool_tend(&pool, &what, start);
    }
    set_all(WORKER_IDLE);
}

static void test_shrinks_after_half_a_minute(void **state)
{
    (void)state;
    grow_to_max();
    for (int size = MAX; size > MIN; size--) {
        pool_tend(&pool, &what, start + 30 * second);
        assert_int_equal(retiring(), -1);
        pool_tend(&pool, &what, start + 30 * second + 1);
        assert_int_equal(retiring(), size - 1); /* the last one */
        assert_true(scoreboard_must_stop(what.board, FIRST_SLOT + size - 1));
        kill_child(size - 1, start + 31 * second);
        pool.idle_since_us = start;
    }
    pool_tend(&pool, &what, start + 100 * second);
    assert_int_equal(pool_size(&pool), MIN);
    assert_int_equal(retiring(), -1);
    assert_int_equal(pool.counts->deaths, 0);
}

static void test_keeps_those_that_are_used(void **state)
{
    (void)state;
    grow_to_max();
    for (int i = 0; i < MAX - 1; i++)
        scoreboard_set_state(what.board, FIRST_SLOT + i, WORKER_BUSY);
    pool_tend(&pool, &what, start + 100 * second); /* more than half are busy */
    assert_int_equal(retiring(), -1);
    set_all(WORKER_IDLE);
    scoreboard_set_state(what.board, FIRST_SLOT + MAX - 1, WORKER_BUSY);
    pool_tend(&pool, &what, start + 131 * second);
    assert_int_equal(retiring(), MAX - 2); /* not the busy one */
}

/* A smaller setting after a reload: down to it at once. */
static void test_shrinks_to_a_new_maximum(void **state)
{
    (void)state;
    grow_to_max();
    pool.max = MIN + 1;
    pool_tend(&pool, &what, start + 1);
    assert_int_equal(retiring(), MAX - 1);
}

static void test_a_death_later_on_is_made_good_at_once(void **state)
{
    (void)state;
    pool_tend(&pool, &what, start);
    kill_child(0, start + 5 * second);
    assert_int_equal(pool.crashes, 0);
    assert_int_equal(pool.counts->deaths, 1);
    pool_tend(&pool, &what, start + 5 * second);
    assert_int_equal(pool_size(&pool), MIN);
}

/* Twice as long each time, up to ten seconds. */
static void test_backs_off(void **state)
{
    static const int64_t waits[] = {100000,  200000,  400000,   800000,   1600000,
                                    3200000, 6400000, 10000000, 10000000, 10000000};
    int64_t now = start;
    (void)state;
    pool_tend(&pool, &what, now);
    for (size_t i = 0; i < LENGTH(waits); i++) {
        kill_child(0, now);
        pool_tend(&pool, &what, now);
        assert_int_equal(pool_size(&pool), MIN - 1);
        pool_tend(&pool, &what, now + waits[i] - 1);
        CHECK(pool_size(&pool) == MIN - 1, "crash %zu: too early", i + 1);
        now += waits[i];
        pool_tend(&pool, &what, now);
        CHECK(pool_size(&pool) == MIN, "crash %zu: not after %lld us", i + 1, (long long)waits[i]);
        assert_int_equal(pool.crashes, (int)i + 1);
    }
    kill_child(0, now + 6 * second); /* it lived long enough */
    assert_int_equal(pool.crashes, 0);
    pool_tend(&pool, &what, now + 6 * second);
    assert_int_equal(pool_size(&pool), MIN);
    kill_child(0, now + 6 * second);
    pool_tend(&pool, &what, now + 6 * second + 100000); /* the first wait again */
    assert_int_equal(pool_size(&pool), MIN);
}

/* A reload may mend what made them crash: it does not wait. */
static void test_a_replacement_ends_the_back_off(void **state)
{
    (void)state;
    pool_tend(&pool, &what, start);
    for (int i = 0; i < 3; i++) {
        kill_child(0, start);
        pool_tend(&pool, &what, start + 10 * second * (i + 1));
        pool.children[0].started_us = start;
    }
    kill_child(0, start);
    pool_tend(&pool, &what, start);
    assert_int_equal(pool_size(&pool), MIN - 1);
    pool_replace(&pool);
    pool_tend(&pool, &what, start);
    assert_true(pool_size(&pool) >= MIN);
}

static void check_replacement(int size, int64_t now)
{
    int steps = 0;
    pool_replace(&pool);
    assert_int_equal(count_old(), size);
    for (int i; count_old() > 0; steps++) {
        assert_true(steps < 100);
        pool_tend(&pool, &what, now);
        assert_true(pool_size(&pool) <= size + 1);
        if ((i = retiring()) < 0)
            continue;
        assert_true(pool.children[i].is_old);
        assert_int_equal(pool_size(&pool) - 1, size); /* the new one is there first */
        pool_tend(&pool, &what, now);
        assert_int_equal(pool_size(&pool) - 1, size); /* one at a time */
        kill_child(i, now);
        set_all(WORKER_IDLE);
    }
    assert_int_equal(pool_size(&pool), size);
    assert_int_equal(pool.crashes, 0);
    assert_int_equal(pool.counts->deaths, 0);
}

static void test_replaces_one_by_one(void **state)
{
    (void)state;
    pool_tend(&pool, &what, start);
    set_all(WORKER_IDLE);
    check_replacement(MIN, start + second);
    grow_to_max();
    check_replacement(MAX, start + second); /* at the largest size, too */
}

static void test_retires_all(void **state)
{
    (void)state;
    pool_tend(&pool, &what, start);
    pool_retire(&pool, what.board);
    for (int i = 0; i < MIN; i++) {
        assert_true(pool.children[i].is_retiring && scoreboard_must_stop(what.board, FIRST_SLOT + i));
        kill_child(i, start);
    }
    assert_int_equal(pool.counts->deaths, 0);
    assert_int_equal(pool_size(&pool), 0);
}

static void test_a_process_of_somebody_else(void **state)
{
    (void)state;
    pool_tend(&pool, &what, start);
    assert_false(pool_reaped(&pool, getpid(), 0, start));
    assert_int_equal(pool_size(&pool), MIN);
}

#define POOL_TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POOL_TEST(test_starts_the_least),
        POOL_TEST(test_grows_while_all_are_busy),
        POOL_TEST(test_shrinks_after_half_a_minute),
        POOL_TEST(test_keeps_those_that_are_used),
        POOL_TEST(test_shrinks_to_a_new_maximum),
        POOL_TEST(test_a_death_later_on_is_made_good_at_once),
        POOL_TEST(test_backs_off),
        POOL_TEST(test_a_replacement_ends_the_back_off),
        POOL_TEST(test_replaces_one_by_one),
        POOL_TEST(test_retires_all),
        POOL_TEST(test_a_process_of_somebody_else),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
