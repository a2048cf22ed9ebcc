#include "http/request.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void request_reset(struct request *r)
{
    struct request fresh = {.conf = r->conf, .keys = r->keys, .db = r->db, .arena = r->arena};
    arena_reset(r->arena);
    *r = fresh;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

const char *percent_decode(struct arena *arena, const char *text, size_t len, bool plus)
{
    char *out = arena_alloc(arena, len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '%') {
            int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
            if (low < 0)
                return NULL;
            out[n++] = (char)(high * 16 + low);
            i += 2;
        } else {
            out[n++] = plus && text[i] == '+' ? ' ' : text[i];
        }
    }
    return utf8_is_clean(out, n) ? out : NULL;
}

bool request_split_uri(struct request *r)
{
    const char *path = r->uri;
    size_t path_len = strcspn(path, "?");
    r->query = path[path_len] == '?' ? path + path_len + 1 : "";
    if (path[0] != '/')
        return false;
    const char *p = path + 1, *end = path + path_len;
    while (p < end || r->n_segments == 0) {
        size_t len = 0;
        while (p + len < end && p[len] != '/')
            len++;
        const char *segment = percent_decode(r->arena, p, len, false);
        if (segment == NULL || segment[0] == '\0' || strchr(segment, '/') != NULL || r->n_segments == SEGMENTS_MAX)
            return false;
        r->segments[r->n_segments++] = segment;
        p += len;
        if (p == end)
            return true;
        p++; /* the slash; one at the end is no path of ours */
        if (p == end)
            return false;
    }
    return true;
}

bool header_accepts(const char *header, const char *name)
{
    size_t name_len = strlen(name);
    for (const char *p = header; *p != '\0';) {
        p += strspn(p, ", \t");
        size_t len = strcspn(p, ",");
        size_t token = strcspn(p, ",; \t");
        if (token == name_len && strncasecmp(p, name, token) == 0) {
            for (const char *q = p + token; q + 1 < p + len; q++)
                if ((*q == 'q' || *q == 'Q') && q[1] == '=')
                    return strtod(q + 2, NULL) > 0;
            return true;
        }
        p += len;
    }
    return false;
}

bool etag_matches(const char *header, const char *etag, bool weak)
{
    size_t etag_len = strlen(etag);
    const char *p = header + strspn(header, " \t");
    if (p[0] == '*' && p[1 + strspn(p + 1, " \t")] == '\0')
        return true;
    for (;;) {
        p += strspn(p, ", \t");
        bool is_weak = p[0] == 'W' && p[1] == '/';
        if (is_weak)
            p += 2;
        const char *close = *p == '"' ? strchr(p + 1, '"') : NULL;
        if (close == NULL || strchr(", \t", close[1]) == NULL)
            return false; /* the end, or no list of entity tags */
        size_t len = (size_t)(close + 1 - p);
        if (len == etag_len && memcmp(p, etag, len) == 0 && (weak || !is_weak))
            return true;
        p = close + 1;
    }
}
