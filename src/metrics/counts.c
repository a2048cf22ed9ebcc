#include "metrics/counts.h"

#include "base/arena.h"
#include "base/clock.h"

#include <sys/mman.h>

enum { CACHE_LINE = 64 };

struct metrics {
    int64_t since_us;
    size_t n_slots, n_routes, n_pools;
    size_t block_size, size;
    char *blocks;
    struct pool_counts pools[POOLS_MAX];
    _Atomic(const struct pool_counts *) pool_of[]; /* one for each slot; NULL: nothing was counted there yet */
};

/* From a cached menu to a sign-in that queues for a processor. */
const int64_t histogram_bounds_us[HISTOGRAM_BOUNDS] = {1000,  2500,   5000,   10000,   25000,
                                                       50000, 100000, 250000, 1000000, 5000000};

static size_t round_up(size_t size)
{
    return (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
}

struct metrics *metrics_create(size_t n_slots, size_t n_routes, const char *const *pools, size_t n_pools)
{
    size_t head = round_up(sizeof(struct metrics) + n_slots * sizeof(const struct pool_counts *));
    size_t block_size = round_up(sizeof(struct counts) + n_routes * sizeof(struct route_counts));
    size_t size = head + n_slots * block_size;
    if (n_pools > POOLS_MAX)
        return NULL;
    /* The kernel provides a page when it is first touched: unused slots cost
     * nothing. */
    struct metrics *m = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (m == MAP_FAILED)
        return NULL;
    *m = (struct metrics){.since_us = clock_real_us(),
                          .n_slots = n_slots,
                          .n_routes = n_routes,
                          .n_pools = n_pools,
                          .block_size = block_size,
                          .size = size,
                          .blocks = (char *)m + head};
    for (size_t i = 0; i < n_pools; i++)
        m->pools[i].name = pools[i];
    return m;
}

void metrics_destroy(struct metrics **metrics)
{
    if (*metrics != NULL)
        munmap(*metrics, (*metrics)->size);
    *metrics = NULL;
}

int64_t metrics_since_us(const struct metrics *metrics)
{
    return metrics->since_us;
}

struct pool_counts *metrics_pool(struct metrics *metrics, size_t i)
{
    return i < metrics->n_pools ? &metrics->pools[i] : NULL;
}

static struct counts *block(const struct metrics *metrics, size_t slot)
{
    return (struct counts *)(void *)(metrics->blocks + slot * metrics->block_size);
}

struct counts *metrics_counts(struct metrics *metrics, size_t slot, const struct pool_counts *pool)
{
    atomic_store_explicit(&metrics->pool_of[slot], pool, memory_order_relaxed);
    return block(metrics, slot);
}

static uint64_t get(const counter *c)
{
    return atomic_load_explicit(c, memory_order_acquire);
}

/* Nobody else writes here, so a plain store suffices. It becomes visible after
 * what was written before: no count without its status. */
static void add(counter *c, uint64_t n)
{
    atomic_store_explicit(c, get(c) + n, memory_order_release);
}

/* Status 0 stands for those that found no place. */
static void add_answers(struct route_counts *route, int status, uint64_t n)
{
    int i = status == 0 ? STATUSES_MAX - 1 : 0;
    for (; i < STATUSES_MAX - 1; i++) {
        int found = atomic_load_explicit(&route->answers[i].status, memory_order_relaxed);
        if (found == 0)
            atomic_store_explicit(&route->answers[i].status, status, memory_order_relaxed);
        if (found == 0 || found == status)
            break;
    }
    add(&route->answers[i].n, n);
}

static void add_time(struct histogram *histogram, int64_t us)
{
    int i = 0;
    while (i < HISTOGRAM_BOUNDS && us > histogram_bounds_us[i])
        i++;
    add(&histogram->buckets[i], 1);
    add(&histogram->sum_us, (uint64_t)us);
}

void counts_add_request(struct counts *counts, const struct served *served)
{
    struct route_counts *route = &counts->routes[served->route];
    add_answers(route, served->status, 1);
    add_time(&route->duration, served->duration_us);
    add(&route->database_us, (uint64_t)served->database_us);
    add_time(&counts->queue, served->waited_us);
    add(&counts->too_old, served->too_old);
}

void counts_add_connects(struct counts *counts, int64_t made, int64_t failed)
{
    add(&counts->connects, (uint64_t)made);
    add(&counts->failed_connects, (uint64_t)failed);
}

void counts_add_event(struct counts *counts, bool posted)
{
    add(posted ? &counts->events : &counts->failed_events, 1);
}

void counts_set_relayed(struct counts *counts, int64_t now_us)
{
    atomic_store_explicit(&counts->relayed_at_us, (uint64_t)now_us, memory_order_relaxed);
}

void pool_counts_set_workers(struct pool_counts *pool, int busy, int idle)
{
    atomic_store_explicit(&pool->busy, busy, memory_order_relaxed);
    atomic_store_explicit(&pool->idle, idle, memory_order_relaxed);
}

void pool_counts_add_death(struct pool_counts *pool)
{
    add(&pool->deaths, 1);
}

static void sum_histogram(struct histogram *sum, const struct histogram *part)
{
    for (int i = 0; i <= HISTOGRAM_BOUNDS; i++)
        add(&sum->buckets[i], get(&part->buckets[i]));
    add(&sum->sum_us, get(&part->sum_us));
}

static void sum_route(struct route_counts *sum, const struct route_counts *part)
{
    for (int i = 0; i < STATUSES_MAX; i++) {
        uint64_t n = get(&part->answers[i].n);
        if (n > 0)
            add_answers(sum, atomic_load_explicit(&part->answers[i].status, memory_order_relaxed), n);
    }
    sum_histogram(&sum->duration, &part->duration);
    add(&sum->database_us, get(&part->database_us));
}

static void sum_counts(struct counts *sum, const struct counts *part, size_t n_routes)
{
    sum_histogram(&sum->queue, &part->queue);
    add(&sum->too_old, get(&part->too_old));
    counts_add_connects(sum, (int64_t)get(&part->connects), (int64_t)get(&part->failed_connects));
    add(&sum->events, get(&part->events));
    add(&sum->failed_events, get(&part->failed_events));
    if (get(&part->relayed_at_us) > get(&sum->relayed_at_us))
        counts_set_relayed(sum, (int64_t)get(&part->relayed_at_us));
    for (size_t i = 0; i < n_routes; i++)
        sum_route(&sum->routes[i], &part->routes[i]);
}

const struct counts *metrics_sum(const struct metrics *metrics, const struct pool_counts *pool, struct arena *arena)
{
    struct counts *sum = arena_alloc(arena, metrics->block_size);
    for (size_t i = 0; i < metrics->n_slots; i++) {
        const struct pool_counts *its = atomic_load_explicit(&metrics->pool_of[i], memory_order_relaxed);
        if (its != NULL && (pool == NULL || its == pool))
            sum_counts(sum, block(metrics, i), metrics->n_routes);
    }
    return sum;
}

uint64_t histogram_count(const struct histogram *histogram)
{
    uint64_t n = 0;
    for (int i = 0; i <= HISTOGRAM_BOUNDS; i++)
        n += get(&histogram->buckets[i]);
    return n;
}
