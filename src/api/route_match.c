#include "api/route_match.h"

#include "api/routes.h"
#include "base/arena.h"
#include "base/text.h"
#include "base/uuid7.h"
#include "http/request.h"

#include <string.h>

/* One segment of the pattern against one of the path. */
static bool match_segment(struct request *r, const char *pattern, size_t len, const char *segment, size_t *n_args)
{
    if (pattern[0] != '{')
        return strlen(segment) == len && memcmp(pattern, segment, len) == 0;
    const char *arg = segment;
    if (memcmp(pattern + len - 3, "id}", 3) == 0) {
        char *id = arena_alloc(r->arena, UUID_TEXT_SIZE);
        if (!uuid_parse(segment, id))
            return false;
        arg = id;
    }
    r->args[(*n_args)++] = arg;
    return true;
}

static bool match_pattern(struct request *r, const char *pattern)
{
    size_t n_args = 0, i = 0;
    for (const char *p = pattern + 1; *p != '\0'; i++) {
        size_t len = strcspn(p, "/");
        if (i == r->n_segments || !match_segment(r, p, len, r->segments[i], &n_args))
            return false;
        p += len + (p[len] == '/');
    }
    return i == r->n_segments;
}

enum err route_match(struct request *r)
{
    struct text allow;
    const char *method = strcmp(r->method, "HEAD") == 0 ? "GET" : r->method;
    text_init(&allow, r->arena);
    if (!request_split_uri(r))
        return ERR_NOT_FOUND;
    for (size_t i = 0; i < n_routes; i++) {
        if (!match_pattern(r, routes[i].pattern))
            continue;
        if (strcmp(routes[i].method, method) == 0) {
            r->route = &routes[i];
            return ERR_OK;
        }
        text_printf(&allow, "%s%s%s", allow.len > 0 ? ", " : "", routes[i].method,
                    strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "");
    }
    if (allow.len == 0)
        return ERR_NOT_FOUND;
    r->response.allow = allow.bytes;
    return ERR_METHOD_NOT_ALLOWED;
}
