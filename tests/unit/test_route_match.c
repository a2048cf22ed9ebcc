/* api/route_match, on a small table of routes of its own. */
#include "unit.h"

#include "api/route_match.h"
#include "api/routes.h"
#include "http/request.h"

#include <string.h>

#define ID "0196f0c2-3b4a-7c1d-8e5f-0123456789ab"

enum { HEALTH, MENU, LIST, PLACE, ACTIVE, ONE, CHANGE, DINER };

const struct route routes[] = {
    [HEALTH] = {.method = "GET", .pattern = "/health"},
    [MENU] = {.method = "GET", .pattern = "/api/r/{slug}/menu"},
    [LIST] = {.method = "GET", .pattern = "/api/orders"},
    [PLACE] = {.method = "POST", .pattern = "/api/orders"},
    [ACTIVE] = {.method = "GET", .pattern = "/api/orders/active"},
    [ONE] = {.method = "GET", .pattern = "/api/orders/{id}"},
    [CHANGE] = {.method = "PATCH", .pattern = "/api/orders/{id}"},
    [DINER] = {.method = "DELETE", .pattern = "/api/orders/{id}/diners/{diner_id}"},
};
const size_t n_routes = LENGTH(routes);

static enum err match(struct arena *arena, const char *method, const char *uri, struct request *r)
{
    *r = (struct request){.arena = arena, .method = method, .uri = uri};
    return route_match(r);
}

static void test_found(void **state)
{
    static const struct {
        const char *method, *uri;
        int route;
        const char *args[2];
    } cases[] = {
        {"GET", "/health", HEALTH, {NULL, NULL}},
        {"GET", "/health?x=/api", HEALTH, {NULL, NULL}},
        {"HEAD", "/health", HEALTH, {NULL, NULL}},
        {"GET", "/h%65alth", HEALTH, {NULL, NULL}},
        {"GET", "/api/r/spice/menu", MENU, {"spice", NULL}},
        {"GET", "/api/r/caf%C3%A9/menu", MENU, {"caf\xc3\xa9", NULL}},
        {"GET", "/api/orders", LIST, {NULL, NULL}},
        {"POST", "/api/orders", PLACE, {NULL, NULL}},
        {"GET", "/api/orders/active", ACTIVE, {NULL, NULL}},
        {"GET", "/api/orders/" ID, ONE, {ID, NULL}},
        {"HEAD", "/api/orders/" ID, ONE, {ID, NULL}},
        {"PATCH", "/api/orders/0196F0C2-3B4A-7C1D-8E5F-0123456789AB", CHANGE, {ID, NULL}},
        {"DELETE", "/api/orders/" ID "/diners/" ID, DINER, {ID, ID}},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct request r;
        CHECK(match(*state, cases[i].method, cases[i].uri, &r) == ERR_OK, "%s", cases[i].uri);
        CHECK(r.route == &routes[cases[i].route], "%s is %s", cases[i].uri, r.route->pattern);
        for (int k = 0; k < 2 && cases[i].args[k] != NULL; k++)
            assert_string_equal(r.args[k], cases[i].args[k]);
    }
}

static void test_not_found(void **state)
{
    static const char *const uris[] = {
        "",
        "/",
        "health",
        "/healthy",
        "/healt",
        "/health/",
        "//health",
        "/health/x",
        "/api",
        "/api/r/menu",
        "/api/r//menu",
        "/api/r/a%2Fb/menu",
        "/api/orders/",
        "/api/orders/passive",
        "/api/orders/" ID "/",
        "/api/orders/" ID "x",
        "/api/orders/" ID "/diners",
        "/api/orders/" ID "/diners/x",
        "/Health",
        "/api/r/%zz/menu",
    };
    for (size_t i = 0; i < LENGTH(uris); i++) {
        struct request r;
        CHECK(match(*state, "GET", uris[i], &r) == ERR_NOT_FOUND && r.route == NULL, "'%s' was found", uris[i]);
        assert_null(r.response.allow);
    }
}

static void test_other_methods(void **state)
{
    static const char *const cases[][3] = {
        {"POST", "/health", "GET, HEAD"},
        {"get", "/health", "GET, HEAD"},
        {"", "/health", "GET, HEAD"},
        {"DELETE", "/api/orders", "GET, HEAD, POST"},
        {"DELETE", "/api/orders/" ID, "GET, HEAD, PATCH"},
        {"POST", "/api/orders/active", "GET, HEAD"},
        {"HEAD", "/api/orders/" ID "/diners/" ID, "DELETE"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct request r;
        CHECK(match(*state, cases[i][0], cases[i][1], &r) == ERR_METHOD_NOT_ALLOWED, "%s %s", cases[i][0], cases[i][1]);
        assert_string_equal(r.response.allow, cases[i][2]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_found),
        ARENA_TEST(test_not_found),
        ARENA_TEST(test_other_methods),
    };
    return cmocka_run_group_tests_name("route_match", tests, NULL, NULL);
}
