#include "db/connection.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

/* 1: ready, 0: the deadline passed, -1: poll failed. */
static int wait_socket(PGconn *conn, short events, int64_t deadline_us)
{
    for (;;) {
        int64_t left = deadline_us - clock_monotonic_us();
        if (left <= 0)
            return 0;
        struct pollfd fd = {.fd = PQsocket(conn), .events = events};
        int n = poll(&fd, 1, (int)(left / 1000) + 1);
        if (n > 0)
            return 1;
        if (n < 0 && errno != EINTR)
            return -1;
    }
}

static bool finish_connecting(PGconn *conn, int64_t deadline_us)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (PQstatus(conn) != CONNECTION_BAD) {
        if (state == PGRES_POLLING_OK)
            return true;
        if (state == PGRES_POLLING_FAILED)
            return false;
        if (wait_socket(conn, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline_us) != 1)
            return false;
        state = PQconnectPoll(conn);
    }
    return false;
}

/* libpq's text has several lines and ends in a line feed. */
static void log_failure(PGconn *conn)
{
    char reason[256];
    snprintf(reason, sizeof reason, "%s", PQerrorMessage(conn));
    reason[strcspn(reason, "\n")] = '\0';
    LOG_WARN("database connection failed", LOG_TEXT("reason", reason[0] != '\0' ? reason : "timed out"));
}

static void ignore_notice(void *unused, const char *message)
{
    (void)unused;
    (void)message;
}

PGconn *connection_open(const char *url, const char *application, int timeout_ms, int connect_ms,
                        struct outboxes outboxes, bool plain)
{
    char options[300];
    snprintf(options, sizeof options,
             "-c statement_timeout=%d -c lock_timeout=%d -c idle_in_transaction_session_timeout=%d "
             "-c orderzap.mirror=%s -c orderzap.events=%s",
             timeout_ms, timeout_ms * 4 / 5, timeout_ms * 2, outboxes.mirror ? "on" : "off",
             outboxes.events ? "on" : "off");
    const char *keys[] = {"dbname",
                          "options",
                          "fallback_application_name",
                          "client_encoding",
                          "keepalives_idle",
                          "keepalives_interval",
                          "keepalives_count",
                          NULL};
    const char *values[] = {url, options, application, "UTF8", "30", "10", "3", NULL};

    PGconn *conn = PQconnectStartParams(keys, values, 1);
    if (conn == NULL)
        return NULL;
    PQsetNoticeProcessor(conn, ignore_notice, NULL);
    bool good = finish_connecting(conn, clock_monotonic_us() + (int64_t)connect_ms * 1000);
    if (good && !plain)
        good = PQsetnonblocking(conn, 1) == 0 && PQenterPipelineMode(conn) == 1;
    if (!good) {
        log_failure(conn);
        PQfinish(conn);
        return NULL;
    }
    return conn;
}

bool connection_wait(PGconn *conn, int64_t deadline_us)
{
    int unsent = PQflush(conn);
    while (unsent >= 0 && (unsent > 0 || PQisBusy(conn))) {
        if (wait_socket(conn, unsent > 0 ? POLLIN | POLLOUT : POLLIN, deadline_us) != 1)
            return false;
        if (!PQconsumeInput(conn))
            return false;
        unsent = PQflush(conn);
    }
    return unsent >= 0;
}

bool connection_is_alive(PGconn *conn)
{
    for (int i = 0; i < 8; i++) {
        struct pollfd fd = {.fd = PQsocket(conn), .events = POLLIN};
        if (PQstatus(conn) != CONNECTION_OK)
            return false;
        if (poll(&fd, 1, 0) == 0)
            return true;
        if (!PQconsumeInput(conn))
            return false;
        PGresult *unasked = PQisBusy(conn) ? NULL : PQgetResult(conn);
        PQclear(unasked);
    }
    return false;
}
