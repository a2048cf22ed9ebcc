/* Counters for Prometheus, of the whole node and never of one restaurant. */
#include "api/routes.h"
#include "api/system/mirror_status.h"
#include "base/arena.h"
#include "base/text.h"
#include "conf/conf.h"
#include "http/request.h"
#include "metrics/counts.h"
#include "metrics/exposition.h"
#include "version.h"

/* The route of a request that matched none. */
static const struct route no_route = {.method = "-", .pattern = "-"};

static const struct route *route_at(size_t i)
{
    return i < n_routes ? &routes[i] : &no_route;
}

static const char *status_text(struct arena *arena, int status)
{
    return status != 0 ? arena_printf(arena, "%d", status) : "other";
}

static void add_requests(struct exposition *e, const struct counts *all, struct arena *arena)
{
    exposition_family(e, "orderzap_http_requests_total", "counter",
                      "Requests answered by workers; HEAD counts as GET, an unknown route as -.");
    for (size_t i = 0; i <= n_routes; i++)
        for (int k = 0; k < STATUSES_MAX; k++)
            if (all->routes[i].answers[k].n > 0)
                exposition_number(e, all->routes[i].answers[k].n,
                                  LABELS({"method", route_at(i)->method}, {"route", route_at(i)->pattern},
                                         {"status", status_text(arena, all->routes[i].answers[k].status)}));
}

static void add_durations(struct exposition *e, const struct counts *all)
{
    exposition_family(e, "orderzap_http_request_duration_seconds", "histogram",
                      "Time from a worker taking a request to its answer being ready.");
    for (size_t i = 0; i <= n_routes; i++)
        if (histogram_count(&all->routes[i].duration) > 0)
            exposition_histogram(e, &all->routes[i].duration,
                                 LABELS({"method", route_at(i)->method}, {"route", route_at(i)->pattern}));
}

static void add_database(struct exposition *e, const struct counts *all, bool is_up)
{
    exposition_family(e, "orderzap_database_up", "gauge", "Whether the database answered just now.");
    exposition_number(e, is_up, NO_LABELS);
    exposition_family(e, "orderzap_database_connects_total", "counter", "Connections made by workers to the database.");
    exposition_number(e, all->connects, LABELS({"result", "made"}));
    exposition_number(e, all->failed_connects, LABELS({"result", "failed"}));
    exposition_family(e, "orderzap_database_seconds_total", "counter", "Time that requests spent in the database.");
    for (size_t i = 0; i <= n_routes; i++)
        if (all->routes[i].database_us > 0)
            exposition_seconds(e, all->routes[i].database_us,
                               LABELS({"method", route_at(i)->method}, {"route", route_at(i)->pattern}));
}

static void add_queues(struct exposition *e, struct metrics *metrics, struct arena *arena)
{
    const struct counts *sums[POOLS_MAX];
    const struct pool_counts *pool;
    for (size_t i = 0; (pool = metrics_pool(metrics, i)) != NULL; i++)
        sums[i] = metrics_sum(metrics, pool, arena);
    exposition_family(e, "orderzap_queue_seconds", "histogram",
                      "Time from nginx passing a request on to a worker taking it.");
    for (size_t i = 0; (pool = metrics_pool(metrics, i)) != NULL; i++)
        if (histogram_count(&sums[i]->queue) > 0)
            exposition_histogram(e, &sums[i]->queue, LABELS({"pool", pool->name}));
    exposition_family(e, "orderzap_requests_too_old_total", "counter",
                      "Requests refused because they had waited too long (REQUEST_MAX_AGE_MS).");
    for (size_t i = 0; (pool = metrics_pool(metrics, i)) != NULL; i++)
        if (histogram_count(&sums[i]->queue) > 0)
            exposition_number(e, sums[i]->too_old, LABELS({"pool", pool->name}));
}

static void add_workers(struct exposition *e, struct metrics *metrics)
{
    const struct pool_counts *pool;
    exposition_family(e, "orderzap_workers", "gauge", "Processes of each pool.");
    for (size_t i = 0; (pool = metrics_pool(metrics, i)) != NULL; i++) {
        exposition_number(e, (uint64_t)pool->busy, LABELS({"pool", pool->name}, {"state", "busy"}));
        exposition_number(e, (uint64_t)pool->idle, LABELS({"pool", pool->name}, {"state", "idle"}));
    }
    exposition_family(e, "orderzap_worker_deaths_total", "counter", "Processes that ended unexpectedly.");
    for (size_t i = 0; (pool = metrics_pool(metrics, i)) != NULL; i++)
        exposition_number(e, pool->deaths, LABELS({"pool", pool->name}));
}

static void add_relay(struct exposition *e, const struct counts *all)
{
    exposition_family(e, "orderzap_relay_events_total", "counter", "Live events posted to rt, and failed attempts.");
    exposition_number(e, all->events, LABELS({"result", "posted"}));
    exposition_number(e, all->failed_events, LABELS({"result", "failed"}));
    if (all->relayed_at_us > 0) {
        exposition_family(e, "orderzap_relay_last_success_timestamp_seconds", "gauge",
                          "When the relay last had nothing left to post.");
        exposition_seconds(e, all->relayed_at_us, NO_LABELS);
    }
}

static void add_mirror(struct exposition *e, const struct mirror *mirror)
{
    exposition_family(e, "orderzap_mirror_pending", "gauge", "Changes that wait for the mirror.");
    exposition_number(e, (uint64_t)mirror->pending, NO_LABELS);
    exposition_family(e, "orderzap_mirror_oldest_seconds", "gauge", "How long the oldest of them has waited.");
    exposition_number(e, mirror->oldest_seconds > 0 ? (uint64_t)mirror->oldest_seconds : 0, NO_LABELS);
    exposition_family(e, "orderzap_mirror_dead", "gauge", "Changes that the mirror refuses.");
    exposition_number(e, (uint64_t)mirror->dead, NO_LABELS);
    exposition_family(e, "orderzap_mirror_halted", "gauge", "Whether a person has to correct the mirror's settings.");
    exposition_number(e, mirror->is_halted, NO_LABELS);
}

static void add_build(struct exposition *e, const struct metrics *metrics)
{
    exposition_family(e, "orderzap_build_info", "gauge", "The running version.");
    exposition_number(e, 1, LABELS({"version", ORDERZAP_VERSION}));
    exposition_family(e, "orderzap_start_time_seconds", "gauge", "When the counters began at zero.");
    exposition_seconds(e, (uint64_t)metrics_since_us(metrics), NO_LABELS);
}

enum err metrics_get(struct request *r)
{
    const struct mirror *mirror;
    struct text body;
    struct exposition e = {.out = &body};
    bool is_up = mirror_status_read(r, &mirror) == ERR_OK;
    const struct counts *all = metrics_sum(r->metrics, NULL, r->arena);
    text_init(&body, r->arena);
    add_build(&e, r->metrics);
    add_requests(&e, all, r->arena);
    add_durations(&e, all);
    add_queues(&e, r->metrics, r->arena);
    add_workers(&e, r->metrics);
    add_database(&e, all, is_up);
    if (r->conf->rt_dir[0] != '\0')
        add_relay(&e, all);
    if (mirror != NULL)
        add_mirror(&e, mirror);
    r->response.status = 200;
    r->response.content_type = EXPOSITION_TYPE;
    r->response.body = body.bytes;
    r->response.body_len = body.len;
    return ERR_OK;
}
