/* One step of migrate. Short, so that no request waits long for its locks, and
 * recorded in its own transaction, so that a run that was broken off is taken
 * up where it was. What a migration's file may say in lines of their own:
 *
 *   -- batch                    first: its one statement is repeated, each time in
 *                               a transaction, until it changes no row
 *   -- batch without triggers   the same, and no trigger or foreign key hears of it
 *   -- alone                    first: its one statement, CREATE INDEX CONCURRENTLY
 *                               or DROP INDEX CONCURRENTLY IF EXISTS, is run
 *                               outside of a transaction
 *   -- function NAME            anywhere else: here, in the same transaction, the
 *                               function goes live */
#ifndef OZ_CTL_STEP_H
#define OZ_CTL_STEP_H

#include "ctl/schema.h"

#include <stdbool.h>
#include <stddef.h>

struct ctl;

enum { STEP_NAME_SIZE = 64 };

struct step {
    const struct source *migration; /* NULL: functions alone */
    const struct source **functions;
    size_t n;
};

struct step_how {
    bool is_superuser; /* takes on the owner's role in each transaction */
    int wait_seconds;  /* how long a step tries to get its locks */
};

/* Finds the next line "-- function NAME" from *at on. False if there is none.
 * [*from, *at) is the line. */
bool step_next_function(const char **from, const char **at, char name[STEP_NAME_SIZE]);

/* False, with a message on standard error, if it was not done. */
bool step_apply(struct ctl *ctl, const struct step *step, struct step_how how);

#endif
