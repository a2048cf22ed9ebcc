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
#include "relay/relay.h"
#include "server/fcgi.h"
#include "server/scoreboard.h"
#include "server/wake.h"

#include <errno.h>
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

/* Without SA_RESTART, so that an accept() that waits returns. */
static void install_handlers(void)
{
    struct sigaction handle = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
    sigset_t none;
    sigaction(SIGTERM, &handle, NULL);
    sigaction(SIGUSR1, &ignore, NULL); /* the scoreboard tells of a rotated log */
    sigaction(SIGHUP, &ignore, NULL);
    sigaction(SIGINT, &ignore, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Its master was killed. Nobody unlinks the socket, so guests would keep coming. */
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

/* One line a request: what was asked for by its route, never its content. */
static void log_access(const struct request *r, bool sent)
{
    const char *role = role_name(r->who.role);
    LOG_INFO("access", LOG_TEXT("request_id", r->id), LOG_TEXT("method", r->method),
             LOG_TEXT("route", r->route != NULL ? r->route->pattern : "-"), LOG_INT("status", r->response.status),
             LOG_INT("duration_us", clock_monotonic_us() - r->started_us), LOG_INT("database_us", db_time_us(r->db)),
             LOG_INT("waited_ms", r->waited_ms),
             LOG_TEXT("restaurant", r->restaurant_id != NULL ? r->restaurant_id : ""),
             LOG_TEXT("role", role != NULL ? role : ""), LOG_INT("sent", sent));
}

/* A log that was rotated is opened anew before the next line goes into it. */
static void follow_log(const struct worker_setup *setup, unsigned *rotation)
{
    unsigned now = scoreboard_log_rotation(setup->board);
    if (now != *rotation)
        log_reopen();
    *rotation = now;
}

static void serve_one(struct fcgi *fcgi, struct request *r, const struct worker_setup *setup, unsigned *rotation)
{
    if (!fcgi_accept(fcgi, r)) {
        /* Neither a while without a request nor a signal: perhaps too few descriptors. Do not spin. */
        if (errno != EAGAIN && !must_stop(setup))
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        request_reset(r);
        return;
    }
    scoreboard_set_state(setup->board, setup->slot, WORKER_BUSY);
    follow_log(setup, rotation);
    dispatch(r);
    if (r->route != NULL && r->route->transaction != TX_READ && r->response.status < 300)
        wake_relay(setup->conf);
    bool sent = fcgi_answer(fcgi, r);
    log_access(r, sent);
    request_reset(r);
    scoreboard_set_state(setup->board, setup->slot, WORKER_IDLE);
}

int worker_run(const struct worker_setup *setup)
{
    install_handlers();
    srandom((unsigned)(getpid() ^ (int)clock_real_us()));
    if (setup->signs_in && !password_prepare())
        LOG_WARN("no memory to check passwords; sign-ins will be refused", LOG_INT("pid", getpid()));
    struct fcgi *fcgi = fcgi_create(setup->socket);
    if (fcgi == NULL) {
        LOG_ERROR("FastCGI cannot start", LOG_INT("socket", setup->socket));
        return EX_OSERR;
    }
    struct request r = {.conf = setup->conf, .keys = setup->keys};
    r.arena = arena_create();
    r.db = db_create(setup->conf->database_url, "orderzapd", setup->conf->database_timeout_ms, DB_WORKER);
    db_set_outboxes(r.db, (struct outboxes){setup->conf->convex_url[0] != '\0', setup->conf->rt_dir[0] != '\0'});
    db_start(r.db, r.arena); /* connects and prepares before the first request */
    scoreboard_set_state(setup->board, setup->slot, WORKER_IDLE);

    unsigned rotation = scoreboard_log_rotation(setup->board);
    while (!must_stop(setup) || (!is_orphan(setup) && is_waiting(setup->socket)))
        serve_one(fcgi, &r, setup, &rotation);

    request_reset(&r);
    db_destroy(&r.db);
    arena_destroy(&r.arena);
    fcgi_destroy(&fcgi);
    return EX_OK;
}

static bool relay_must_stop(void *context)
{
    return must_stop(context);
}

int worker_relay(const struct worker_setup *setup)
{
    install_handlers();
    prctl(PR_SET_NAME, "orderzap-relay");
    scoreboard_set_state(setup->board, setup->slot, WORKER_IDLE);
    return relay_run(setup->conf, setup->socket, relay_must_stop, (void *)(uintptr_t)setup);
}
