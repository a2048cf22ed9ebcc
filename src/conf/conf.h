/* The settings, from one table (settings.def): a file of KEY=value lines, as
 * systemd's EnvironmentFile reads them, overridden by the environment. */
#ifndef OZ_CONF_CONF_H
#define OZ_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CONF_DEFAULT_FILE "/etc/orderzap/orderzap.env"

struct conf {
#define TEXT(field)                                               char *field;
#define INT(field)                                                int field;
#define SETTING(key, type, field, initial, min, max, flags, help) type(field)
#include "conf/settings.def"
#undef SETTING
#undef TEXT
#undef INT
};

enum { CONF_ERROR_SIZE = 512 };

/* Reads `path` (NULL: CONF_DEFAULT_FILE if it is there) and the environment.
 * The caller owns *out. On failure false, and `error` holds one sentence that
 * names the setting and says what to do. */
bool conf_load(const char *path, struct conf **out, char error[CONF_ERROR_SIZE]);
void conf_free(struct conf **conf);

/* What the server needs beyond well-formed values: a database, a strong
 * secret, a key's file where tokens need one. */
bool conf_check_server(const struct conf *conf, char error[CONF_ERROR_SIZE]);

/* Prints KEY=value lines; secrets as "(set)" or "(not set)". */
void conf_dump(const struct conf *conf, FILE *out);
/* Prints every key with its default and its line of help. */
void conf_help(FILE *out);

/* The first setting that differs and that a reload cannot take over; NULL if
 * there is none. */
const char *conf_fixed_difference(const struct conf *a, const struct conf *b);

#endif
