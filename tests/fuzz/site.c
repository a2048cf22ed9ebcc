/* ctl/site_render, with nginx's real templates: no setting that is taken changes
 * what the configuration is made of: its directives, blocks, strings, comments. */
#include "fuzz.h"

#include "base/text.h"
#include "conf/conf.h"
#include "ctl/site_render.h"

#include "ctl/rt.inc"
#include "ctl/site.inc"

struct shape {
    size_t directives, opened, closed, strings;
};

/* Counts as nginx reads: outside of strings and comments. */
static struct shape shape_of(const char *text)
{
    struct shape s = {0};
    bool between = true;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '#' && between) {
            p += strcspn(p, "\n");
        } else if ((*p == '"' || *p == '\'') && between) {
            char quote = *p++;
            for (; *p != quote; p++) {
                HOLDS(*p != '\0', "a string is not closed:\n%s", text);
                p += *p == '\\';
            }
            s.strings++;
        } else {
            s.directives += *p == ';';
            s.opened += *p == '{';
            s.closed += *p == '}';
            p += *p == '\\';
        }
        if (*p == '\0')
            break;
        between = strchr(" \t\n;{}", *p) != NULL;
    }
    HOLDS(s.opened == s.closed, "%zu blocks opened, %zu closed:\n%s", s.opened, s.closed, text);
    return s;
}

static size_t count(struct arena *arena, const char *list)
{
    size_t n = 0;
    char *rest = arena_strdup(arena, list);
    for (char *part; (part = strsep(&rest, ", \t")) != NULL;)
        n += part[0] != '\0';
    return n;
}

static void check(struct arena *arena, const struct conf *conf, const char *template)
{
    struct conf usual = *conf;
    struct text out, expected;
    struct site site = {.arena = arena,
                        .conf = conf,
                        .installed_page = "/page",
                        .speaks_ipv6 = true,
                        .http2_directive = conf->site_door_rate & 1};
    text_init(&out, arena);
    text_init(&expected, arena);
    if (!site_render(&site, template, &out)) {
        HOLDS(site.error != NULL && site.error[0] != '\0', "refused without a word");
        return;
    }
    char **texts[] = {&usual.run_dir,         &usual.rt_dir,         &usual.site_server_name,
                      &usual.site_tls_key,    &usual.site_cache_dir, &usual.site_tls_certificate,
                      &usual.site_access_log, &usual.site_api_page,  &usual.site_http_listen,
                      &usual.site_tls_listen, &usual.cors_origins,   &usual.site_metrics_allow};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = "";
    usual.site_http_listen = usual.site_tls_listen = "x"; /* no second line for IPv6 */
    site.conf = &usual;
    HOLDS(site_render(&site, template, &expected), "%s", site.error);
    bool lists = strstr(template, "@CORS_MAP@") != NULL;
    size_t origins = lists ? count(arena, conf->cors_origins) : 0;
    size_t more = lists ? origins + count(arena, conf->site_metrics_allow) : 0;
    if (lists && conf->site_http_listen[strspn(conf->site_http_listen, "0123456789")] == '\0')
        more++;
    if (lists && conf->site_tls_listen[strspn(conf->site_tls_listen, "0123456789")] == '\0')
        more++;
    struct shape is = shape_of(out.bytes), should = shape_of(expected.bytes);
    HOLDS(is.directives == should.directives + more, "%zu directives, not %zu:\n%s", is.directives,
          should.directives + more, out.bytes);
    HOLDS(is.opened == should.opened && is.strings == should.strings + origins, "%zu blocks, %zu strings:\n%s",
          is.opened, is.strings, out.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    struct conf conf = {.site_door_rate = (int)(size & 1), .site_door_burst = 20, .site_rate = 300, .site_burst = 1000};
    char **texts[] = {&conf.run_dir,         &conf.rt_dir,         &conf.site_server_name,     &conf.site_http_listen,
                      &conf.site_tls_listen, &conf.cors_origins,   &conf.site_metrics_allow,   &conf.site_tls_key,
                      &conf.site_access_log, &conf.site_cache_dir, &conf.site_tls_certificate, &conf.site_api_page};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = arena_strdup(arena, take_line(&in));
    check(arena, &conf, site_template);
    check(arena, &conf, rt_template);
    arena_destroy(&arena);
    return 0;
}
