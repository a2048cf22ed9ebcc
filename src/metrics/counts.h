/* What master, workers and relay count, in memory that they share. Each child
 * counts in the block of its slot, and the slot's next owner goes on with it.
 * A worker that answers /metrics adds up all blocks. So each number has one
 * writer at a time: counting needs neither a lock nor a system call, and a
 * count outlives its child. All times are microseconds. */
#ifndef OZ_METRICS_COUNTS_H
#define OZ_METRICS_COUNTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

typedef _Atomic uint64_t counter;

enum { HISTOGRAM_BOUNDS = 10, STATUSES_MAX = 20, POOLS_MAX = 4 };

/* Number of durations in (previous bound, this bound]. */
struct histogram {
    counter buckets[HISTOGRAM_BOUNDS + 1]; /* the last: longer than all bounds */
    counter sum_us;
};

extern const int64_t histogram_bounds_us[HISTOGRAM_BOUNDS];

struct route_counts {
    struct {
        _Atomic int status; /* 0: the place is free; the last place takes those that find none */
        counter n;
    } answers[STATUSES_MAX];
    struct histogram duration;
    counter database_us;
};

/* A block, or the sum of some. */
struct counts {
    struct histogram queue; /* how long requests waited for a worker */
    counter too_old;        /* those that waited too long and were refused */
    counter connects, failed_connects;
    counter events, failed_events; /* of the relay */
    counter relayed_at_us;         /* when it had nothing left to post; 0: never */
    struct route_counts routes[];
};

/* A pool of children; only the master writes here. */
struct pool_counts {
    const char *name;
    _Atomic int busy, idle;
    counter deaths;
};

struct metrics;

/* Made before the first fork; all counts begin at zero. `pools`: their names,
 * static. NULL if there is no shared memory. */
struct metrics *metrics_create(size_t n_slots, size_t n_routes, const char *const *pools, size_t n_pools);
void metrics_destroy(struct metrics **metrics);

/* When they began, in microseconds since 1970. */
int64_t metrics_since_us(const struct metrics *metrics);
/* NULL after the last. */
struct pool_counts *metrics_pool(struct metrics *metrics, size_t i);
/* Where a child of the pool counts. */
struct counts *metrics_counts(struct metrics *metrics, size_t slot, const struct pool_counts *pool);
/* The sum over a pool; over all with NULL. */
const struct counts *metrics_sum(const struct metrics *metrics, const struct pool_counts *pool, struct arena *arena);

/* An answered request. */
struct served {
    size_t route;
    int status;
    int64_t waited_us, duration_us, database_us;
    bool too_old;
};

void counts_add_request(struct counts *counts, const struct served *served);
void counts_add_connects(struct counts *counts, int64_t made, int64_t failed);
void counts_add_event(struct counts *counts, bool posted);
void counts_set_relayed(struct counts *counts, int64_t now_us);

void pool_counts_set_workers(struct pool_counts *pool, int busy, int idle);
void pool_counts_add_death(struct pool_counts *pool);

/* The total number. */
uint64_t histogram_count(const struct histogram *histogram);

#endif
