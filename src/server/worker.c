#include "server/worker.h"

#include "api/dispatch.h"
#include "api/routes.h"
#include "auth/password.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "conf/conf.h"
#include "db/db.h"
#include "http/request.h"
#include "metrics/counts.h"
#include "relay/relay.h"
#include "server/fcgi.h"
#include "server/scoreboard.h"
#include "server/wake.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stop_signalled;

static void on_signal(int signal)
{
    if (signal == SIGTERM)
        stop_signalled = 1;
}

/* Without SA_RESTART, so that a waiting accept() returns. */
static void install_handlers(void)
{
    struct sigaction handle = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
    sigset_t none;
    sigaction(SIGTERM, &handle, NULL);
    sigaction(SIGUSR1, &ignore, NULL); /* the scoreboard tells that the log was rotated */
    sigaction(SIGHUP, &ignore, NULL);
    sigaction(SIGINT, &ignore, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Its master was killed. Nobody removes the socket, so guests would keep
 * coming. */
static bool is_orphan(const struct worker_setup *setup)
{
    return getppid() != setup->master;
}

static bool must_stop(const struct worker_setup *setup)
{
    return stop_signalled || scoreboard_must_stop(setup->board, setup->slot) || is_orphan(setup);
}

static bool is_waiting(int socket)
{
    struct pollfd fd = {.fd = socket, .events = POLLIN};
    return poll(&fd, 1, 0) == 1;
}

struct worker {
    const struct worker_setup *setup;
    struct fcgi *fcgi;
    struct request request;
    unsigned log_rotation;
    struct db_work counted; /* the database's work up to the last answer */
    bool has_rested;        /* freed memory was returned to the system since the last answer */
};

/* Reopens a rotated log before the next line is written. */
static void follow_log(const struct scoreboard *board, unsigned *seen)
{
    unsigned now = scoreboard_log_rotation(board);
    if (now != *seen)
        log_reopen();
    *seen = now;
}

/* One line per request: what was asked for, by its route, never its content. */
static void log_access(const struct request *r, int64_t database_us, bool sent)
{
    const char *role = role_name(r->who.role);
    LOG_INFO("access", LOG_TEXT("request_id", r->id), LOG_TEXT("method", r->method),
             LOG_TEXT("route", r->route != NULL ? r->route->pattern : "-"), LOG_INT("status", r->response.status),
             LOG_INT("duration_us", clock_monotonic_us() - r->started_us), LOG_INT("database_us", database_us),
             LOG_INT("waited_ms", r->waited_ms),
             LOG_TEXT("restaurant", r->restaurant_id != NULL ? r->restaurant_id : ""),
             LOG_TEXT("role", role != NULL ? role : ""), LOG_INT("sent", sent));
}

/* Counts the answer and the database's part in it; returns the microseconds of
 * that. Called before the answer is sent: whoever has an answer finds it
 * counted. */
static int64_t count(struct worker *w)
{
    const struct request *r = &w->request;
    struct db_work done = db_work(r->db), counted = w->counted;
    int64_t database_us = done.time_us - counted.time_us;
    counts_add_connects(w->setup->counts, done.connects - counted.connects,
                        done.failed_connects - counted.failed_connects);
    counts_add_request(w->setup->counts, &(struct served){
                                             .route = r->route != NULL ? (size_t)(r->route - routes) : n_routes,
                                             .status = r->response.status,
                                             .waited_us = r->waited_ms * 1000,
                                             .duration_us = clock_monotonic_us() - r->started_us,
                                             .database_us = database_us,
                                             .too_old = request_is_too_old(r),
                                         });
    w->counted = done;
    return database_us;
}

/* A fifth of a second without a request. Memory used for a long list would
 * otherwise stay with the process. */
static void rest(struct worker *w)
{
    if (!w->has_rested)
        malloc_trim(0);
    w->has_rested = true;
}

/* Sends the answer, the last piece of it after it was counted. */
static void answer(struct worker *w)
{
    struct request *r = &w->request;
    bool sent = true, whole = true;
    while (r->response.has_more && sent && whole) {
        sent = fcgi_send(w->fcgi, r);
        if (sent)
            whole = dispatch_next(r);
        else
            dispatch_abandon(r);
    }
    int64_t database_us = count(w);
    if (sent && whole)
        sent = fcgi_answer(w->fcgi, r);
    else
        fcgi_break_off(w->fcgi);
    follow_log(w->setup->board, &w->log_rotation);
    log_access(r, database_us, sent && whole);
}

static void serve_one(struct worker *w)
{
    const struct worker_setup *setup = w->setup;
    struct request *r = &w->request;
    if (!fcgi_accept(w->fcgi, r)) {
        /* Neither idle nor a signal: perhaps too few descriptors. Do not spin. */
        if (errno != EAGAIN && !must_stop(setup))
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        request_reset(r);
        follow_log(setup->board, &w->log_rotation);
        rest(w);
        return;
    }
    w->has_rested = false;
    scoreboard_set_state(setup->board, setup->slot, WORKER_BUSY);
    follow_log(setup->board, &w->log_rotation);
    dispatch(r);
    if (r->route != NULL && r->route->transaction != TX_READ && r->response.status < 300)
        wake_relay(setup->conf);
    answer(w);
    request_reset(r);
    scoreboard_set_state(setup->board, setup->slot, WORKER_IDLE);
}

/* Connects and prepares before the first request. */
static void connect_database(struct worker *w)
{
    const struct conf *conf = w->setup->conf;
    struct request *r = &w->request;
    r->db = db_create(conf->database_url, "orderzapd", conf->database_timeout_ms, DB_WORKER);
    db_set_outboxes(r->db, (struct outboxes){conf->convex_url[0] != '\0', conf->rt_dir[0] != '\0'});
    db_start(r->db, r->arena);
    w->counted = db_work(r->db);
    counts_add_connects(w->setup->counts, w->counted.connects, w->counted.failed_connects);
}

int worker_run(const struct worker_setup *setup)
{
    install_handlers();
    srandom((unsigned)(getpid() ^ (int)clock_real_us()));
    if (setup->signs_in && !password_prepare())
        LOG_WARN("no memory to check passwords; sign-ins will be refused", LOG_INT("pid", getpid()));
    struct worker w = {.setup = setup, .fcgi = fcgi_create(setup->socket), .log_rotation = setup->log_rotation};
    if (w.fcgi == NULL) {
        LOG_ERROR("FastCGI cannot start", LOG_INT("socket", setup->socket));
        return EX_OSERR;
    }
    struct request *r = &w.request;
    *r = (struct request){.conf = setup->conf, .keys = setup->keys, .arena = arena_create(), .metrics = setup->metrics};
    connect_database(&w);
    scoreboard_set_state(setup->board, setup->slot, WORKER_IDLE);

    while (!must_stop(setup) || (!is_orphan(setup) && is_waiting(setup->socket)))
        serve_one(&w);

    request_reset(r);
    db_destroy(&r->db);
    arena_destroy(&r->arena);
    fcgi_destroy(&w.fcgi);
    return EX_OK;
}

struct relaying {
    const struct worker_setup *setup;
    unsigned log_rotation;
};

/* Called at each look, at least once a second. */
static bool relay_must_stop(void *context)
{
    struct relaying *relaying = context;
    follow_log(relaying->setup->board, &relaying->log_rotation);
    return must_stop(relaying->setup);
}

int worker_relay(const struct worker_setup *setup)
{
    struct conf *own;
    char error[CONF_ERROR_SIZE];
    install_handlers();
    prctl(PR_SET_NAME, "orderzap-relay");
    /* It reads its connection itself: master and workers never hold it. */
    if (!conf_load(setup->conf_path, CONF_RELAY, &own, error) || !conf_check_relay(own, error)) {
        LOG_ERROR("the relay cannot start", LOG_TEXT("error", error));
        return EX_CONFIG;
    }
    scoreboard_set_state(setup->board, setup->slot, WORKER_IDLE);
    struct relaying relaying = {setup, setup->log_rotation};
    int status =
        relay_run(setup->conf, own->database_relay_url, setup->socket, setup->counts, relay_must_stop, &relaying);
    conf_free(&own);
    return status;
}
