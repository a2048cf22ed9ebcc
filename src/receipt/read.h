/* The members of a receipt's document, taken as they come: what is absent, null
 * or of another type counts as not there. */
#ifndef OZ_RECEIPT_READ_H
#define OZ_RECEIPT_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct json_object;

/* NULL if there is none. `object` may be anything, also NULL. */
struct json_object *read_object(struct json_object *object, const char *key);

/* A list's length, 0 if there is none; and its entries. */
size_t read_count(struct json_object *object, const char *key);
struct json_object *read_entry(struct json_object *object, const char *key, size_t i);

/* Text in one line, NULL if there is none or it is blank. It has no control
 * characters, none that embed, override or isolate directions, and is UTF-8. */
const char *read_text(struct arena *arena, struct json_object *object, const char *key);
/* The same, but it may have line feeds. */
const char *read_lines(struct arena *arena, struct json_object *object, const char *key);

bool read_int(struct json_object *object, const char *key, int64_t *out);
/* 0 if there is none. */
int64_t read_amount(struct json_object *object, const char *key);
/* Whether it is there and is that. */
bool read_is(struct json_object *object, const char *key, bool value);

#endif
