/* A pool of workers on one socket: kept at its size, replaced when they die,
 * grown when all are busy, retired one by one. */
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
    bool is_old;      /* of a configuration that was replaced */
    bool is_retiring; /* was told to end */
};

struct pool {
    const char *name;
    struct pool_counts *counts;
    int socket;
    bool signs_in;
    int (*run)(const struct worker_setup *setup);
    int min, max;
    int first_slot; /* of the scoreboard; children has max_children slots from it */
    struct child *children;
    int max_children;
    int crashes; /* in a row, soon after their start */
    int64_t spawn_not_before_us;
    int64_t idle_since_us; /* since when more than `min` workers have had nothing to do */
};

/* Room for twice `max` workers, since a reload has old and new ones. False if
 * memory is short. */
bool pool_init(struct pool *pool, struct pool_counts *counts, int socket, bool signs_in,
               int (*run)(const struct worker_setup *setup), int max, int first_slot);
void pool_free(struct pool *pool);

/* Starts what is missing, one that is needed, ends what is too much; goes on
 * with a replacement. In a child it does not return. `what` tells what all
 * workers have: settings, keys, scoreboard and metrics. */
void pool_tend(struct pool *pool, const struct worker_setup *what, int64_t now_us);

/* Notes that the process has ended. False if it was none of this pool. */
bool pool_reaped(struct pool *pool, pid_t pid, int wait_status, int64_t now_us);

/* Has every worker replaced, one by one, the new one first. */
void pool_replace(struct pool *pool);
/* Has every worker end when it has answered what waits; to be called again
 * until they have. */
void pool_retire(struct pool *pool, struct scoreboard *board);
/* Ends them at once. */
void pool_kill(const struct pool *pool);
int pool_size(const struct pool *pool);

#endif
