/* orderzap-sync: mirrors what changed to Convex. Run by cron; one at a time. */
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "conf/conf.h"
#include "convex/convex.h"
#include "db/db.h"
#include "sync/pump.h"
#include "sync/say.h"
#include "sync/status.h"
#include "sync/stop.h"
#include "sync/sync.h"
#include "sync/verify.h"
#include "version.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { STATEMENT_MS = 60000, FOR_MAX = 86400 };

enum action { ACTION_SEND, ACTION_FULL, ACTION_VERIFY, ACTION_STATUS, ACTION_RETRY_DEAD, ACTION_DRY_RUN };

struct options {
    const char *conf_path;
    enum action action;
    long seconds; /* 0: one pass */
    bool json, quiet;
};

static void print_help(void)
{
    puts("Usage: orderzap-sync [OPTION]...\n"
         "Mirrors what changed in PostgreSQL to Convex. Meant for cron; it ends\n"
         "at once if another one is running.\n"
         "\n"
         "  -1, --once          send what is due and end (default)\n"
         "  -f, --for SECONDS   keep sending for SECONDS\n"
         "      --full          send everything again\n"
         "      --verify        compare ids and versions with the mirror and repair differences\n"
         "      --status        what waits, since when, what is dead; with --json as JSON\n"
         "      --retry-dead    try dead rows again\n"
         "      --dry-run       say what would be sent\n"
         "  -q, --quiet         errors only\n"
         "  -c, --config FILE   read the settings from FILE (" CONF_DEFAULT_FILE ")\n"
         "  -V, --version       print the version and end\n"
         "  -h, --help          print this and end\n"
         "\n"
         "Exit status: 0 all was sent, 1 something is left for later, 2 halted: the key, URL or\n"
         "deployment is wrong, 64 the options are wrong, 78 a setting is wrong.");
}

static bool read_seconds(const char *text, long *out)
{
    char *end;
    *out = strtol(text, &end, 10);
    return end != text && *end == '\0' && *out >= 1 && *out <= FOR_MAX;
}

/* -1 to go on, else the exit status. */
static int read_options(int argc, char **argv, struct options *o)
{
    enum { FULL = 256, VERIFY, STATUS, RETRY, DRY, JSON };
    static const struct option known[] = {
        {"once", no_argument, NULL, '1'},
        {"for", required_argument, NULL, 'f'},
        {"full", no_argument, NULL, FULL},
        {"verify", no_argument, NULL, VERIFY},
        {"status", no_argument, NULL, STATUS},
        {"json", no_argument, NULL, JSON},
        {"retry-dead", no_argument, NULL, RETRY},
        {"dry-run", no_argument, NULL, DRY},
        {"quiet", no_argument, NULL, 'q'},
        {"config", required_argument, NULL, 'c'},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const enum action actions[] = {ACTION_FULL, ACTION_VERIFY, ACTION_STATUS, ACTION_RETRY_DEAD, ACTION_DRY_RUN};
    for (int c; (c = getopt_long(argc, argv, "1f:qc:Vh", known, NULL)) != -1;) {
        switch (c) {
        case '1':
            break;
        case 'f':
            if (!read_seconds(optarg, &o->seconds)) {
                sync_say("--for takes a number of seconds from 1 to %d", FOR_MAX);
                return EX_USAGE;
            }
            break;
        case 'q':
            o->quiet = true;
            break;
        case JSON:
            o->json = true;
            break;
        case 'c':
            o->conf_path = optarg;
            break;
        case 'V':
            puts("orderzap-sync " ORDERZAP_VERSION);
            return EX_OK;
        case 'h':
            print_help();
            return EX_OK;
        case '?':
            return EX_USAGE;
        default:
            if (o->action != ACTION_SEND) {
                sync_say("use only one of --full, --verify, --status, --retry-dead and --dry-run");
                return EX_USAGE;
            }
            o->action = actions[c - FULL];
        }
    }
    if (optind < argc) {
        sync_say("unexpected argument '%s'; see --help", argv[optind]);
        return EX_USAGE;
    }
    if (o->json && o->action != ACTION_STATUS) {
        sync_say("--json goes with --status");
        return EX_USAGE;
    }
    return -1;
}

static bool check_settings(const struct conf *conf, const struct options *o)
{
    if (conf->database_sync_url[0] == '\0') {
        sync_say("DATABASE_SYNC_URL is not set: put the connection of the role orderzap_sync into sync.env");
        return false;
    }
    bool calls = o->action == ACTION_SEND || o->action == ACTION_FULL || o->action == ACTION_VERIFY;
    if (calls && (strncmp(conf->convex_url, "https://", 8) != 0 && strncmp(conf->convex_url, "http://", 7) != 0)) {
        sync_say("CONVEX_URL must begin with https://");
        return false;
    }
    if (calls && conf->convex_deploy_key[0] == '\0') {
        sync_say(
            "CONVEX_DEPLOY_KEY is not set: make a deploy key in the deployment's settings and put it into sync.env");
        return false;
    }
    return true;
}

/* Allows only one run at a time; *started: the database's clock. False if
 * another one is running or the database cannot be reached, and *status says
 * which. */
static bool begin(struct sync *sync, struct db *lock, struct arena *arena, int *status)
{
    *status = SYNC_SOME_LEFT;
    if (db_start(lock, arena) != ERR_OK) {
        sync_say("the database cannot be reached");
        return false;
    }
    db_slot mine = DB_QUEUE_BARE(lock, STMT_SYNC_LOCK);
    db_slot now = DB_QUEUE_BARE(lock, STMT_SYNC_NOW);
    if (db_run(lock) != ERR_OK) {
        sync_say("the database: %s", db_last_error(lock));
        return false;
    }
    sync->started = db_text(lock, now, 0, COL_SYNC_NOW_NOW);
    if (db_bool(lock, mine, 0, COL_SYNC_LOCK_IS_OURS))
        return true;
    if (!sync->quiet && isatty(STDERR_FILENO) == 1)
        sync_say("another one is running");
    *status = SYNC_ALL_SENT;
    return false;
}

/* The next run may follow at once. With the connection alone the lock would be
 * gone when PostgreSQL notices its end, some time after ours. */
static void end(struct db *lock, struct arena *arena)
{
    if (db_start(lock, arena) != ERR_OK)
        return;
    DB_QUEUE_BARE(lock, STMT_SYNC_UNLOCK);
    if (db_run(lock) != ERR_OK)
        sync_say("the database: %s", db_last_error(lock));
}

static int send_and_tell(struct sync *sync, const struct options *o)
{
    int64_t until = o->seconds > 0 ? clock_monotonic_us() + o->seconds * 1000000 : 0;
    int status = pump(sync, until, NULL);
    if (!sync->quiet && isatty(STDOUT_FILENO) == 1)
        printf("%ld sent, %ld refused, %ld calls\n", sync->sent, sync->refused, convex_calls(sync->convex));
    return status;
}

static int run_locked(struct sync *sync, const struct options *o)
{
    struct arena *arena = arena_create();
    /* A separate connection holds the lock for the whole run. */
    struct db *lock = db_create(sync->conf->database_sync_url, "orderzap-sync lock", STATEMENT_MS, DB_ADMIN);
    int status;
    if (begin(sync, lock, arena, &status)) {
        const struct conf *conf = sync->conf;
        sync->convex = convex_create(conf->convex_url, conf->convex_deploy_key, conf->convex_timeout_ms);
        if (sync->convex == NULL) {
            sync_say("libcurl cannot start");
            status = SYNC_HALTED;
        } else {
            status = o->action == ACTION_FULL     ? send_everything(sync)
                     : o->action == ACTION_VERIFY ? verify(sync)
                                                  : send_and_tell(sync, o);
        }
        convex_destroy(&sync->convex);
        end(lock, arena);
    }
    db_destroy(&lock);
    arena_destroy(&arena);
    return status;
}

static int run(struct sync *sync, const struct options *o)
{
    switch (o->action) {
    case ACTION_STATUS:
        return show_status(sync, o->json);
    case ACTION_DRY_RUN:
        return show_due(sync);
    case ACTION_RETRY_DEAD:
        return retry_dead(sync);
    default:
        return run_locked(sync, o);
    }
}

int main(int argc, char **argv)
{
    struct options o = {0};
    struct conf *conf;
    char error[CONF_ERROR_SIZE];
    int status = read_options(argc, argv, &o);
    if (status >= 0)
        return status;
    if (!conf_load(o.conf_path, CONF_SYNC, &conf, error)) {
        sync_say("%s", error);
        return EX_CONFIG;
    }
    if (conf->convex_url[0] == '\0' && o.action != ACTION_STATUS) {
        if (!o.quiet && isatty(STDERR_FILENO) == 1)
            sync_say("CONVEX_URL is not set: there is no mirror");
        conf_free(&conf);
        return SYNC_ALL_SENT;
    }
    if (!check_settings(conf, &o)) {
        conf_free(&conf);
        return EX_CONFIG;
    }
    log_open(LOG_LEVEL_OFF, "");
    stop_on_signals();
    signal(SIGPIPE, SIG_IGN);
    srandom((unsigned)(clock_real_us() ^ getpid()));
    struct sync sync = {.conf = conf, .arena = arena_create(), .quiet = o.quiet};
    sync.db = db_create(conf->database_sync_url, "orderzap-sync", STATEMENT_MS, DB_ADMIN);
    status = run(&sync, &o);
    db_destroy(&sync.db);
    arena_destroy(&sync.arena);
    conf_free(&conf);
    return status;
}
