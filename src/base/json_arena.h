/* JSON values that an arena owns. */
#ifndef OZ_BASE_JSON_ARENA_H
#define OZ_BASE_JSON_ARENA_H

struct arena;
struct json_object;

/* The arena takes the caller's reference, and drops it when it is released. */
void json_arena_own(struct arena *arena, struct json_object *object);

/* Text that the database or we ourselves wrote, so it is well formed: that of an object or an array.
 * Text from outside is for json_strict. */
struct json_object *json_arena_parse(struct arena *arena, const char *text);

#endif
