/* api/route_match, with the real table of routes: each path that is written from
 * a pattern finds its route and its parts; what is found is written as the same
 * path again. */
#include "fuzz.h"

#include "api/route_match.h"
#include "api/routes.h"
#include "base/uuid7.h"
#include "http/request.h"

#include <ctype.h>
#include <strings.h>

/* The table without its handlers. */
#define ROUTE(method_, pattern_, ...)       {.method = method_, .pattern = pattern_},
#define ROUTE_QUERY(method_, pattern_, ...) {.method = method_, .pattern = pattern_},
const struct route routes[] = {
#include "api/routes.def"
};
const size_t n_routes = sizeof routes / sizeof routes[0];

static const char *encode(struct arena *arena, const char *text)
{
    char *out = arena_alloc(arena, 3 * strlen(text) + 1), *to = out;
    for (; *text != '\0'; text++)
        to += sprintf(to, isalnum((unsigned char)*text) || *text == '-' ? "%c" : "%%%02X", (unsigned char)*text);
    return out;
}

/* The path of a pattern with these in its places. */
static const char *fill_in(struct arena *arena, const char *pattern, const char *const *args)
{
    const char *path = "";
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p == '{') {
            path = arena_printf(arena, "%s%s", path, encode(arena, *args++));
            p = strchr(p, '}');
        } else {
            path = arena_printf(arena, "%s%c", path, *p);
        }
    }
    return path;
}

static enum err match(struct arena *arena, const char *method, const char *uri, struct request *r)
{
    *r = (struct request){.arena = arena, .method = method, .uri = uri};
    return route_match(r);
}

static void check_same(const struct request *a, const struct request *b, const char *uri)
{
    HOLDS(a->route == b->route, "%s: %s and %s", uri, a->route->pattern, b->route->pattern);
    for (int i = 0; i < 2; i++)
        HOLDS(a->args[i] == b->args[i] || strcasecmp(a->args[i], b->args[i]) == 0, "%s: '%s' and '%s'", uri, a->args[i],
              b->args[i]);
}

/* Each method that an answer says is allowed is. */
static void check_allowed(struct arena *arena, const struct request *refused)
{
    struct request r;
    char *list = arena_strdup(arena, refused->response.allow);
    for (char *method; (method = strsep(&list, ",")) != NULL;) {
        method += strspn(method, " ");
        HOLDS(match(arena, method, refused->uri, &r) == ERR_OK, "%s %s", method, refused->uri);
        HOLDS(strcmp(method, refused->method) != 0, "%s %s", method, refused->uri);
    }
}

static void check_raw(struct arena *arena, const char *method, const char *uri)
{
    struct request r, again;
    switch (match(arena, method, uri, &r)) {
    case ERR_OK:
        HOLDS(match(arena, method, fill_in(arena, r.route->pattern, r.args), &again) == ERR_OK, "%s %s", method, uri);
        check_same(&r, &again, uri);
        break;
    case ERR_METHOD_NOT_ALLOWED:
        check_allowed(arena, &r);
        break;
    default:
        HOLDS(r.route == NULL, "%s %s", method, uri);
    }
}

/* Whether the pattern's place `i` is one for a UUID. */
static bool wants_id(const char *pattern, int i)
{
    const char *p = strchr(pattern, '{');
    for (; p != NULL && i > 0; i--)
        p = strchr(p + 1, '{');
    return p != NULL && strncmp(strchr(p, '}') - 2, "id", 2) == 0;
}

static void check_written(struct input *in, const char *word)
{
    struct arena *arena = in->arena;
    struct request r, clean = {.arena = arena, .uri = arena_printf(arena, "/%s", encode(arena, word))};
    const struct route *route = &routes[take_byte(in) % n_routes];
    char id[UUID_TEXT_SIZE];
    const char *args[2];
    if (!request_split_uri(&clean)) /* no word that a path can hold */
        word = "word";
    uuid7_make(id);
    for (int i = 0; i < 2; i++)
        args[i] = wants_id(route->pattern, i) ? id : word;
    const char *uri = fill_in(arena, route->pattern, args);
    HOLDS(match(arena, route->method, uri, &r) == ERR_OK, "%s %s", route->method, uri);
    /* A word may be another route's: /sessions/{word} is /sessions/active. */
    HOLDS(r.route == route || strchr(route->pattern, '{') != NULL, "%s is %s", uri, r.route->pattern);
    for (int i = 0; r.route == route && i < 2 && r.args[i] != NULL; i++)
        HOLDS(strcmp(r.args[i], args[i]) == 0, "%s: '%s'", uri, r.args[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    const char *method = take_line(&in), *uri = take_line(&in);
    check_raw(arena, method, uri);
    check_written(&in, uri);
    arena_destroy(&arena);
    return 0;
}
