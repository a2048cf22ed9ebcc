/* orderzapctl watch: a restaurant's events as they come, until Ctrl-C. */
#include "base/arena.h"
#include "base/uuid7.h"
#include "conf/conf.h"
#include "ctl/ctl.h"
#include "ctl/people.h"
#include "relay/sent.h"
#include "relay/unread.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { LOOK_MS = 300 };

struct watch {
    char restaurant_id[UUID_TEXT_SIZE];
    bool json;
    struct sent sent;
    uint64_t cursor; /* 0: what is new begins at the first look */
};

static volatile sig_atomic_t stop_signalled;

static void on_signal(int signal)
{
    (void)signal;
    stop_signalled = 1;
}

static void install_handlers(void)
{
    struct sigaction handle = {.sa_handler = on_signal};
    sigaction(SIGINT, &handle, NULL);
    sigaction(SIGTERM, &handle, NULL);
}

/* What people look for, in this order; free text is quoted. */
static void print_fields(struct json_object *resource)
{
    static const char *const names[] = {
        "order_number", "kind",           "message", "method",       "amount",   "status",  "total_amount",
        "currency",     "payment_status", "flag",    "menu_version", "table_id", "version", "id"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct json_object *value;
        if (!json_object_object_get_ex(resource, names[i], &value) || value == NULL)
            continue;
        bool quoted = strcmp(names[i], "message") == 0;
        printf(" %s=%s", names[i],
               quoted ? json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN) : json_object_get_string(value));
    }
}

static void print_event(const struct ctl *ctl, db_slot events, int row, bool json)
{
    const char *resource = db_text(ctl->db, events, row, COL_CTL_WATCH_EVENTS_RESOURCE);
    const char *time = db_text(ctl->db, events, row, COL_CTL_WATCH_EVENTS_CREATED_AT),
               *type = db_text(ctl->db, events, row, COL_CTL_WATCH_EVENTS_TYPE);
    if (json) {
        printf("{\"time\":\"%s\",\"id\":\"%s\",\"type\":\"%s\",\"resource\":%s}\n", time,
               db_text(ctl->db, events, row, COL_CTL_WATCH_EVENTS_ID), type, resource);
        return;
    }
    printf("%s %s", time, type);
    struct json_object *parsed = json_tokener_parse(resource);
    print_fields(parsed);
    json_object_put(parsed);
    puts("");
}

/* As the relay does: reads first the horizon, then the events at and after it. */
static bool look(struct ctl *ctl, struct watch *watch)
{
    arena_reset(ctl->arena);
    if (db_start(ctl->db, ctl->arena) != ERR_OK)
        return false;
    db_slot horizon = DB_QUEUE_BARE(ctl->db, STMT_RELAY_HORIZON);
    if (db_run(ctl->db) != ERR_OK)
        return false;
    uint64_t next = strtoull(db_text(ctl->db, horizon, 0, COL_RELAY_HORIZON_XMIN), NULL, 10);
    if (watch->cursor == 0 || watch->cursor > next)
        watch->cursor = next;
    db_slot events = DB_QUEUE(ctl->db, STMT_CTL_WATCH_EVENTS, watch->restaurant_id,
                              arena_printf(ctl->arena, "%" PRIu64, watch->cursor));
    if (db_run(ctl->db) != ERR_OK)
        return false;
    for (int row = 0; row < db_rows(ctl->db, events); row++) {
        const char *id = db_text(ctl->db, events, row, COL_CTL_WATCH_EVENTS_ID);
        if (sent_has(&watch->sent, id))
            continue;
        print_event(ctl, events, row, watch->json);
        sent_add(&watch->sent, id, strtoull(db_text(ctl->db, events, row, COL_CTL_WATCH_EVENTS_XID), NULL, 10));
    }
    watch->cursor = next;
    sent_prune(&watch->sent, &(struct unread){.since = next});
    return true;
}

int ctl_watch(struct ctl *ctl)
{
    struct watch watch = {.json = false};
    const char *slug = NULL;
    const struct ctl_option options[] = {{"restaurant", &slug, NULL, true}, {"json", NULL, &watch.json, false}};
    if (!ctl_options(ctl, options, 2))
        return EX_USAGE;
    if (ctl->conf->rt_dir[0] == '\0') {
        fputs("orderzapctl: RT_DIR is not set: no events are written\n", stderr);
        return EX_CONFIG;
    }
    const char *id = restaurant_find(ctl, slug);
    if (id == NULL)
        return EX_DATAERR;
    snprintf(watch.restaurant_id, sizeof watch.restaurant_id, "%s", id);
    install_handlers();
    for (bool reached = true; !stop_signalled && !ferror(stdout);) {
        bool done = look(ctl, &watch);
        if (!done && reached)
            fputs("orderzapctl: the database cannot be read; trying again\n", stderr);
        reached = done;
        fflush(stdout);
        poll(NULL, 0, LOOK_MS);
    }
    sent_free(&watch.sent);
    return ferror(stdout) ? EX_IOERR : EX_OK;
}
