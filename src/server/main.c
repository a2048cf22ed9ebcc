/* orderzapd: the OrderZap application server. */
#include "auth/keys.h"
#include "base/log.h"
#include "conf/conf.h"
#include "server/master.h"
#include "server/places.h"
#include "server/user.h"
#include "version.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct options {
    const char *conf_path;
    bool foreground, check, dump;
};

static void print_help(void)
{
    puts("Usage: orderzapd [OPTION]...\n"
         "Answers OrderZap's API over FastCGI, behind nginx.\n"
         "\n"
         "  -c, --config FILE    read the settings from FILE (" CONF_DEFAULT_FILE ")\n"
         "  -f, --foreground     stay in the foreground\n"
         "      --check-config   check the settings and end\n"
         "      --dump-config    print the settings in effect, without secrets, and end\n"
         "  -V, --version        print the version and end\n"
         "  -h, --help           print this and end\n"
         "\n"
         "Signals: TERM finishes what runs and ends, HUP takes over changed settings,\n"
         "USR1 reopens the log file.\n"
         "\n"
         "Settings, in the file or the environment:");
    conf_help(stdout);
}

/* -1 to go on, else the exit status. */
static int read_options(int argc, char **argv, struct options *options)
{
    enum { CHECK = 256, DUMP };
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'},
        {"foreground", no_argument, NULL, 'f'},
        {"check-config", no_argument, NULL, CHECK},
        {"dump-config", no_argument, NULL, DUMP},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    for (int c; (c = getopt_long(argc, argv, "c:fVh", known, NULL)) != -1;) {
        switch (c) {
        case 'c':
            options->conf_path = optarg;
            break;
        case 'f':
            options->foreground = true;
            break;
        case CHECK:
            options->check = true;
            break;
        case DUMP:
            options->dump = true;
            break;
        case 'V':
            puts("orderzapd " ORDERZAP_VERSION);
            return EX_OK;
        case 'h':
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "orderzapd: unexpected argument '%s'\n", argv[optind]);
        return EX_USAGE;
    }
    return -1;
}

static int complain(const char *error, int status)
{
    fprintf(stderr, "orderzapd: %s\n", error);
    return status;
}

static bool start_log(const struct conf *conf)
{
    enum log_level level = LOG_LEVEL_INFO;
    log_level_parse(conf->log_level, &level);
    return log_open(level, conf->log_file);
}

/* The parent ends when the child has the sockets. */
static bool to_background(void)
{
    pid_t pid = fork();
    if (pid > 0)
        _exit(EX_OK);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    return pid == 0 && setsid() > 0 && null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0 &&
           dup2(null, STDERR_FILENO) >= 0;
}

/* Whether orderzapd's user can read the keys, and the relay its connection;
 * becomes that user. */
static int check_as_user(const struct conf *conf, const char *conf_path)
{
    struct auth_keys keys = {0};
    struct conf *relay = NULL;
    char error[CONF_ERROR_SIZE];
    bool good = user_become(conf, error) && auth_keys_load(conf, &keys, error) &&
                conf_load(conf_path, CONF_RELAY, &relay, error) && conf_check_relay(relay, error);
    explicit_bzero(&keys, sizeof keys);
    conf_free(&relay);
    if (!good)
        return complain(error, EX_CONFIG);
    if (conf->misplaced != NULL)
        fprintf(stderr, "orderzapd: %s is not a secret of orderzapd's workers: " CONF_MISPLACED "\n", conf->misplaced);
    puts("The settings are valid.");
    return EX_OK;
}

/* As RUN_USER if started as root: opens the log and takes the sockets. NULL on
 * failure, which it reports; *status is the exit status. */
static struct master *prepare(struct conf *conf, const char *conf_path, int *status)
{
    char error[CONF_ERROR_SIZE];
    const char *erased = conf_clean_environment(conf, CONF_SERVER);
    *status = EX_UNAVAILABLE;
    bool good = user_check(conf, error);
    if (good)
        places_prepare(conf);
    good = good && user_become(conf, error);
    if (good && !start_log(conf)) {
        snprintf(error, sizeof error, "LOG_FILE: %.200s: %s", conf->log_file, strerror(errno));
        *status = EX_CONFIG;
        good = false;
    }
    if (!good) {
        complain(error, *status);
        conf_free(&conf);
        return NULL;
    }
    if (erased != NULL)
        LOG_WARN("a secret that orderzapd must not hold was erased from the environment", LOG_TEXT("setting", erased));
    struct master *master = master_create(conf, conf_path, error);
    if (master == NULL)
        complain(error, *status);
    return master;
}

static int serve(struct conf *conf, const struct options *options)
{
    char error[AUTH_ERROR_SIZE];
    int status;
    if (!options->foreground && conf->log_file[0] == '\0') {
        conf_free(&conf);
        return complain("to run in the background, set LOG_FILE; or use --foreground", EX_CONFIG);
    }
    struct master *master = prepare(conf, options->conf_path, &status);
    if (master == NULL)
        return status;
    status = EX_OSERR;
    if (!master_load_keys(master, error))
        status = complain(error, EX_CONFIG);
    else if (options->foreground || to_background())
        status = master_run(master);
    master_destroy(&master);
    return status;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    struct conf *conf;
    char error[CONF_ERROR_SIZE];
    int status = read_options(argc, argv, &options);
    if (status >= 0)
        return status;
    if (!conf_load(options.conf_path, options.dump ? CONF_EVERYBODY : CONF_SERVER, &conf, error))
        return complain(error, EX_CONFIG);
    if (options.dump) {
        conf_dump(conf, stdout);
        conf_free(&conf);
        return EX_OK;
    }
    if (!conf_check_server(conf, error)) {
        conf_free(&conf);
        return complain(error, EX_CONFIG);
    }
    if (options.check) {
        status = check_as_user(conf, options.conf_path);
        conf_free(&conf);
        return status;
    }
    return serve(conf, &options);
}
