/* The SQL that makes the schema: embedded in the program, or read from a
 * folder. */
#ifndef OZ_CTL_SCHEMA_H
#define OZ_CTL_SCHEMA_H

#include <stddef.h>

struct arena;

struct source {
    const char *kind; /* "setup", "function" or "migration" */
    const char *name; /* the file's, without its extension */
    const char *sql;
};

/* In the order in which they are applied. dir NULL: the embedded ones;
 * otherwise the files in its functions/ and migrations/. NULL with errno if
 * the folder cannot be read. */
const struct source *schema_load(struct arena *arena, const char *dir, size_t *n);

/* The demo's data, and its past. */
extern const char schema_seed[], schema_history[];

#endif
