/* orderzapctl site: nginx's site, its template filled in from the settings. */
#include "base/arena.h"
#include "base/text.h"
#include "conf/conf.h"
#include "ctl/ctl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* const char site_template[] */
#include "ctl/site.inc"
/* const char rt_template[] */
#include "ctl/rt.inc"

#define INSTALLED_PAGE DATA_DIR "/api.html" /* DATA_DIR: from the Makefile */

/* A scheme and a host, perhaps a port, nothing behind (RFC 6454, 6.2). */
static bool is_origin(const char *text)
{
    size_t scheme = strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0;
    const char *host = text + scheme;
    return scheme > 0 && host[0] != '\0' && host[0] != ':' && strpbrk(host, "/\"\\;{}$'?#@") == NULL;
}

/* Lines for a map of allowed origins. As patterns, since nginx limits how long
 * a plain key may be. */
static bool cors_map(struct ctl *ctl, struct text *out)
{
    char *list = arena_strdup(ctl->arena, ctl->conf->cors_origins), *rest = list;
    for (char *origin; (origin = strsep(&rest, ", \t")) != NULL;) {
        size_t len = strlen(origin);
        if (len == 0)
            continue;
        if (!is_origin(origin)) {
            fprintf(stderr, "orderzapctl: CORS_ORIGINS: '%s' is no origin, as in https://order.example.com\n", origin);
            return false;
        }
        text_printf(out, "    \"~^\\Q%s\\E$\" $http_origin;\n", origin);
    }
    if (out->len > 0)
        out->bytes[--out->len] = '\0'; /* the template has the last newline */
    return true;
}

/* An address, of IPv4 or IPv6, perhaps with how many bits of it count
 * (RFC 4632, 3.1; RFC 4291, 2.3). */
static bool is_network(struct ctl *ctl, const char *text)
{
    unsigned char address[sizeof(struct in6_addr)];
    char *host = arena_strdup(ctl->arena, text), *bits = strchr(host, '/');
    if (bits != NULL)
        *bits++ = '\0';
    bool is_ipv4 = inet_pton(AF_INET, host, address) == 1;
    if (!is_ipv4 && inet_pton(AF_INET6, host, address) != 1)
        return false;
    size_t digits = bits != NULL ? strspn(bits, "0123456789") : 0;
    return bits == NULL || (digits > 0 && digits < 4 && bits[digits] == '\0' && atoi(bits) <= (is_ipv4 ? 32 : 128));
}

/* Lines that let these in. */
static bool metrics_allow(struct ctl *ctl, struct text *out)
{
    char *list = arena_strdup(ctl->arena, ctl->conf->site_metrics_allow), *rest = list;
    for (char *network; (network = strsep(&rest, ", \t")) != NULL;) {
        if (network[0] == '\0')
            continue;
        if (!is_network(ctl, network)) {
            fprintf(stderr,
                    "orderzapctl: SITE_METRICS_ALLOW: '%s' is no address or network, as in 192.0.2.7 or 10.0.0.0/8\n",
                    network);
            return false;
        }
        text_printf(out, "%s        allow %s;", out->len > 0 ? "\n" : "", network);
    }
    return true;
}

/* The port behind https://host in a redirect: none where it is 443. */
static const char *redirect_port(struct ctl *ctl)
{
    const char *listen = ctl->conf->site_tls_listen, *colon = strrchr(listen, ':');
    const char *port = colon != NULL ? colon + 1 : listen;
    return strcmp(port, "443") == 0 ? "" : arena_printf(ctl->arena, ":%s", port);
}

/* The same port for IPv6, where a port alone is given and the host speaks it;
 * else nothing. */
static const char *listen_ipv6(struct ctl *ctl, const char *listen, const char *options)
{
    FILE *addresses = fopen("/proc/net/if_inet6", "re");
    bool bare = listen[strspn(listen, "0123456789")] == '\0';
    bool spoken = addresses != NULL && fgetc(addresses) != EOF;
    if (addresses != NULL)
        fclose(addresses);
    if (!bare || !spoken)
        return "";
    return arena_printf(ctl->arena, "    listen [::]:%s%s;", listen, options);
}

/* What nginx says that it is, as in "nginx version: nginx/1.22.1"; "" where
 * there is none. */
static const char *nginx_says(struct ctl *ctl)
{
    char line[200] = "";
    FILE *nginx = popen("PATH=\"$PATH:/usr/sbin\" nginx -v 2>&1", "re");
    if (nginx == NULL)
        return "";
    bool read = fgets(line, sizeof line, nginx) != NULL;
    char *number = strchr(line, '/');
    return pclose(nginx) == 0 && read && number != NULL ? arena_strdup(ctl->arena, number + 1) : "";
}

/* Whether nginx of a version has the directive http2, which is from 1.25.1 on,
 * and warns of http2 among the options of listen. A version that cannot be
 * read has it not: every nginx takes the option. */
static bool has_http2_directive(const char *version)
{
    enum { MAJOR = 1, MINOR = 25, PATCH = 1 };
    int major = 0, minor = 0, patch = 0;
    if (sscanf(version, "%3d.%3d.%3d", &major, &minor, &patch) != 3)
        return false;
    if (major != MAJOR)
        return major > MAJOR;
    return minor > MINOR || (minor == MINOR && patch >= PATCH);
}

static bool is_version(const char *text)
{
    int major, minor, patch, end = 0;
    return text[strspn(text, "0123456789.")] == '\0' &&
           sscanf(text, "%3d.%3d.%3d%n", &major, &minor, &patch, &end) == 3 && text[end] == '\0';
}

/* What is not a setting as it stands: lines made of lists, and how nginx is
 * told to speak HTTP/2. */
struct made {
    struct text cors, metrics;
    bool http2_directive;
};

/* The value of a place in the template; NULL for an unknown one. */
static const char *value_of(struct ctl *ctl, const char *key, size_t len, const struct made *made)
{
    const struct conf *c = ctl->conf;
    const char *tls_options = arena_printf(ctl->arena, " ssl%s backlog=4096", made->http2_directive ? "" : " http2");
    const struct {
        const char *key, *text;
        int number;
    } places[] = {
        {"RUN_DIR", c->run_dir, 0},
        {"RT_DIR", c->rt_dir, 0},
        {"SITE_SERVER_NAME", c->site_server_name, 0},
        {"SITE_HTTP_LISTEN", c->site_http_listen, 0},
        {"SITE_TLS_LISTEN", c->site_tls_listen, 0},
        {"SITE_TLS_CERTIFICATE", c->site_tls_certificate, 0},
        {"SITE_TLS_KEY", c->site_tls_key, 0},
        {"SITE_CACHE_DIR", c->site_cache_dir, 0},
        {"SITE_ACCESS_LOG", c->site_access_log, 0},
        {"SITE_API_PAGE", c->site_api_page[0] != '\0' ? c->site_api_page : INSTALLED_PAGE, 0},
        {"SITE_DOOR_RATE", NULL, c->site_door_rate},
        {"SITE_DOOR_BURST", NULL, c->site_door_burst},
        {"SITE_RATE", NULL, c->site_rate},
        {"SITE_BURST", NULL, c->site_burst},
        {"SITE_EVENTS", NULL, c->site_events},
        {"CORS_MAP", made->cors.bytes, 0},
        {"METRICS_ALLOW", made->metrics.bytes, 0},
        {"HTTP_LISTEN_IPV6", listen_ipv6(ctl, c->site_http_listen, ""), 0},
        {"TLS_OPTIONS", tls_options, 0},
        {"TLS_LISTEN_IPV6", listen_ipv6(ctl, c->site_tls_listen, tls_options), 0},
        {"HTTP2", made->http2_directive ? "    http2 on;" : "", 0},
        {"HTTPS_REDIRECT_PORT", redirect_port(ctl), 0},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strlen(places[i].key) == len && strncmp(places[i].key, key, len) == 0)
            return places[i].text != NULL ? places[i].text : arena_printf(ctl->arena, "%d", places[i].number);
    return NULL;
}

static bool fill_in(struct ctl *ctl, const char *template, const struct made *made, struct text *out)
{
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
        const char *value = value_of(ctl, p + 1, len, made);
        if (value == NULL) {
            fprintf(stderr, "orderzapctl: the template has an unknown place @%.*s@\n", (int)len, p + 1);
            return false;
        }
        text_puts(out, value);
        p += len + 2;
    }
    return true;
}

static const char *read_template(struct ctl *ctl, const char *path)
{
    char *line = NULL;
    size_t size = 0;
    struct text text;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return NULL;
    text_init(&text, ctl->arena);
    while (getline(&line, &size, file) >= 0)
        text_puts(&text, line);
    free(line);
    fclose(file);
    return text.bytes;
}

int ctl_site(struct ctl *ctl)
{
    const char *path = NULL, *version = NULL, *template;
    bool rt = false;
    const struct ctl_option options[] = {
        {"--template", &path, NULL, false}, {"--nginx", &version, NULL, false}, {"--rt", NULL, &rt, false}};
    struct made made;
    struct text out;
    if (!ctl_options(ctl, options, 3))
        return EX_USAGE;
    if (version != NULL && !is_version(version)) {
        fprintf(stderr, "orderzapctl: --nginx: '%s' is no version, as in 1.26.3\n", version);
        return EX_USAGE;
    }
    if (rt && ctl->conf->rt_dir[0] == '\0') {
        fputs("orderzapctl: RT_DIR is not set: there are no live events\n", stderr);
        return EX_CONFIG;
    }
    template = rt ? rt_template : site_template;
    if (path != NULL && (template = read_template(ctl, path)) == NULL) {
        fprintf(stderr, "orderzapctl: %s: %s\n", path, strerror(errno));
        return EX_NOINPUT;
    }
    made.http2_directive = has_http2_directive(version != NULL ? version : nginx_says(ctl));
    text_init(&made.cors, ctl->arena);
    text_init(&made.metrics, ctl->arena);
    text_init(&out, ctl->arena);
    if (!cors_map(ctl, &made.cors) || !metrics_allow(ctl, &made.metrics) || !fill_in(ctl, template, &made, &out))
        return EX_CONFIG;
    fputs(out.bytes, stdout);
    return EX_OK;
}
