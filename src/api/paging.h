/* Keyset pages: ?limit= and ?cursor=. */
#ifndef OZ_API_PAGING_H
#define OZ_API_PAGING_H

#include "http/fields.h"

struct request;

/* The first member of a list's query structure. */
struct paging {
    struct optional_int limit;
    const char *cursor;
};

enum { PAGE_MAX = 200, PAGE_DEFAULT = 50 };

/* Its rows, {PAGING_LIMIT} and {PAGING_CURSOR}, for the table of fields of a
 * query structure that begins with a struct paging. */
#define PAGING_LIMIT                                                                                                   \
    .name = "limit", .type = FIELD_INT, .offset = offsetof(struct paging, limit), .min = 1, .max = PAGE_MAX
#define PAGING_CURSOR                                                                                                  \
    .name = "cursor", .type = FIELD_TEXT, .offset = offsetof(struct paging, cursor), .min = 1, .max = 100

/* The limit as a parameter. */
const char *paging_limit(struct request *r, const struct paging *paging);

/* A cursor that is an id; *id NULL without a cursor. */
enum err paging_id(struct request *r, const struct paging *paging, const char **id);

/* A cursor that is a business date and a number. */
enum err paging_number(struct request *r, const struct paging *paging, const char **date, const char **number);

/* A cursor that is a business date. */
enum err paging_date(struct request *r, const struct paging *paging, const char **date);

#endif
