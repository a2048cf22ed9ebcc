/* A pool of workers on one socket: kept at its size, replaced when they die,
 * grown if all are busy, retired one by one. */
#ifndef OZ_SERVER_POOL_H
#define OZ_SERVER_POOL_H

#include "server/scoreboard.h"
#include "server/worker.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct pool_counts;

struct child {
    pid_t pid; /* 0: the slot is free */
    int64_t started_us;
    bool is_old;      /* runs with a configuration that was replaced */
    bool is_retiring; /* was asked to end */
};

struct pool {
    const char *name;
    struct pool_counts *counts;
    int socket;
    bool signs_in;
    int (*run)(const struct worker_setup *setup);
    int min, max;
    int first_slot; /* in the scoreboard; children has max_children slots from it */
    struct child *children;
    int max_children;
    int crashes; /* deaths in a row, soon after the start */
    int64_t spawn_not_before_us;
    int64_t idle_since_us; /* since when more than `min` workers have had nothing to do */
};

/* Makes room for twice `max` workers, since a reload has old and new ones.
 * False if memory runs out. */
bool pool_init(struct pool *pool, struct pool_counts *counts, int socket, bool signs_in,
               int (*run)(const struct worker_setup *setup), int max, int first_slot);
void pool_free(struct pool *pool);

/* Starts missing workers, one more if needed; ends surplus ones; continues a
 * replacement. Does not return in a child. `what`: what all workers share:
 * settings, keys, scoreboard and metrics. */
void pool_tend(struct pool *pool, const struct worker_setup *what, int64_t now_us);

/* Notes that the process has ended. False if it is not of this pool. */
bool pool_reaped(struct pool *pool, pid_t pid, int wait_status, int64_t now_us);

/* Replaces every worker, one by one, starting the new one first. */
void pool_replace(struct pool *pool);
/* Ends every worker once it has answered what waits; call again until they
 * have ended. */
void pool_retire(struct pool *pool, struct scoreboard *board);
/* Kills them at once. */
void pool_kill(const struct pool *pool);
int pool_size(const struct pool *pool);

#endif
