/* nginx's site from its template and the settings. */
#ifndef OZ_CTL_SITE_RENDER_H
#define OZ_CTL_SITE_RENDER_H

#include <stdbool.h>

struct arena;
struct conf;
struct text;

struct site {
    struct arena *arena;
    const struct conf *conf;
    const char *installed_page; /* the page at /docs if no setting names one */
    bool speaks_ipv6;           /* whether the host supports it */
    bool http2_directive;       /* whether nginx has http2 as a directive, not as an option of listen */
    const char *error;          /* one sentence, after a failure; belongs to the arena */
};

/* Appends the template to *out with each @PLACE@ filled in. False, with
 * site->error, for a setting that would not be read as one value, or for an
 * unknown place. */
bool site_render(struct site *site, const char *template, struct text *out);

#endif
