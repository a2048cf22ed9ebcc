/* What the subcommands of orderzapctl share. */
#ifndef OZ_CTL_CTL_H
#define OZ_CTL_CTL_H

#include "db/db.h"

#include <stdbool.h>

struct arena;
struct auth_keys;
struct conf;

struct ctl {
    const struct conf *conf;
    const struct auth_keys *keys;
    const char *conf_path;    /* NULL: the default */
    const char *database_url; /* of --database-url, else DATABASE_ADMIN_URL or, for cleanup, DATABASE_CLEANUP_URL */
    struct arena *arena;
    struct db *db; /* connected if the command needs it */
    int argc;      /* the words behind the command's name */
    char **argv;
};

/* Options of the form --name VALUE or --name=VALUE. */
struct ctl_option {
    const char *name;   /* without the dashes */
    const char **value; /* NULL for a flag */
    bool *flag;
    bool required;
};

/* Reads argv, which follows the subcommand's name, into at most 16 options, as
 * getopt_long() does. False, with a message on standard error, if one is unknown,
 * repeated or missing. */
bool ctl_options(const struct ctl *ctl, const struct ctl_option *options, int n);

/* Whether the text is a valid name: 1 to 120 bytes of UTF-8, not all blank. */
bool ctl_is_name(const char *text);

/* Prints the database's last error on standard error; returns EX_SOFTWARE. */
int ctl_database_error(const struct ctl *ctl, const char *what);

/* Runs one statement now. False on an error, which it prints. */
bool ctl_run(struct ctl *ctl, const char *what);

/* Fresh statistics; where they cannot be had now, autovacuum sees to them. */
void ctl_analyze(struct ctl *ctl);

/* The subcommands; each returns an exit status. */
int ctl_migrate(struct ctl *ctl);
int ctl_seed(struct ctl *ctl);
int ctl_restaurant_add(struct ctl *ctl);
int ctl_staff_add(struct ctl *ctl);
int ctl_staff_unlock(struct ctl *ctl);
int ctl_cleanup(struct ctl *ctl);
int ctl_doctor(struct ctl *ctl);
int ctl_site(struct ctl *ctl);
int ctl_qr_sheet(struct ctl *ctl);
int ctl_keygen(struct ctl *ctl);
int ctl_watch(struct ctl *ctl);

#endif
