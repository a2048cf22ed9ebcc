/* The statements, one for each file in sql/statements: STMT_X, and STMT_CTL_X,
 * STMT_RELAY_X, STMT_SYNC_X for those of the folders ctl, relay and sync; and the
 * columns of their results, COL_X_NAME. */
#ifndef OZ_DB_STATEMENTS_H
#define OZ_DB_STATEMENTS_H

#include <stdbool.h>

enum statement {
#define STATEMENT(name, worker, text) STMT_##name,
#include "db/statements.inc"
#undef STATEMENT
    STATEMENT_COUNT
};

/* A column's place in the result of its statement. */
enum {
#define COLUMN(statement, name, place) COL_##statement##_##name = (place),
#include "db/columns.inc"
#undef COLUMN
};

/* Asserts that both statements have the column in the same place: it can be
 * read without knowing which of them ran. */
#define SAME_COLUMN(one, other, name)                                                                                  \
    _Static_assert((int)COL_##one##_##name == (int)COL_##other##_##name, #one " and " #other " differ in " #name)

struct statement_text {
    const char *name, *text;
    bool worker; /* prepared by the workers */
};

const struct statement_text *statement_text(enum statement statement);

#endif
