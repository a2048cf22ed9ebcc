/* orderzapctl doctor: checks everything an installation needs, and says for
 * each fault what to do about it. */
#include "auth/digest.h"
#include "auth/keys.h"
#include "base/arena.h"
#include "base/clock.h"
#include "conf/conf.h"
#include "ctl/ctl.h"
#include "ctl/schema.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

enum { CLOCK_SECONDS = 2, POSTGRES_MIN = 15, PATH_SIZE = 1024 };

struct doctor {
    struct ctl *ctl;
    struct db *db; /* as the role being checked */
    int faults;
};

static void good(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void bad(struct doctor *d, const char *remedy, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void good(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("ok    ", stdout);
    vprintf(format, args);
    puts("");
    va_end(args);
}

static void bad(struct doctor *d, const char *remedy, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("FAULT ", stdout);
    vprintf(format, args);
    printf("\n      what to do: %s\n", remedy);
    va_end(args);
    d->faults++;
}

static void check_settings(struct doctor *d)
{
    char error[CONF_ERROR_SIZE];
    if (conf_check_server(d->ctl->conf, error))
        good("settings");
    else
        bad(d, "change the setting, then reload orderzapd", "settings: %s", error);
}

/* Who may read the file, and whether orderzapd's user can although it does not
 * need to. */
static void check_file(struct doctor *d, const char *path, bool is_servers, mode_t too_much)
{
    char pid_file[PATH_SIZE];
    struct stat file, server;
    snprintf(pid_file, sizeof pid_file, "%s/orderzapd.pid", d->ctl->conf->run_dir);
    if (stat(path, &file) != 0)
        return;
    bool foreign = !is_servers && stat(pid_file, &server) == 0 && server.st_uid != geteuid() &&
                   (file.st_uid == server.st_uid || (file.st_gid == server.st_gid && file.st_mode & S_IRGRP));
    if (file.st_mode & too_much)
        bad(d, "restrict its mode with chmod: 0600 for admin.env, 0640 for the others",
            "%s: users who do not need it can read or change it (mode %04o)", path, file.st_mode & 07777);
    else if (foreign)
        bad(d, "give it to root with chown, and to the group that orderzap.env(5) names for it",
            "%s: orderzapd's user can read it but does not need it", path);
    else
        good("%s is closed to others", path);
}

static void check_files(struct doctor *d)
{
    char side[PATH_SIZE];
    unsigned readers;
    const char *path = d->ctl->conf_path;
    check_file(d, path != NULL ? path : CONF_DEFAULT_FILE, true, S_IWGRP | S_IRWXO);
    for (int i = 0; conf_side_file(path, i, &readers, side, sizeof side) != NULL; i++)
        check_file(d, side, readers == CONF_RELAY, readers == CONF_ADMIN ? S_IRWXG | S_IRWXO : S_IWGRP | S_IRWXO);
    if (d->ctl->conf->misplaced != NULL)
        bad(d, CONF_MISPLACED, "%s is in the settings, which orderzapd's workers can read", d->ctl->conf->misplaced);
}

static void check_public_url(struct doctor *d)
{
    const char *url = d->ctl->conf->public_url;
    if (url[0] == '\0')
        bad(d,
            "put the address at which guests reach this installation into the settings, such as "
            "https://orders.example.com, "
            "then reload orderzapd",
            "PUBLIC_URL is not set: there are no QR codes to print");
    else
        good("QR codes lead to %s", url);
}

static void check_token_key(struct doctor *d)
{
    struct auth_keys keys = {0};
    char error[AUTH_ERROR_SIZE];
    bool es256 = strcmp(d->ctl->conf->jwt_alg, "ES256") == 0;
    if (!es256 || d->ctl->conf->jwt_private_key_file[0] == '\0')
        return;
    if (!auth_keys_load(d->ctl->conf, &keys, error))
        bad(d, "correct the file or the setting, then reload orderzapd", "%s", error);
    else if (keys.token.previous.kid[0] != '\0')
        good("token key %s, and %s beside it", keys.token.current.kid, keys.token.previous.kid);
    else
        good("token key %s", keys.token.current.kid);
    explicit_bzero(&keys, sizeof keys);
}

/* Connects as the role of the URL. */
static bool connect_as(struct doctor *d, const char *url, const char *setting)
{
    if (url[0] == '\0') {
        bad(d, "put the connection into the settings", "%s is not set", setting);
        return false;
    }
    d->db = db_create(url, "orderzapctl doctor", 5000, DB_ADMIN);
    if (db_start(d->db, d->ctl->arena) == ERR_OK) {
        good("%s connects", setting);
        return true;
    }
    bad(d, "check that PostgreSQL runs (systemctl status postgresql) and that user, password and database are right",
        "%s does not connect", setting);
    db_destroy(&d->db);
    return false;
}

static void disconnect(struct doctor *d)
{
    arena_reset(d->ctl->arena);
    db_destroy(&d->db);
}

static void check_server(struct doctor *d)
{
    db_slot slot = DB_QUEUE_BARE(d->db, STMT_CTL_DOCTOR_DATABASE);
    if (db_run(d->db) != ERR_OK) {
        bad(d, "see PostgreSQL's log", "the server does not answer: %s", db_last_error(d->db));
        return;
    }
    if (db_int(d->db, slot, 0, COL_CTL_DOCTOR_DATABASE_MAJOR) < POSTGRES_MIN)
        bad(d, "upgrade PostgreSQL", "PostgreSQL %s is too old",
            db_text(d->db, slot, 0, COL_CTL_DOCTOR_DATABASE_VERSION));
    else
        good("PostgreSQL %s", db_text(d->db, slot, 0, COL_CTL_DOCTOR_DATABASE_VERSION));
    int64_t apart = llabs((long long)(db_int(d->db, slot, 0, COL_CTL_DOCTOR_DATABASE_NOW) - clock_real_us() / 1000000));
    if (apart > CLOCK_SECONDS)
        bad(d, "set both hosts' clocks with NTP (timedatectl set-ntp true)",
            "the clocks of this host and the database's are %lld seconds apart", (long long)apart);
    else
        good("clocks agree");
    int wanted = d->ctl->conf->pool_max + d->ctl->conf->login_workers + 5;
    if (db_int(d->db, slot, 0, COL_CTL_DOCTOR_DATABASE_MAX_CONNECTIONS) < wanted)
        bad(d, "raise max_connections in postgresql.conf, or lower DATABASE_POOL_MAX",
            "max_connections is %s; the workers and tools may need %d",
            db_text(d->db, slot, 0, COL_CTL_DOCTOR_DATABASE_MAX_CONNECTIONS), wanted);
    else
        good("max_connections is high enough");
    if (strcmp(db_text(d->db, slot, 0, COL_CTL_DOCTOR_DATABASE_FSYNC), "on") != 0 ||
        strcmp(db_text(d->db, slot, 0, COL_CTL_DOCTOR_DATABASE_SYNCHRONOUS_COMMIT), "off") == 0)
        bad(d, "set fsync = on and synchronous_commit = on in postgresql.conf",
            "the database may lose orders that were confirmed");
    else
        good("commits are durable");
}

static void check_role(struct doctor *d)
{
    db_slot slot = DB_QUEUE_BARE(d->db, STMT_CTL_DOCTOR_ROLE);
    db_slot plans = DB_QUEUE_BARE(d->db, STMT_CTL_DOCTOR_PLAN_CACHE);
    db_slot open = DB_QUEUE_BARE(d->db, STMT_CTL_DOCTOR_UNPROTECTED);
    if (db_run(d->db) != ERR_OK) {
        bad(d, "run 'orderzapctl migrate'", "the role cannot be checked: %s", db_last_error(d->db));
        return;
    }
    if (db_bool(d->db, slot, 0, COL_CTL_DOCTOR_ROLE_IS_UNBOUND) ||
        db_bool(d->db, slot, 0, COL_CTL_DOCTOR_ROLE_IS_OWNER))
        bad(d, "let DATABASE_URL name the role orderzap_app",
            "the workers' role is a superuser, bypasses row-level security or owns tables");
    else
        good("the workers' role is bound by row-level security");
    if (strcmp(db_text(d->db, plans, 0, COL_CTL_DOCTOR_PLAN_CACHE_MODE), "auto") == 0)
        bad(d, "run 'orderzapctl migrate' once as a superuser: it sets how the role plans (not wanted on Citus)",
            "plans are made again for each order");
    if (db_bool(d->db, plans, 0, COL_CTL_DOCTOR_PLAN_CACHE_SCANS))
        bad(d, "run 'orderzapctl migrate' once as a superuser: it sets enable_seqscan and random_page_cost",
            "the workers' role may scan whole tables");
    if (db_text(d->db, open, 0, COL_CTL_DOCTOR_UNPROTECTED_TABLES) != NULL)
        bad(d, "run 'orderzapctl migrate'; restore what was changed by hand", "without row-level security: %s",
            db_text(d->db, open, 0, COL_CTL_DOCTOR_UNPROTECTED_TABLES));
    else
        good("row-level security is on everywhere");
}

static void check_migrations(struct doctor *d)
{
    size_t n, missing = 0;
    const struct source *sources = schema_load(d->ctl->arena, NULL, &n);
    db_slot slot = DB_QUEUE_BARE(d->db, STMT_CTL_APPLIED_LIST);
    if (db_run(d->db) != ERR_OK) {
        bad(d, "run 'orderzapctl migrate'", "there is no schema yet: %s", db_last_error(d->db));
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char checksum[DIGEST_SIZE];
        bool found = strcmp(sources[i].kind, "setup") == 0;
        digest_text(sources[i].sql, checksum);
        for (int row = 0; row < db_rows(d->db, slot); row++)
            found = found || (strcmp(db_text(d->db, slot, row, COL_CTL_APPLIED_LIST_NAME), sources[i].name) == 0 &&
                              strcmp(db_text(d->db, slot, row, COL_CTL_APPLIED_LIST_CHECKSUM), checksum) == 0);
        missing += !found;
    }
    if (missing > 0)
        bad(d, "run 'orderzapctl migrate'", "%zu migrations or functions are missing or differ", missing);
    else
        good("migrations");
}

static void check_socket(struct doctor *d, const char *dir, const char *name, const char *who, const char *remedy)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%.90s/%s.sock", dir, name);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN)
        good("%s listens at %s", who, address.sun_path);
    else
        bad(d, errno == EACCES ? "run the doctor as root, or as a member of SOCKET_GROUP" : remedy, "%s: %s",
            address.sun_path, strerror(errno));
    close(fd);
}

static void check_sockets(struct doctor *d)
{
    static const char *const names[] = {"workers", "login"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check_socket(d, d->ctl->conf->run_dir, names[i], "orderzapd",
                     "start orderzapd (systemctl start orderzapd) and see its log");
}

/* rt and the relay, if there are live events. */
static void check_events(struct doctor *d)
{
    static const char *const names[] = {"pub", "sub"};
    if (d->ctl->conf->rt_dir[0] == '\0')
        return;
    if (connect_as(d, d->ctl->conf->database_relay_url, "DATABASE_RELAY_URL"))
        disconnect(d);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check_socket(d, d->ctl->conf->rt_dir, names[i], "rt",
                     "run 'orderzapctl site --rt >/etc/orderzap/rt.conf', start rt (systemctl start orderzap-rt) and "
                     "see its error.log in RT_DIR; or leave RT_DIR empty, if there are to be no live events");
}

static void check_host(struct doctor *d)
{
    int allowed = 0;
    FILE *file = fopen("/proc/sys/net/core/somaxconn", "re");
    if (file != NULL && fscanf(file, "%d", &allowed) == 1 && allowed < LISTEN_BACKLOG)
        bad(d, "sysctl -w net.core.somaxconn=4096, and the line in /etc/sysctl.d/orderzap.conf",
            "net.core.somaxconn is %d: bursts will be refused", allowed);
    else
        good("net.core.somaxconn");
    if (file != NULL)
        fclose(file);
    const char *certificate = d->ctl->conf->site_tls_certificate;
    if (access(certificate, F_OK) != 0)
        bad(d, "set SITE_TLS_CERTIFICATE and SITE_TLS_KEY to your certificate, then run 'orderzapctl site'", "%s: %s",
            certificate, strerror(errno));
    else
        good("TLS certificate");
}

int ctl_doctor(struct ctl *ctl)
{
    struct doctor d = {.ctl = ctl};
    if (!ctl_options(ctl, NULL, 0))
        return EX_USAGE;
    check_settings(&d);
    check_files(&d);
    check_public_url(&d);
    check_token_key(&d);
    if (connect_as(&d, ctl->conf->database_url, "DATABASE_URL")) {
        check_server(&d);
        check_role(&d);
        disconnect(&d);
    }
    if (connect_as(&d, ctl->database_url, "DATABASE_ADMIN_URL")) {
        check_migrations(&d);
        disconnect(&d);
    }
    check_sockets(&d);
    check_events(&d);
    check_host(&d);
    printf("%d fault%s\n", d.faults, d.faults == 1 ? "" : "s");
    return d.faults == 0 ? EX_OK : 1;
}
