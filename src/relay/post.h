/* Posting to rt, the nginx that fans out, over its publisher's socket on one
 * connection that is kept alive. */
#ifndef OZ_RELAY_POST_H
#define OZ_RELAY_POST_H

#include <stdbool.h>

struct post;

/* `socket`: the path, copied. NULL if libcurl cannot start. */
struct post *post_create(const char *socket);
void post_destroy(struct post **post);

/* Publishes to the channel `kind`.`id` ('r': a restaurant's, 's': a
 * session's). True only for a 2xx answer. */
bool post_event(struct post *post, char kind, const char *id, const char *body);

/* Ends the channel: its listeners are disconnected. */
bool post_end(struct post *post, char kind, const char *id);

/* One sentence about the last failure. */
const char *post_error(const struct post *post);

#endif
