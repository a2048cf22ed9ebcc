/* orderzapctl site: nginx's site, its template filled in from the settings. */
#include "base/arena.h"
#include "base/text.h"
#include "conf/conf.h"
#include "ctl/ctl.h"
#include "ctl/site_render.h"

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

static bool speaks_ipv6(void)
{
    FILE *addresses = fopen("/proc/net/if_inet6", "re");
    bool spoken = addresses != NULL && fgetc(addresses) != EOF;
    if (addresses != NULL)
        fclose(addresses);
    return spoken;
}

/* What nginx says its version is, such as "nginx version: nginx/1.22.1"; "" if
 * there is no nginx. */
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

/* Whether this version of nginx has the directive http2, which exists from
 * 1.25.1 on and makes nginx warn of http2 as an option of listen. If the
 * version cannot be read, the answer is no: every nginx takes the option. */
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
        {"template", &path, NULL, false}, {"nginx", &version, NULL, false}, {"rt", NULL, &rt, false}};
    struct text out;
    if (!ctl_options(ctl, options, 3))
        return EX_USAGE;
    if (version != NULL && !is_version(version)) {
        fprintf(stderr, "orderzapctl: --nginx: '%s' is not a version, such as 1.26.3\n", version);
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
    struct site site = {.arena = ctl->arena,
                        .conf = ctl->conf,
                        .installed_page = INSTALLED_PAGE,
                        .speaks_ipv6 = speaks_ipv6(),
                        .http2_directive = has_http2_directive(version != NULL ? version : nginx_says(ctl))};
    text_init(&out, ctl->arena);
    if (!site_render(&site, template, &out)) {
        fprintf(stderr, "orderzapctl: %s\n", site.error);
        return EX_CONFIG;
    }
    fputs(out.bytes, stdout);
    return EX_OK;
}
