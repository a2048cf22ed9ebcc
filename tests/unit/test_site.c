/* ctl/site_render: the places of a template, lists of settings, and settings that
 * would change what nginx's configuration is made of. */
#include "unit.h"

#include "base/text.h"
#include "conf/conf.h"
#include "ctl/site_render.h"

#include <string.h>

/* Settings are not const, and nothing here writes into them. */
#define TEXT(literal) ((char *)(uintptr_t)(literal))

static struct conf usual(void)
{
    return (struct conf){.run_dir = TEXT("/run/orderzap"),
                         .rt_dir = TEXT("/run/rt"),
                         .site_server_name = TEXT("a.example b.example"),
                         .site_http_listen = TEXT("80"),
                         .site_tls_listen = TEXT("443"),
                         .site_tls_certificate = TEXT("/etc/cert.pem"),
                         .site_tls_key = TEXT("/etc/key.pem"),
                         .site_cache_dir = TEXT("/var/cache/oz"),
                         .site_access_log = TEXT("/var/log/oz"),
                         .site_api_page = TEXT(""),
                         .cors_origins = TEXT(""),
                         .site_metrics_allow = TEXT(""),
                         .site_door_rate = 2,
                         .site_rate = 300};
}

static const char *render_with(struct site *site, const char *template)
{
    struct text out;
    text_init(&out, site->arena);
    return site_render(site, template, &out) ? out.bytes : NULL;
}

static const char *render(struct arena *arena, const struct conf *conf, const char *template)
{
    struct site site = {.arena = arena, .conf = conf, .installed_page = "/share/api.html", .speaks_ipv6 = true};
    const char *text = render_with(&site, template);
    CHECK(text != NULL, "%s", site.error);
    return text;
}

static const char *refusal(struct arena *arena, const struct conf *conf, const char *template)
{
    struct site site = {.arena = arena, .conf = conf, .installed_page = "/share/api.html"};
    assert_null(render_with(&site, template));
    assert_non_null(site.error);
    return site.error;
}

static void test_places(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"nothing", "nothing"},
        {"@RUN_DIR@", "/run/orderzap"},
        {"a@RUN_DIR@@RT_DIR@b", "a/run/orderzap/run/rtb"},
        {"rate=@SITE_DOOR_RATE@r/s @SITE_RATE@", "rate=2r/s 300"},
        {"a@b.example, @lower@, @, @@, @RUN_DIR", "a@b.example, @lower@, @, @@, @RUN_DIR"},
        {"@SITE_SERVER_NAME@;", "a.example b.example;"},
        {"alias @SITE_API_PAGE@;", "alias /share/api.html;"},
        {"[@CORS_MAP@][@METRICS_ALLOW@]", "[][]"},
        {"[@HTTP_LISTEN_IPV6@]", "[    listen [::]:80;]"},
        {"[@TLS_LISTEN_IPV6@]", "[    listen [::]:443 ssl http2 backlog=4096;]"},
        {"[@HTTPS_REDIRECT_PORT@]", "[]"},
    };
    struct conf conf = usual();
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(render(*state, &conf, cases[i][0]), cases[i][1]);
}

static void test_unknown_place(void **state)
{
    struct conf conf = usual();
    assert_string_equal(refusal(*state, &conf, "x @RUN_DIR@ @NOWHERE@"), "the template has an unknown place @NOWHERE@");
}

static void test_listen(void **state)
{
    struct conf conf = usual();
    conf.site_http_listen = TEXT("127.0.0.1:8080");
    conf.site_tls_listen = TEXT("127.0.0.1:8443");
    assert_string_equal(render(*state, &conf, "[@HTTP_LISTEN_IPV6@@TLS_LISTEN_IPV6@@HTTPS_REDIRECT_PORT@]"), "[:8443]");
    struct site site = {.arena = *state, .conf = &conf, .http2_directive = true};
    conf.site_tls_listen = TEXT("8443");
    assert_string_equal(render_with(&site, "[@TLS_OPTIONS@|@HTTP2@|@TLS_LISTEN_IPV6@]"),
                        "[ ssl backlog=4096|    http2 on;|]");
}

static void test_lists(void **state)
{
    struct conf conf = usual();
    conf.cors_origins = TEXT("https://a.example, ,\thttp://localhost:5173");
    conf.site_metrics_allow = TEXT("10.0.0.0/8,::1 192.0.2.7/32\tfe80::/10");
    assert_string_equal(render(*state, &conf, "@CORS_MAP@"), "    \"~^\\Qhttps://a.example\\E$\" $http_origin;\n"
                                                             "    \"~^\\Qhttp://localhost:5173\\E$\" $http_origin;");
    assert_string_equal(render(*state, &conf, "@METRICS_ALLOW@"),
                        "        allow 10.0.0.0/8;\n        allow ::1;\n        allow 192.0.2.7/32;\n"
                        "        allow fe80::/10;");
}

static void test_lists_that_are_refused(void **state)
{
    static const char *const origins[] = {"*",           "a.example",         "ftp://a",         "https://",
                                          "https://a/b", "https://a\\E$\" x", "https://a;https", "https://a{"};
    static const char *const networks[] = {"all",      "10.0.0.0/33", "::1/129", "10.0.0.0/",
                                           "10.0.0/8", "10.0.0.0/8x", ";"};
    struct conf conf = usual();
    for (size_t i = 0; i < LENGTH(origins); i++) {
        conf.cors_origins = TEXT(origins[i]);
        CHECK(strncmp(refusal(*state, &conf, ""), "CORS_ORIGINS: ", 14) == 0, "%s", origins[i]);
    }
    conf.cors_origins = TEXT("");
    for (size_t i = 0; i < LENGTH(networks); i++) {
        conf.site_metrics_allow = TEXT(networks[i]);
        CHECK(strncmp(refusal(*state, &conf, ""), "SITE_METRICS_ALLOW: ", 20) == 0, "%s", networks[i]);
    }
}

/* What would end the directive that it stands in, or hide what follows it. */
static void test_settings_that_break_out(void **state)
{
    static const char *const values[] = {"/a;",  "/a; } server {", "{",     "}",   "\"/a b\"", "it's",
                                         "/a\\", "/a # comment",   "/a\nb", "a\r", "\x1b"};
    struct conf conf = usual();
    for (size_t i = 0; i < LENGTH(values); i++) {
        conf.site_tls_key = TEXT(values[i]);
        const char *error = refusal(*state, &conf, "ssl_certificate_key @SITE_TLS_KEY@;");
        CHECK(strncmp(error, "SITE_TLS_KEY: ", 14) == 0 && strstr(error, values[i]) != NULL, "%s", error);
        assert_string_equal(render(*state, &conf, "@RUN_DIR@"), "/run/orderzap"); /* where it does not stand */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_places), ARENA_TEST(test_unknown_place),          ARENA_TEST(test_listen),
        ARENA_TEST(test_lists),  ARENA_TEST(test_lists_that_are_refused), ARENA_TEST(test_settings_that_break_out),
    };
    return cmocka_run_group_tests_name("site", tests, NULL, NULL);
}
