/* What is created, changed and removed one at a time: tables and the menu. The
 * body is read by a table of fields and goes to SQL as checked JSON: fields have
 * the names of the columns they are written to. */
#ifndef OZ_API_RESOURCE_H
#define OZ_API_RESOURCE_H

#include "base/err.h"
#include "db/statements.h"
#include "http/fields.h"

#include <stdbool.h>

struct request;

struct resource {
    const char *path;   /* of the collection, for Location: "/api/tables" */
    const char *table;  /* in the database */
    const char *parent; /* the column of its parent's id; NULL if its kind has none */
    const struct field *fields;
    size_t n_fields;
    /* Parameters: restaurant and id. lock returns the version, or no row if
     * nothing is there; get returns the JSON and the version. */
    enum statement lock, remove, get;
    int lock_version; /* the version's column in lock's row */
    bool is_menu;     /* a change raises the menu's version */
    enum err taken;   /* what a unique violation means */
};

/* Reads and checks the body of a new one or of a change. Faults are noted; the
 * caller adds its own and asks for the verdict. */
void resource_read(struct request *r, const struct resource *resource, bool patch, void *out);

/* Queues a new one with `id` and makes it the answer, 201. parent_id: NULL if its
 * kind has no parent. */
enum err resource_insert(struct request *r, const struct resource *resource, const char *id, const char *parent_id);

/* Locks r->args[0] and checks If-Match. Runs the transaction. */
enum err resource_lock(struct request *r, const struct resource *resource);

/* Queue the change of r->args[0], which is locked, and name the answer. */
enum err resource_update(struct request *r, const struct resource *resource);
enum err resource_remove(struct request *r, const struct resource *resource);

/* The checked body as JSON text. */
const char *resource_body(struct request *r);

#endif
