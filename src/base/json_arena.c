#include "base/json_arena.h"

#include "base/arena.h"

#include <json-c/json.h>
#include <stdlib.h>

static void release_object(void *object)
{
    json_object_put(object);
}

void json_arena_own(struct arena *arena, struct json_object *object)
{
    arena_defer(arena, release_object, object);
}

struct json_object *json_arena_parse(struct arena *arena, const char *text)
{
    struct json_object *object = json_tokener_parse(text);
    if (object == NULL)
        abort(); /* no memory, as in the arena */
    json_arena_own(arena, object);
    return object;
}
