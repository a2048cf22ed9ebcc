#include "ctl/site_render.h"

#include "base/arena.h"
#include "base/text.h"
#include "conf/conf.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* A scheme and a host, perhaps a port, nothing after (RFC 6454, 6.2). */
static bool is_origin(const char *text)
{
    size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0;
    const char *host = text + scheme;
    return scheme > 0 && host[0] != '\0' && host[0] != ':' && strpbrk(host, "/\"\\;{}$'?#@") == NULL;
}

/* Lines for a map of allowed origins, as patterns since nginx limits the
 * length of a plain key. */
static bool cors_map(struct site *site, struct text *out)
{
    char *list = arena_strdup(site->arena, site->conf->cors_origins), *rest = list;
    for (char *origin; (origin = strsep(&rest, ", \t")) != NULL;) {
        size_t len = strlen(origin);
        if (len == 0)
            continue;
        if (!is_origin(origin)) {
            site->error = arena_printf(
                site->arena, "CORS_ORIGINS: '%s' is not an origin, such as https://order.example.com", origin);
            return false;
        }
        text_printf(out, "    \"~^\\Q%s\\E$\" $http_origin;\n", origin);
    }
    if (out->len > 0)
        out->bytes[--out->len] = '\0'; /* the template contains the last newline */
    return true;
}

/* An IPv4 or IPv6 address, perhaps with a prefix length (RFC 4632, 3.1; RFC
 * 4291, 2.3). */
static bool is_network(struct site *site, const char *text)
{
    unsigned char address[sizeof(struct in6_addr)];
    char *host = arena_strdup(site->arena, text), *bits = strchr(host, '/');
    if (bits != NULL)
        *bits++ = '\0';
    bool is_ipv4 = inet_pton(AF_INET, host, address) == 1;
    if (!is_ipv4 && inet_pton(AF_INET6, host, address) != 1)
        return false;
    size_t digits = bits != NULL ? strspn(bits, "0123456789") : 0;
    return bits == NULL || (digits > 0 && digits < 4 && bits[digits] == '\0' && atoi(bits) <= (is_ipv4 ? 32 : 128));
}

/* Lines that allow these addresses. */
static bool metrics_allow(struct site *site, struct text *out)
{
    char *list = arena_strdup(site->arena, site->conf->site_metrics_allow), *rest = list;
    for (char *network; (network = strsep(&rest, ", \t")) != NULL;) {
        if (network[0] == '\0')
            continue;
        if (!is_network(site, network)) {
            site->error = arena_printf(
                site->arena, "SITE_METRICS_ALLOW: '%s' is not an address or network, such as 192.0.2.7 or 10.0.0.0/8",
                network);
            return false;
        }
        text_printf(out, "%s        allow %s;", out->len > 0 ? "\n" : "", network);
    }
    return true;
}

/* The port after https://host in a redirect: none if it is 443. */
static const char *redirect_port(struct site *site)
{
    const char *listen = site->conf->site_tls_listen, *colon = strrchr(listen, ':');
    const char *port = colon != NULL ? colon + 1 : listen;
    return strcmp(port, "443") == 0 ? "" : arena_printf(site->arena, ":%s", port);
}

/* The same port for IPv6, if only a port is given and the host supports IPv6;
 * otherwise nothing. */
static const char *listen_ipv6(struct site *site, const char *listen, const char *options)
{
    bool bare = listen[strspn(listen, "0123456789")] == '\0';
    return bare && site->speaks_ipv6 ? arena_printf(site->arena, "    listen [::]:%s%s;", listen, options) : "";
}

/* Lines made of settings that are lists. */
struct lists {
    struct text cors, metrics;
};

enum place_kind { PLACE_SETTING, PLACE_NUMBER, PLACE_LINES };

struct place {
    const char *key;
    enum place_kind kind;
    const char *text;
    int number;
};

/* False for an unknown place. */
static bool find_place(struct site *site, const char *key, size_t len, const struct lists *lists, struct place *found)
{
    const struct conf *c = site->conf;
    const char *tls_options = arena_printf(site->arena, " ssl%s backlog=4096", site->http2_directive ? "" : " http2");
    const struct place places[] = {
        {"RUN_DIR", PLACE_SETTING, c->run_dir, 0},
        {"RT_DIR", PLACE_SETTING, c->rt_dir, 0},
        {"SITE_SERVER_NAME", PLACE_SETTING, c->site_server_name, 0},
        {"SITE_HTTP_LISTEN", PLACE_SETTING, c->site_http_listen, 0},
        {"SITE_TLS_LISTEN", PLACE_SETTING, c->site_tls_listen, 0},
        {"SITE_TLS_CERTIFICATE", PLACE_SETTING, c->site_tls_certificate, 0},
        {"SITE_TLS_KEY", PLACE_SETTING, c->site_tls_key, 0},
        {"SITE_CACHE_DIR", PLACE_SETTING, c->site_cache_dir, 0},
        {"SITE_ACCESS_LOG", PLACE_SETTING, c->site_access_log, 0},
        {"SITE_API_PAGE", PLACE_SETTING, c->site_api_page[0] != '\0' ? c->site_api_page : site->installed_page, 0},
        {"SITE_DOOR_RATE", PLACE_NUMBER, NULL, c->site_door_rate},
        {"SITE_DOOR_BURST", PLACE_NUMBER, NULL, c->site_door_burst},
        {"SITE_RATE", PLACE_NUMBER, NULL, c->site_rate},
        {"SITE_BURST", PLACE_NUMBER, NULL, c->site_burst},
        {"SITE_EVENTS", PLACE_NUMBER, NULL, c->site_events},
        {"CORS_MAP", PLACE_LINES, lists->cors.bytes, 0},
        {"METRICS_ALLOW", PLACE_LINES, lists->metrics.bytes, 0},
        {"HTTP_LISTEN_IPV6", PLACE_LINES, listen_ipv6(site, c->site_http_listen, ""), 0},
        {"TLS_OPTIONS", PLACE_LINES, tls_options, 0},
        {"TLS_LISTEN_IPV6", PLACE_LINES, listen_ipv6(site, c->site_tls_listen, tls_options), 0},
        {"HTTP2", PLACE_LINES, site->http2_directive ? "    http2 on;" : "", 0},
        {"HTTPS_REDIRECT_PORT", PLACE_SETTING, redirect_port(site), 0},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (strlen(places[i].key) == len && strncmp(places[i].key, key, len) == 0) {
            *found = places[i];
            return true;
        }
    }
    return false;
}

/* Characters that would end nginx's directive or open a block, a string or a
 * comment. */
static bool breaks_out(const char *value)
{
    for (const unsigned char *p = (const unsigned char *)value; *p != '\0'; p++)
        if (*p < 0x20 || strchr(";{}\"'\\#", *p) != NULL)
            return true;
    return false;
}

static bool add_place(struct site *site, const char *key, size_t len, const struct lists *lists, struct text *out)
{
    struct place place;
    if (!find_place(site, key, len, lists, &place)) {
        site->error = arena_printf(site->arena, "the template has an unknown place @%.*s@", (int)len, key);
        return false;
    }
    if (place.kind == PLACE_NUMBER) {
        text_printf(out, "%d", place.number);
        return true;
    }
    if (place.kind == PLACE_SETTING && breaks_out(place.text)) {
        site->error =
            arena_printf(site->arena, "%s: '%s' cannot be used in nginx's configuration: remove ; { } # \\ and quotes",
                         place.key, place.text);
        return false;
    }
    text_puts(out, place.text);
    return true;
}

bool site_render(struct site *site, const char *template, struct text *out)
{
    struct lists lists;
    text_init(&lists.cors, site->arena);
    text_init(&lists.metrics, site->arena);
    if (!cors_map(site, &lists.cors) || !metrics_allow(site, &lists.metrics))
        return false;
    for (const char *p = template; *p != '\0';) {
        size_t plain = strcspn(p, "@");
        text_add(out, p, plain);
        p += plain;
        if (*p == '\0')
            break;
        size_t len = strspn(p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        if (len == 0 || p[1 + len] != '@') {
            text_add(out, p++, 1);
            continue;
        }
        if (!add_place(site, p + 1, len, &lists, out))
            return false;
        p += len + 2;
    }
    return true;
}
