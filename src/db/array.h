/* PostgreSQL array literals (its manual, 8.15.6), as parameters. */
#ifndef OZ_DB_ARRAY_H
#define OZ_DB_ARRAY_H

#include "base/text.h"

void array_init(struct text *array, struct arena *arena);
/* NULL adds SQL's NULL. */
void array_add(struct text *array, const char *value);
void array_add_int(struct text *array, int64_t value);
/* Closes the array; the text lives in the arena. */
const char *array_end(struct text *array);

#endif
