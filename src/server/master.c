#include "server/master.h"

#include "api/routes.h"
#include "auth/keys.h"
#include "base/clock.h"
#include "base/log.h"
#include "conf/conf.h"
#include "metrics/counts.h"
#include "server/listen.h"
#include "server/pool.h"
#include "server/scoreboard.h"
#include "server/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum {
    ERROR_SIZE = 256,
    TICK_NS = 50000000,
    ORPHANS_US = 15000000,
    WORKER_SLOTS = CONF_MAX_pool_max,
    LOGIN_SLOTS = CONF_MAX_login_workers,
    RELAY_SLOTS = 2
};
enum { POOL_WORKERS, POOL_LOGIN, POOL_RELAY, POOLS };

static const char *const pool_names[POOLS] = {"workers", "login", "relay"};

_Static_assert(2 * (WORKER_SLOTS + LOGIN_SLOTS + RELAY_SLOTS) <= WORKERS_MAX,
               "every worker needs a place on the scoreboard");

struct master {
    struct conf *conf;
    struct auth_keys keys; /* of conf; workers inherit them at the fork */
    const char *conf_path;
    int lock;
    char pid_path[LISTEN_PATH_SIZE], socket_paths[POOLS][LISTEN_PATH_SIZE];
    int sockets[POOLS];
    struct pool pools[POOLS];
    struct scoreboard *board;
    struct metrics *metrics;
    sigset_t signals;
};

static bool fail(char error[ERROR_SIZE], const char *path, const char *what)
{
    snprintf(error, ERROR_SIZE, "%.120s: %s: %s", path, what, strerror(errno));
    return false;
}

/* A whole file, for fcntl(). Such a lock belongs to one process, unlike that
 * of flock(), which its children share. */
static struct flock whole_file(void)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

/* Whether a master is alive. If not, the file is held by workers of one that
 * was killed, which end soon. */
static bool has_master(int file)
{
    struct flock held = whole_file();
    return fcntl(file, F_GETLK, &held) != 0 || held.l_type != F_UNLCK;
}

static bool take_lock(int file)
{
    int64_t deadline_us = clock_monotonic_us() + ORPHANS_US;
    while (flock(file, LOCK_EX | LOCK_NB) != 0) {
        if (has_master(file) || clock_monotonic_us() > deadline_us)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = TICK_NS}, NULL);
    }
    return true;
}

static bool take_run_dir(struct master *m, char error[ERROR_SIZE])
{
    const char *dir = m->conf->run_dir;
    if (mkdir(dir, 0755) != 0 && errno != EEXIST)
        return fail(error, dir, "cannot make RUN_DIR");
    snprintf(m->pid_path, sizeof m->pid_path, "%s/orderzapd.pid", dir);
    m->lock = open(m->pid_path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (m->lock < 0)
        return fail(error, m->pid_path, "cannot open it");
    if (!take_lock(m->lock)) {
        snprintf(error, ERROR_SIZE, "%.120s is held by a running orderzapd: stop it first", m->pid_path);
        return false;
    }
    return true;
}

static bool open_sockets(struct master *m, char error[ERROR_SIZE])
{
    static const struct {
        bool signs_in;
        int (*run)(const struct worker_setup *setup);
        int slots, first_slot;
    } kinds[POOLS] = {
        {false, worker_run, WORKER_SLOTS, 0},
        {true, worker_run, LOGIN_SLOTS, 2 * WORKER_SLOTS},
        {false, worker_relay, RELAY_SLOTS, 2 * (WORKER_SLOTS + LOGIN_SLOTS)},
    };
    for (int i = 0; i < POOLS; i++) {
        snprintf(m->socket_paths[i], sizeof m->socket_paths[i], "%s/%s.sock", m->conf->run_dir, pool_names[i]);
        m->sockets[i] = i == POOL_RELAY ? wake_listen(m->conf, error)
                                        : listen_unix(m->socket_paths[i], m->conf->socket_group, error);
        if (m->sockets[i] < 0) {
            m->socket_paths[i][0] = '\0';
            return false;
        }
        if (!pool_init(&m->pools[i], metrics_pool(m->metrics, (size_t)i), m->sockets[i], kinds[i].signs_in,
                       kinds[i].run, kinds[i].slots, kinds[i].first_slot)) {
            errno = ENOMEM;
            return fail(error, pool_names[i], "pool");
        }
    }
    return true;
}

static void size_pools(struct master *m)
{
    m->pools[POOL_WORKERS].min = m->conf->pool_min;
    m->pools[POOL_WORKERS].max = m->conf->pool_max;
    m->pools[POOL_LOGIN].min = m->pools[POOL_LOGIN].max = m->conf->login_workers;
    m->pools[POOL_RELAY].min = m->pools[POOL_RELAY].max = m->conf->rt_dir[0] != '\0' ? 1 : 0;
}

struct master *master_create(struct conf *conf, const char *conf_path, char error[ERROR_SIZE])
{
    struct master *m = calloc(1, sizeof *m);
    if (m == NULL) {
        snprintf(error, ERROR_SIZE, "out of memory");
        return NULL;
    }
    m->conf = conf;
    m->conf_path = conf_path;
    m->lock = -1;
    for (int i = 0; i < POOLS; i++)
        m->sockets[i] = -1;
    m->board = scoreboard_create();
    m->metrics = metrics_create(WORKERS_MAX, n_routes + 1, pool_names, POOLS); /* and one for unknown routes */
    bool shared = m->board != NULL && m->metrics != NULL;
    if (!shared)
        fail(error, "scoreboard and metrics", "shared memory");
    if (!shared || !take_run_dir(m, error) || !open_sockets(m, error)) {
        master_destroy(&m);
        return NULL;
    }
    size_pools(m);
    return m;
}

bool master_load_keys(struct master *m, char error[AUTH_ERROR_SIZE])
{
    return auth_keys_load(m->conf, &m->keys, error);
}

/* Called in the process that stays. */
static void write_pid(const struct master *m)
{
    struct flock mine = whole_file();
    if (fcntl(m->lock, F_SETLK, &mine) != 0)
        LOG_WARN("cannot lock the process id file", LOG_TEXT("path", m->pid_path));
    if (ftruncate(m->lock, 0) != 0 || dprintf(m->lock, "%d\n", (int)getpid()) < 0)
        LOG_WARN("cannot write the process id file", LOG_TEXT("path", m->pid_path));
}

/* At most a quarter of the memory for passwords. */
static void check_login_memory(const struct conf *conf)
{
    int64_t memory = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    int64_t needed = (int64_t)conf->login_workers * 19 * 1024 * 1024;
    if (memory > 0 && needed > memory / 4)
        LOG_WARN("LOGIN_WORKERS times 19 MiB is more than a quarter of the memory: set fewer",
                 LOG_INT("login_workers", conf->login_workers));
}

/* The current settings and keys; NULL if they are invalid. */
static struct conf *load_again(const struct master *m, struct auth_keys *keys)
{
    struct conf *fresh;
    char error[CONF_ERROR_SIZE];
    if (conf_load(m->conf_path, CONF_SERVER, &fresh, error) && conf_check_server(fresh, error) &&
        auth_keys_load(fresh, keys, error))
        return fresh;
    LOG_ERROR("reload refused: the old settings stay", LOG_TEXT("error", error));
    conf_free(&fresh);
    return NULL;
}

static void tell_fixed(const char *key, bool is_site)
{
    if (is_site)
        LOG_INFO("a changed setting is of nginx's site: run 'orderzapctl site' again and reload nginx",
                 LOG_TEXT("setting", key));
    else
        LOG_WARN("a changed setting needs a restart; the old value stays until then", LOG_TEXT("setting", key));
}

/* Logs what the operator may not have intended. */
static void tell_odd(const struct conf *conf)
{
    if (conf->overridden != NULL)
        LOG_WARN("the environment overrides the settings file", LOG_TEXT("setting", conf->overridden));
    if (conf->misplaced != NULL)
        LOG_WARN("a secret that orderzapd's workers do not need is in the settings: " CONF_MISPLACED,
                 LOG_TEXT("setting", conf->misplaced));
}

/* Reads and checks the new settings first; if they are invalid, the old ones
 * and their workers stay. */
static void reload(struct master *m)
{
    struct auth_keys keys = {0};
    struct conf *fresh = load_again(m, &keys);
    if (fresh != NULL)
        m->keys = keys;
    explicit_bzero(&keys, sizeof keys);
    if (fresh == NULL)
        return;
    conf_keep_fixed(fresh, m->conf, tell_fixed);
    conf_free(&m->conf);
    m->conf = fresh;
    enum log_level level = LOG_LEVEL_INFO;
    log_level_parse(fresh->log_level, &level);
    if (!log_open(level, fresh->log_file))
        LOG_ERROR("cannot open the new log file; the old one stays", LOG_TEXT("path", fresh->log_file),
                  LOG_TEXT("error", strerror(errno)));
    tell_odd(m->conf);
    size_pools(m);
    for (int i = 0; i < POOLS; i++)
        pool_replace(&m->pools[i]);
    LOG_INFO("reloaded: replacing the workers one by one", LOG_INT("workers", m->conf->pool_min));
}

static void reap(struct master *m)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (int i = 0; i < POOLS; i++)
            pool_reaped(&m->pools[i], pid, status, clock_monotonic_us());
}

/* The next signal, 0 after a tick without one. */
static int next_signal(const struct master *m)
{
    int signal = sigtimedwait(&m->signals, NULL, &(struct timespec){.tv_nsec = TICK_NS});
    return signal > 0 ? signal : 0;
}

static int count_workers(const struct master *m)
{
    int n = 0;
    for (int i = 0; i < POOLS; i++)
        n += pool_size(&m->pools[i]);
    return n;
}

/* No new request can arrive; those that did are answered. */
static void stop(struct master *m)
{
    int64_t deadline_us = clock_monotonic_us() + (int64_t)m->conf->shutdown_seconds * 1000000;
    LOG_INFO("stopping", LOG_INT("workers", count_workers(m)));
    for (int i = 0; i < POOLS; i++) {
        unlink(m->socket_paths[i]);
        m->socket_paths[i][0] = '\0';
        close(m->sockets[i]);
        m->sockets[i] = -1;
    }
    while (count_workers(m) > 0) {
        bool late = clock_monotonic_us() > deadline_us;
        if (late)
            LOG_WARN("killing workers that did not finish in time", LOG_INT("workers", count_workers(m)));
        for (int i = 0; i < POOLS; i++) {
            if (late)
                pool_kill(&m->pools[i]);
            else
                pool_retire(&m->pools[i], m->board);
        }
        next_signal(m);
        reap(m);
    }
    LOG_INFO("stopped", LOG_INT("workers", 0));
}

/* Signals are blocked and taken one by one with sigtimedwait(). */
static void block_signals(struct master *m)
{
    static const int wanted[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGCHLD};
    sigemptyset(&m->signals);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        sigaddset(&m->signals, wanted[i]);
    sigprocmask(SIG_BLOCK, &m->signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int master_run(struct master *m)
{
    block_signals(m);
    write_pid(m);
    listen_check_backlog();
    check_login_memory(m->conf);
    tell_odd(m->conf);
    LOG_INFO("started", LOG_INT("workers", m->conf->pool_min), LOG_INT("login_workers", m->conf->login_workers),
             LOG_TEXT("run_dir", m->conf->run_dir));
    for (;;) {
        const struct worker_setup what = {.conf = m->conf,
                                          .conf_path = m->conf_path,
                                          .keys = &m->keys,
                                          .board = m->board,
                                          .metrics = m->metrics,
                                          .log_rotation = scoreboard_log_rotation(m->board)};
        for (int i = 0; i < POOLS; i++)
            pool_tend(&m->pools[i], &what, clock_monotonic_us());
        switch (next_signal(m)) {
        case SIGTERM:
        case SIGINT:
        case SIGQUIT:
            stop(m);
            return EX_OK;
        case SIGHUP:
            reload(m);
            break;
        case SIGUSR1:
            if (!log_reopen())
                LOG_ERROR("cannot reopen the log file; the old one stays", LOG_TEXT("error", strerror(errno)));
            scoreboard_rotate_log(m->board);
            break;
        default:
            break;
        }
        reap(m);
    }
}

void master_destroy(struct master **master)
{
    struct master *m = *master;
    if (m == NULL)
        return;
    for (int i = POOLS - 1; i >= 0; i--) {
        pool_free(&m->pools[i]);
        if (m->sockets[i] >= 0)
            close(m->sockets[i]);
        if (m->socket_paths[i][0] != '\0')
            unlink(m->socket_paths[i]);
    }
    if (m->lock >= 0) {
        if (flock(m->lock, LOCK_EX | LOCK_NB) == 0)
            unlink(m->pid_path);
        close(m->lock);
    }
    metrics_destroy(&m->metrics);
    scoreboard_destroy(&m->board);
    conf_free(&m->conf);
    explicit_bzero(&m->keys, sizeof m->keys);
    free(m);
    *master = NULL;
}
