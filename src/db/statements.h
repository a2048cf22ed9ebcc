/* The statements, one for each file in sql/statements: STMT_X, and STMT_CTL_X,
 * STMT_RELAY_X, STMT_SYNC_X for those of the folders ctl, relay and sync. */
#ifndef OZ_DB_STATEMENTS_H
#define OZ_DB_STATEMENTS_H

#include <stdbool.h>

enum statement {
#define STATEMENT(name, worker, text) STMT_##name,
#include "db/statements.inc"
#undef STATEMENT
    STATEMENT_COUNT
};

struct statement_text {
    const char *name, *text;
    bool worker; /* prepared by the workers */
};

const struct statement_text *statement_text(enum statement statement);

#endif
