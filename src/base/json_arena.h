/* JSON values that an arena owns. */
#ifndef OZ_BASE_JSON_ARENA_H
#define OZ_BASE_JSON_ARENA_H

struct arena;
struct json_object;

/* The arena takes the caller's reference, and drops it when it is released. */
void json_arena_own(struct arena *arena, struct json_object *object);

/* Parses text that the database or this program wrote: a well-formed object or array. Text from
 * outside goes through json_strict. */
struct json_object *json_arena_parse(struct arena *arena, const char *text);

#endif
