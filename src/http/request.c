#include "http/request.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "base/uuid7.h"
#include "conf/conf.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void request_reset(struct request *r)
{
    struct request fresh = {.conf = r->conf, .keys = r->keys, .db = r->db, .arena = r->arena, .metrics = r->metrics};
    arena_reset(r->arena);
    *r = fresh;
}

bool request_is_too_old(const struct request *r)
{
    return r->waited_ms > r->conf->request_max_age_ms;
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

const char *request_new_id(struct request *r)
{
    char *id = arena_alloc(r->arena, UUID_TEXT_SIZE);
    uuid7_make(id);
    return id;
}

const char *request_int_text(struct request *r, int64_t number)
{
    return arena_printf(r->arena, "%" PRId64, number);
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
        p++; /* the slash; we have no paths that end in one */
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

/* The position of `stop` outside of quoted strings; `end` if it is not there. */
static const char *find_unquoted(const char *p, const char *end, char stop)
{
    bool quoted = false;
    for (; p < end && (quoted || *p != stop); p++) {
        if (quoted && *p == '\\' && p + 1 < end)
            p++;
        else if (*p == '"')
            quoted = !quoted;
    }
    return p;
}

/* The weight among the parameters from p on, in thousandths (RFC 9110, 12.4.2). */
static int weight_of(const char *p, const char *end)
{
    int weight = 0, scale = 100;
    for (; p < end; p = find_unquoted(p, end, ';')) {
        p += strspn(p, "; \t");
        if ((p[0] == 'q' || p[0] == 'Q') && p[1] == '=')
            break;
    }
    if (p >= end || p[2] == '1')
        return 1000;
    if (p[2] == '0' && p[3] == '.')
        for (p += 4; scale > 0 && isdigit((unsigned char)*p); p++, scale /= 10)
            weight += (*p - '0') * scale;
    return weight;
}

/* 3: the range names the type, 2: its kind, 1: any; 0: another. */
static int exactness(const char *range, size_t len, const char *type)
{
    size_t kind_len = strcspn(type, "/") + 1;
    if (len == strlen(type) && strncasecmp(range, type, len) == 0)
        return 3;
    if (len == kind_len + 1 && strncasecmp(range, type, kind_len) == 0 && range[kind_len] == '*')
        return 2;
    return len == 3 && strncmp(range, "*/*", 3) == 0;
}

int accept_rank(const char *header, const char *type)
{
    const char *end = header + strlen(header);
    int exact = 0, weight = 0;
    if (header[strspn(header, " \t")] == '\0')
        return 1;
    for (const char *p = header; p < end; p++) {
        p += strspn(p, " \t");
        const char *next = find_unquoted(p, end, ',');
        size_t len = strcspn(p, ",; \t");
        int found = exactness(p, len, type), its_weight = weight_of(p + len, next);
        if (found > exact || (found == exact && its_weight > weight)) {
            exact = found;
            weight = its_weight;
        }
        p = next;
    }
    return exact > 0 && weight > 0 ? weight * 4 + exact : 0;
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
            return false; /* the end, or not a list of entity tags */
        size_t len = (size_t)(close + 1 - p);
        if (len == etag_len && memcmp(p, etag, len) == 0 && (weak || !is_weak))
            return true;
        p = close + 1;
    }
}
