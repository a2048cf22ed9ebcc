#include "server/pool.h"

#include "base/log.h"
#include "metrics/counts.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SOON_US = 5000000, /* a worker that dies this young crashed at its start */
    BACKOFF_FIRST_US = 100000,
    BACKOFF_MAX_US = 10000000,
    CRASH_LOOP = 5,
    SHRINK_AFTER_US = 30000000,
};

bool pool_init(struct pool *pool, struct pool_counts *counts, int socket, bool signs_in,
               int (*run)(const struct worker_setup *setup), int max, int first_slot)
{
    *pool = (struct pool){.name = counts->name,
                          .counts = counts,
                          .socket = socket,
                          .signs_in = signs_in,
                          .run = run,
                          .first_slot = first_slot};
    pool->max_children = 2 * max;
    pool->children = calloc((size_t)pool->max_children, sizeof *pool->children);
    return pool->children != NULL;
}

void pool_free(struct pool *pool)
{
    free(pool->children);
    pool->children = NULL;
}

int pool_size(const struct pool *pool)
{
    int n = 0;
    for (int i = 0; i < pool->max_children; i++)
        n += pool->children[i].pid > 0;
    return n;
}

/* The workers that stay. */
static int count_current(const struct pool *pool)
{
    int n = 0;
    for (int i = 0; i < pool->max_children; i++)
        n += pool->children[i].pid > 0 && !pool->children[i].is_retiring;
    return n;
}

static int count_in_state(const struct pool *pool, const struct scoreboard *board, enum worker_state state)
{
    int n = 0;
    for (int i = 0; i < pool->max_children; i++)
        n += pool->children[i].pid > 0 && !pool->children[i].is_retiring &&
             scoreboard_state(board, pool->first_slot + i) == state;
    return n;
}

static void run_child(const struct pool *pool, int i, const struct worker_setup *what, pid_t master)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* if the master is killed, no orphans remain */
    if (getppid() != master)
        _exit(EXIT_FAILURE);
    struct worker_setup setup = *what;
    setup.socket = pool->socket;
    setup.slot = pool->first_slot + i;
    setup.counts = metrics_counts(what->metrics, (size_t)setup.slot, pool->counts);
    setup.signs_in = pool->signs_in;
    setup.master = master;
    exit(pool->run(&setup));
}

static bool spawn(struct pool *pool, const struct worker_setup *what, int64_t now_us)
{
    int i = 0;
    while (i < pool->max_children && pool->children[i].pid > 0)
        i++;
    if (i == pool->max_children || now_us < pool->spawn_not_before_us)
        return false;
    scoreboard_set_state(what->board, pool->first_slot + i, WORKER_STARTING);
    scoreboard_set_stop(what->board, pool->first_slot + i, false);
    pid_t master = getpid(), pid = fork();
    if (pid == 0)
        run_child(pool, i, what, master);
    if (pid < 0) {
        LOG_ERROR("cannot start a worker", LOG_TEXT("pool", pool->name), LOG_TEXT("error", strerror(errno)));
        pool->spawn_not_before_us = now_us + BACKOFF_MAX_US;
        return false;
    }
    pool->children[i] = (struct child){.pid = pid, .started_us = now_us};
    return true;
}

static void retire(struct pool *pool, int i, struct scoreboard *board)
{
    pool->children[i].is_retiring = true;
    scoreboard_set_stop(board, pool->first_slot + i, true);
}

/* How many were asked to end and have not yet. */
static int count_retiring(const struct pool *pool)
{
    int n = 0;
    for (int i = 0; i < pool->max_children; i++)
        n += pool->children[i].pid > 0 && pool->children[i].is_retiring;
    return n;
}

/* One step of a replacement: a new worker is started, and then an old one may
 * go. */
static void replace_one(struct pool *pool, const struct worker_setup *what, int64_t now_us)
{
    for (int i = 0; i < pool->max_children; i++) {
        struct child *child = &pool->children[i];
        if (child->pid > 0 && child->is_old && !child->is_retiring) {
            if (spawn(pool, what, now_us))
                retire(pool, i, what->board);
            return;
        }
    }
}

static void shrink(struct pool *pool, struct scoreboard *board)
{
    for (int i = pool->max_children - 1; i >= 0; i--) {
        struct child *child = &pool->children[i];
        if (child->pid > 0 && !child->is_retiring && scoreboard_state(board, pool->first_slot + i) == WORKER_IDLE) {
            retire(pool, i, board);
            return;
        }
    }
}

/* For monitoring: all that are alive, including those about to end. */
static void tell_workers(const struct pool *pool, const struct scoreboard *board)
{
    int busy = 0;
    for (int i = 0; i < pool->max_children; i++)
        busy += pool->children[i].pid > 0 && scoreboard_state(board, pool->first_slot + i) != WORKER_IDLE;
    pool_counts_set_workers(pool->counts, busy, pool_size(pool) - busy);
}

void pool_tend(struct pool *pool, const struct worker_setup *what, int64_t now_us)
{
    struct scoreboard *board = what->board;
    if (count_retiring(pool) == 0)
        replace_one(pool, what, now_us);
    int current = count_current(pool), busy = count_in_state(pool, board, WORKER_BUSY);
    while (current < pool->min && spawn(pool, what, now_us))
        current++;
    /* All are busy: starts one more at a time, since each that starts will
     * help. */
    if (current >= pool->min && busy >= current && current < pool->max)
        spawn(pool, what, now_us);
    if (current <= pool->min || busy > current / 2)
        pool->idle_since_us = now_us;
    else if (current > pool->max || now_us - pool->idle_since_us > SHRINK_AFTER_US)
        shrink(pool, board);
    tell_workers(pool, board);
}

static void note_crash(struct pool *pool, const struct child *child, int wait_status, int64_t now_us)
{
    bool soon = now_us - child->started_us < SOON_US;
    pool_counts_add_death(pool->counts);
    pool->crashes = soon ? pool->crashes + 1 : 0;
    if (soon) {
        int64_t wait = BACKOFF_FIRST_US;
        for (int i = 1; i < pool->crashes && wait < BACKOFF_MAX_US; i++)
            wait *= 2;
        pool->spawn_not_before_us = now_us + (wait < BACKOFF_MAX_US ? wait : BACKOFF_MAX_US);
    }
    LOG_ERROR("a worker died", LOG_TEXT("pool", pool->name), LOG_INT("worker", child->pid),
              LOG_INT("signal", WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0),
              LOG_INT("exit", WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 0));
    if (pool->crashes >= CRASH_LOOP)
        LOG_ERROR("workers die as soon as they start: a crash loop; see the lines above, and 'orderzapctl doctor'",
                  LOG_TEXT("pool", pool->name), LOG_INT("in_a_row", pool->crashes));
}

bool pool_reaped(struct pool *pool, pid_t pid, int wait_status, int64_t now_us)
{
    for (int i = 0; i < pool->max_children; i++) {
        struct child *child = &pool->children[i];
        if (child->pid != pid)
            continue;
        if (!child->is_retiring)
            note_crash(pool, child, wait_status, now_us);
        *child = (struct child){0};
        return true;
    }
    return false;
}

void pool_replace(struct pool *pool)
{
    for (int i = 0; i < pool->max_children; i++)
        if (pool->children[i].pid > 0)
            pool->children[i].is_old = true;
    pool->crashes = 0;
    pool->spawn_not_before_us = 0;
}

void pool_retire(struct pool *pool, struct scoreboard *board)
{
    for (int i = 0; i < pool->max_children; i++)
        if (pool->children[i].pid > 0 && !pool->children[i].is_retiring)
            retire(pool, i, board);
}

void pool_kill(const struct pool *pool)
{
    for (int i = 0; i < pool->max_children; i++)
        if (pool->children[i].pid > 0)
            kill(pool->children[i].pid, SIGKILL);
}
