#include "relay/relay.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "conf/conf.h"
#include "db/db.h"
#include "metrics/counts.h"
#include "relay/cursor.h"
#include "relay/post.h"
#include "relay/sent.h"
#include "relay/unread.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    LOOK_MS = 500,
    STATEMENT_MS = 5000,
    TIDY_US = 5000000,
    CLOSE_US = 1000000,
    COMPLAIN_US = 10000000,
    PATH_SIZE = 200
};

struct relay {
    const struct conf *conf;
    struct arena *arena;
    struct counts *counts;
    struct db *db;
    struct post *post;
    struct sent sent;
    struct unread unread; /* what the next look reads */
    uint64_t cursor;      /* no event of an older transaction is still to come; 0: not known yet */
    uint64_t seen;        /* the newest transaction whose event was read */
    int cursor_file;
    int64_t tidy_at_us, close_at_us, complain_at_us;
};

/* One relay per node: the cursor file is also its lock. */
static bool take_cursor_file(struct relay *relay)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/relay.cursor", relay->conf->run_dir);
    if (relay->cursor_file < 0)
        relay->cursor_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (relay->cursor_file < 0 || flock(relay->cursor_file, LOCK_EX | LOCK_NB) != 0)
        return false;
    char text[CURSOR_TEXT_SIZE];
    ssize_t len = pread(relay->cursor_file, text, sizeof text, 0);
    relay->cursor = len > 0 ? cursor_read(text, (size_t)len) : 0;
    return true;
}

static void keep_cursor(const struct relay *relay)
{
    char text[CURSOR_TEXT_SIZE];
    const ssize_t len = CURSOR_TEXT_SIZE - 1;
    cursor_write(relay->cursor, text);
    if (pwrite(relay->cursor_file, text, (size_t)len, 0) != len)
        LOG_WARN("the relay cannot write its cursor: a restart repeats events", LOG_TEXT("dir", relay->conf->run_dir));
}

static void complain(struct relay *relay, const char *message, const char *error)
{
    int64_t now_us = clock_monotonic_us();
    if (now_us < relay->complain_at_us)
        return;
    relay->complain_at_us = now_us + COMPLAIN_US;
    LOG_WARN(message, LOG_TEXT("error", error));
}

static bool database_failed(struct relay *relay)
{
    complain(relay, "the relay cannot read events", db_last_error(relay->db));
    return false;
}

static bool rt_failed(struct relay *relay)
{
    complain(relay, "the relay cannot post to rt; it tries again", post_error(relay->post));
    return false;
}

/* What all guests of a restaurant should hear. */
static bool post_to_sessions(struct relay *relay, const char *sessions, const char *body)
{
    char *list = arena_strdup(relay->arena, sessions);
    for (const char *id; (id = strsep(&list, ",")) != NULL;)
        if (!post_event(relay->post, 's', id, body))
            return false;
    return true;
}

static bool post_one(struct relay *relay, db_slot events, int row)
{
    const char *session_id = db_text(relay->db, events, row, COL_RELAY_EVENTS_SESSION_ID);
    const char *restaurant_id = db_text(relay->db, events, row, COL_RELAY_EVENTS_RESTAURANT_ID);
    const char *body = db_text(relay->db, events, row, COL_RELAY_EVENTS_BODY);
    if (!post_event(relay->post, 'r', restaurant_id, body))
        return false;
    if (session_id != NULL && !post_event(relay->post, 's', session_id, body))
        return false;
    if (session_id != NULL && db_bool(relay->db, events, row, COL_RELAY_EVENTS_ENDS_SESSION))
        return post_end(relay->post, 's', session_id);
    const char *sessions = db_text(relay->db, events, row, COL_RELAY_EVENTS_SESSIONS);
    return sessions == NULL || post_to_sessions(relay, sessions, body);
}

/* Where the next look begins: at the horizon, but not beyond the last event
 * read. A crash of the database takes back the numbers of transactions that
 * were rolled back, and others get them again; those of committed transactions
 * stay. */
static uint64_t next_cursor(const struct relay *relay, uint64_t horizon)
{
    uint64_t behind = relay->seen >= relay->cursor ? relay->seen + 1 : relay->cursor;
    return behind < horizon ? behind : horizon;
}

/* Where to begin: a new node's, and a database's that was restored, at the horizon. */
static void begin(struct relay *relay, uint64_t xmin)
{
    if (relay->cursor == 0 || relay->cursor > xmin) {
        relay->cursor = xmin;
        relay->seen = 0;
        unread_free(&relay->unread);
    }
    if (relay->unread.running == NULL)
        unread_set(&relay->unread, relay->cursor, "{}");
}

/* Posts what was read and not posted yet. */
static bool post_all(struct relay *relay, db_slot events)
{
    for (int row = 0; row < db_rows(relay->db, events); row++) {
        const char *id = db_text(relay->db, events, row, COL_RELAY_EVENTS_ID);
        uint64_t xid = strtoull(db_text(relay->db, events, row, COL_RELAY_EVENTS_XID), NULL, 10);
        if (sent_has(&relay->sent, id))
            continue;
        bool posted = post_one(relay, events, row);
        counts_add_event(relay->counts, posted);
        if (!posted)
            return false;
        sent_add(&relay->sent, id, xid);
        if (xid > relay->seen)
            relay->seen = xid;
    }
    return true;
}

/* Ends the streams of channels that others took the place of, before what is new
 * is posted. Again each second while they are known, since somebody authorised
 * before may begin to listen after; nothing is posted there any more. */
static bool close_channels(struct relay *relay, db_slot closed)
{
    if (closed < 0)
        return true;
    for (int row = 0; row < db_rows(relay->db, closed); row++)
        if (!post_end(relay->post, db_text(relay->db, closed, row, COL_RELAY_CLOSED_KIND)[0],
                      db_text(relay->db, closed, row, COL_RELAY_CLOSED_CHANNEL)))
            return false;
    relay->close_at_us = clock_monotonic_us() + CLOSE_US;
    return true;
}

/* Posts what is new. The horizon is read before the events: what was not
 * committed then is read by the next look. */
static bool look(struct relay *relay)
{
    arena_reset(relay->arena);
    if (db_start(relay->db, relay->arena) != ERR_OK)
        return database_failed(relay);
    db_slot horizon = DB_QUEUE_BARE(relay->db, STMT_RELAY_HORIZON);
    if (db_run(relay->db) != ERR_OK)
        return database_failed(relay);
    uint64_t xmin = strtoull(db_text(relay->db, horizon, 0, COL_RELAY_HORIZON_XMIN), NULL, 10);
    uint64_t xmax = strtoull(db_text(relay->db, horizon, 0, COL_RELAY_HORIZON_XMAX), NULL, 10);
    begin(relay, xmin);
    db_slot events = DB_QUEUE(relay->db, STMT_RELAY_EVENTS, arena_printf(relay->arena, "%" PRIu64, relay->unread.since),
                              relay->unread.running);
    db_slot closed =
        clock_monotonic_us() >= relay->close_at_us ? DB_QUEUE_BARE(relay->db, STMT_RELAY_CLOSED) : (db_slot)-1;
    if (db_run(relay->db) != ERR_OK)
        return database_failed(relay);
    if (!close_channels(relay, closed) || !post_all(relay, events)) {
        sent_prune(&relay->sent, &relay->unread);
        return rt_failed(relay);
    }
    uint64_t next = next_cursor(relay, xmin);
    bool moved = next != relay->cursor;
    unread_set(&relay->unread, next_cursor(relay, xmax), db_text(relay->db, horizon, 0, COL_RELAY_HORIZON_RUNNING));
    relay->cursor = next;
    sent_prune(&relay->sent, &relay->unread);
    if (moved)
        keep_cursor(relay);
    counts_set_relayed(relay->counts, clock_real_us());
    return true;
}

/* Someone authorised just before a session ended may begin to listen just
 * after its channel was deleted, and would hear nothing for as long as a
 * stream lasts. So the channel is deleted again while the event is kept, once
 * it was posted. */
static bool end_again(struct relay *relay, db_slot ended)
{
    for (int row = 0; row < db_rows(relay->db, ended); row++) {
        bool posted =
            !unread_has(&relay->unread, strtoull(db_text(relay->db, ended, row, COL_RELAY_ENDED_XID), NULL, 10)) ||
            sent_has(&relay->sent, db_text(relay->db, ended, row, COL_RELAY_ENDED_ID));
        if (posted && !post_end(relay->post, 's', db_text(relay->db, ended, row, COL_RELAY_ENDED_SESSION_ID)))
            return rt_failed(relay);
    }
    return true;
}

static void tidy(struct relay *relay)
{
    int64_t now_us = clock_monotonic_us();
    if (now_us < relay->tidy_at_us || db_start(relay->db, relay->arena) != ERR_OK)
        return;
    DB_QUEUE_BARE(relay->db, STMT_RELAY_CLEANUP);
    db_slot ended = DB_QUEUE_BARE(relay->db, STMT_RELAY_ENDED);
    if (db_run(relay->db) == ERR_OK)
        end_again(relay, ended);
    relay->tidy_at_us = now_us + TIDY_US;
}

/* Waits until a worker has committed something, or half a second. */
static void wait_for_news(int socket)
{
    struct pollfd fd = {.fd = socket, .events = POLLIN};
    char byte[16];
    if (poll(&fd, 1, LOOK_MS) <= 0)
        return;
    while (recv(socket, byte, sizeof byte, MSG_DONTWAIT) >= 0)
        continue;
}

int relay_run(const struct conf *conf, const char *database_url, int socket, struct counts *counts,
              bool (*must_stop)(void *context), void *context)
{
    char publisher[PATH_SIZE];
    snprintf(publisher, sizeof publisher, "%s/pub.sock", conf->rt_dir);
    struct relay relay = {
        .conf = conf, .arena = arena_create(), .counts = counts, .cursor_file = -1, .post = post_create(publisher)};
    if (relay.post == NULL) {
        LOG_ERROR("the relay cannot start libcurl", LOG_TEXT("socket", publisher));
        return EX_OSERR;
    }
    relay.db = db_create(database_url, "orderzapd relay", STATEMENT_MS, DB_ADMIN);
    while (!take_cursor_file(&relay) && !must_stop(context))
        poll(NULL, 0, LOOK_MS);
    while (!must_stop(context)) {
        look(&relay);
        tidy(&relay);
        wait_for_news(socket);
    }
    sent_free(&relay.sent);
    unread_free(&relay.unread);
    post_destroy(&relay.post);
    db_destroy(&relay.db);
    arena_destroy(&relay.arena);
    close(relay.cursor_file);
    return EX_OK;
}
