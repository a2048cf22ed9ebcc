/* Calls functions on a Convex deployment over HTTP, on one connection that is
 * kept alive. */
#ifndef OZ_CONVEX_CONVEX_H
#define OZ_CONVEX_CONVEX_H

#include <stddef.h>

struct arena;
struct convex;
struct json_object;

enum convex_outcome {
    CONVEX_DONE,
    CONVEX_REFUSED, /* the same call would be refused again */
    CONVEX_AWAY,    /* not reached, too busy, or the answer was lost: it may have been done */
    CONVEX_HALT     /* the key or the deployment is wrong: no call can succeed */
};

/* Copies the texts. timeout_ms: for each call. NULL if libcurl cannot start. */
struct convex *convex_create(const char *url, const char *deploy_key, long timeout_ms);
void convex_destroy(struct convex **convex);

/* kind: "mutation" or "query"; path: such as "sync:applyBatch"; args: a JSON
 * object's text. With CONVEX_DONE *value is the function's result and belongs
 * to the arena. */
enum convex_outcome convex_call(struct convex *convex, struct arena *arena, const char *kind, const char *path,
                                const char *args, struct json_object **value);

/* One sentence about the last call that failed, without secrets. */
const char *convex_error(const struct convex *convex);
/* Calls made so far. */
long convex_calls(const struct convex *convex);

#endif
