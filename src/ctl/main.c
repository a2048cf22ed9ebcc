/* orderzapctl: what the operator of an installation does. */
#include "auth/keys.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/utf8.h"
#include "conf/conf.h"
#include "ctl/ctl.h"
#include "version.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const struct command {
    const char *name, *second; /* second: NULL for commands of one word */
    bool needs_database;
    unsigned readers; /* whose secrets it needs, including those of the database it connects to */
    int (*run)(struct ctl *ctl);
    const char *synopsis, *help;
} commands[] = {
    {"migrate", NULL, true, CONF_ADMIN, ctl_migrate, "migrate [--status] [--wait SECONDS] [--from DIR]",
     "bring the database to this program's schema"},
    {"seed", NULL, true, CONF_ADMIN, ctl_seed, "seed [--history DAYS] [--show]",
     "add the demo restaurants, with closed days behind them; --show prints them as JSON"},
    {"restaurant", "add", true, CONF_ADMIN, ctl_restaurant_add,
     "restaurant add --slug SLUG --name NAME --currency CODE --timezone ZONE", "add a restaurant"},
    {"staff", "add", true, CONF_ADMIN, ctl_staff_add,
     "staff add --restaurant SLUG --email EMAIL --name NAME --role ROLE [--password-stdin]",
     "add a member of staff; asks for the password, or reads it"},
    {"staff", "unlock", true, CONF_ADMIN, ctl_staff_unlock, "staff unlock --restaurant SLUG --email EMAIL",
     "let an account be signed in to at once, whoever tried wrong passwords"},
    {"cleanup", NULL, true, CONF_CLEANUP, ctl_cleanup, "cleanup [--quiet]", "end what has expired; for cron"},
    {"doctor", NULL, false, CONF_EVERYBODY, ctl_doctor, "doctor",
     "check the installation and say what to do about each fault"},
    {"site", NULL, false, 0, ctl_site, "site [--nginx VERSION] [--template FILE | --rt]",
     "print nginx's site, made from the settings; or the configuration of rt, for live events"},
    {"qr-sheet", NULL, true, CONF_ADMIN, ctl_qr_sheet, "qr-sheet --restaurant SLUG [--output FILE]",
     "print a page of HTML with the QR codes of a restaurant's tables, to be printed"},
    {"keygen", NULL, false, 0, ctl_keygen, "keygen [--output FILE | --public FILE]",
     "make a key for JWT_PRIVATE_KEY_FILE, or print the public key of one"},
    {"watch", NULL, true, CONF_ADMIN, ctl_watch, "watch --restaurant SLUG [--json]",
     "print a restaurant's events as they come, until Ctrl-C"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(void)
{
    puts("Usage: orderzapctl [--config FILE] [--database-url URL] COMMAND [OPTION]...\n"
         "Operates an OrderZap installation.\n"
         "\n"
         "Commands:");
    for (int i = 0; i < COMMANDS; i++)
        printf("  %s\n      %s\n", commands[i].synopsis, commands[i].help);
    puts("\n"
         "  -c, --config FILE         read the settings from FILE (" CONF_DEFAULT_FILE ")\n"
         "  -d, --database-url URL    use this connection instead of DATABASE_ADMIN_URL, or with\n"
         "                            cleanup of DATABASE_CLEANUP_URL\n"
         "  -V, --version             print the version and end\n"
         "  -h, --help                print this and end");
}

bool ctl_is_name(const char *text)
{
    size_t len = strlen(text);
    return len <= 120 && strspn(text, " ") < len && utf8_is_clean(text, len);
}

int ctl_database_error(const struct ctl *ctl, const char *what)
{
    const char *error = db_last_error(ctl->db);
    fprintf(stderr, "orderzapctl: %s: %s\n", what, error[0] != '\0' ? error : "the database cannot be reached");
    return EX_SOFTWARE;
}

bool ctl_run(struct ctl *ctl, const char *what)
{
    if (db_run(ctl->db) == ERR_OK)
        return true;
    ctl_database_error(ctl, what);
    return false;
}

void ctl_analyze(struct ctl *ctl)
{
    if (db_start(ctl->db, ctl->arena) != ERR_OK || !db_script(ctl->db, "ANALYZE"))
        ctl_database_error(ctl, "no fresh statistics");
}

static const struct command *find_command(int argc, char **argv)
{
    for (int i = 0; i < COMMANDS; i++) {
        const struct command *c = &commands[i];
        if (argc > 0 && strcmp(argv[0], c->name) == 0 &&
            (c->second == NULL || (argc > 1 && strcmp(argv[1], c->second) == 0)))
            return c;
    }
    return NULL;
}

static int run_command(struct ctl *ctl, const struct command *command)
{
    int words = command->second != NULL ? 2 : 1;
    ctl->argc -= words;
    ctl->argv += words;
    if (!command->needs_database)
        return command->run(ctl);
    if (ctl->database_url[0] == '\0') {
        bool cleans = command->readers == CONF_CLEANUP;
        fprintf(stderr,
                "orderzapctl: DATABASE_%s_URL is not set: put it into %s.env beside the settings, where you can read "
                "it, or give --database-url\n",
                cleans ? "CLEANUP" : "ADMIN", cleans ? "cleanup" : "admin");
        return EX_CONFIG;
    }
    ctl->db = db_create(ctl->database_url, "orderzapctl", 60000, DB_ADMIN);
    db_set_outboxes(ctl->db, (struct outboxes){ctl->conf->convex_url[0] != '\0', ctl->conf->rt_dir[0] != '\0'});
    int status = EX_UNAVAILABLE;
    if (db_start(ctl->db, ctl->arena) == ERR_OK)
        status = command->run(ctl);
    else
        fputs("orderzapctl: the database cannot be reached\n", stderr);
    arena_reset(ctl->arena);
    db_destroy(&ctl->db);
    return status;
}

/* -1 to go on, else the exit status. */
static int read_options(int argc, char **argv, struct ctl *ctl)
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'},
        {"database-url", required_argument, NULL, 'd'},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    for (int c; (c = getopt_long(argc, argv, "+c:d:Vh", known, NULL)) != -1;) {
        switch (c) {
        case 'c':
            ctl->conf_path = optarg;
            break;
        case 'd':
            ctl->database_url = optarg;
            break;
        case 'V':
            puts("orderzapctl " ORDERZAP_VERSION);
            return EX_OK;
        case 'h':
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    }
    ctl->argc = argc - optind;
    ctl->argv = argv + optind;
    return -1;
}

int main(int argc, char **argv)
{
    struct ctl ctl = {0};
    struct conf *conf;
    struct auth_keys keys;
    char error[CONF_ERROR_SIZE];
    int status = read_options(argc, argv, &ctl);
    if (status >= 0)
        return status;
    const struct command *command = find_command(ctl.argc, ctl.argv);
    if (command == NULL) {
        fputs("orderzapctl: unknown command; see --help\n", stderr);
        return EX_USAGE;
    }
    if (!conf_load(ctl.conf_path, command->readers, &conf, error)) {
        fprintf(stderr, "orderzapctl: %s\n", error);
        return EX_CONFIG;
    }
    log_open(LOG_LEVEL_OFF, "");
    ctl.conf = conf;
    if (ctl.database_url == NULL)
        ctl.database_url = command->readers == CONF_CLEANUP ? conf->database_cleanup_url : conf->database_admin_url;
    ctl.arena = arena_create();
    auth_keys_derive(conf->jwt_secret, &keys);
    ctl.keys = &keys;
    status = run_command(&ctl, command);
    arena_destroy(&ctl.arena);
    conf_free(&conf);
    return status;
}
