/* The settings, from one table (settings.def): files of KEY=value lines, overridden
 * by the environment. A program holds the secrets that it needs and no others; those
 * that orderzapd's workers do not need stand in files of their own, in the same
 * folder. */
#ifndef OZ_CONF_CONF_H
#define OZ_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CONF_DEFAULT_FILE "/etc/orderzap/orderzap.env"

/* The settings in the table's order. */
enum {
#define SETTING(key, type, field, initial, min, max, flags, help) CONF_AT_##field,
#include "conf/settings.def"
#undef SETTING
    CONF_SETTINGS
};

/* Where a value comes from; BOTH: the environment repeats the file. */
enum conf_source { CONF_FROM_DEFAULT, CONF_FROM_FILE, CONF_FROM_ENVIRONMENT, CONF_FROM_BOTH };

struct conf {
#define TEXT(field)                                               char *field;
#define INT(field)                                                int field;
#define SETTING(key, type, field, initial, min, max, flags, help) type(field)
#include "conf/settings.def"
#undef SETTING
#undef TEXT
#undef INT
    unsigned char sources[CONF_SETTINGS]; /* enum conf_source */
    const char *misplaced; /* a secret in orderzap.env that belongs in another file; NULL if there is none */
    const char
        *overridden; /* a setting whose value in the files is overridden by the environment; NULL if there is none */
};

/* The largest value of a number, CONF_MAX_pool_max and so on; of a text its length. */
enum {
#define SETTING(key, type, field, initial, min, max, flags, help) CONF_MAX_##field = (max),
#include "conf/settings.def"
#undef SETTING
};

enum { CONF_ERROR_SIZE = 512 };

/* How many connections may wait for a worker to take them; listen(2). */
enum { LISTEN_BACKLOG = 4096 };

/* Whose secrets to read, as a sum of these. 0: none. */
enum conf_reader {
    CONF_SERVER = 1,  /* orderzapd's master and workers */
    CONF_RELAY = 2,   /* its child that relays live events */
    CONF_ADMIN = 4,   /* orderzapctl */
    CONF_SYNC = 8,    /* orderzap-sync */
    CONF_CLEANUP = 16 /* orderzapctl cleanup */
};
enum { CONF_EVERYBODY = CONF_SERVER | CONF_RELAY | CONF_ADMIN | CONF_SYNC | CONF_CLEANUP };

/* Reads `path` (NULL: CONF_DEFAULT_FILE if it exists), the files beside it
 * with secrets of `readers` if they exist and may be read, and the
 * environment. Others' secrets stay out of memory. The caller owns *out. On
 * failure returns false, and `error` is one sentence that names the setting
 * and says what to do. */
bool conf_load(const char *path, unsigned readers, struct conf **out, char error[CONF_ERROR_SIZE]);
void conf_free(struct conf **conf);

/* Erases from the environment, also as /proc shows it, the secrets of programs
 * other than `readers`, and whatever only repeats conf's values, so that the
 * files decide on a reload. Returns a secret that was erased, NULL if there
 * was none. */
const char *conf_clean_environment(const struct conf *conf, unsigned readers);

/* The n-th file beside `path` that holds secrets, and its readers; NULL after
 * the last. The text is in `out`. */
const char *conf_side_file(const char *path, int n, unsigned *readers, char *out, size_t size);

/* Checks what the server needs beyond well-formed values: a database, a strong
 * secret, a key file if tokens need one. */
bool conf_check_server(const struct conf *conf, char error[CONF_ERROR_SIZE]);

/* Checks what the relay needs, if there is one. `conf` was loaded for
 * CONF_RELAY. */
bool conf_check_relay(const struct conf *conf, char error[CONF_ERROR_SIZE]);

/* What to do about conf->misplaced. */
#define CONF_MISPLACED "move the line to the file beside the settings that orderzap.env(5) names for it"

/* Prints KEY=value lines; secrets as "(set)" or "(not set)". */
void conf_dump(const struct conf *conf, FILE *out);
/* Prints every key with its default and its line of help. */
void conf_help(FILE *out);

/* Before a reload: moves into `fresh` those values of `old` that cannot change
 * while the server runs. Calls tell() for each setting that differs and that
 * the server does not take over: one that needs a restart, or one of nginx's
 * site. */
void conf_keep_fixed(struct conf *fresh, struct conf *old, void (*tell)(const char *key, bool is_site));

#endif
