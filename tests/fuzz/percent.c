/* http/request: percent-decoding and paths. Every text that may be decoded to is
 * what its encoding decodes to; what is refused has a reason. */
#include "fuzz.h"

#include "base/utf8.h"
#include "http/request.h"

#include <ctype.h>

static int hex(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* As RFC 3986, 2.1 has it; NULL where a percent sign has no two digits. */
static const char *decode(struct arena *arena, const char *text, bool plus)
{
    char *out = arena_alloc(arena, strlen(text) + 1), *to = out;
    for (; *text != '\0'; text++) {
        if (*text == '%') {
            if (hex(text[1]) < 0 || hex(text[2]) < 0 || (text[1] == '0' && text[2] == '0'))
                return NULL;
            *to++ = (char)(hex(text[1]) << 4 | hex(text[2]));
            text += 2;
        } else {
            *to++ = plus && *text == '+' ? ' ' : *text;
        }
    }
    return utf8_is_clean(out, strlen(out)) ? out : NULL;
}

/* Those that must be encoded and, by `how`, some others. */
static const char *encode(struct arena *arena, const char *text, bool plus, uint8_t how)
{
    char *out = arena_alloc(arena, 3 * strlen(text) + 1), *to = out;
    for (unsigned i = 0; *text != '\0'; text++, i++) {
        bool plain = isalnum((unsigned char)*text) && (how >> i % 8 & 1) == 0;
        if (plus && *text == ' ' && (how & 1) == 0)
            *to++ = '+';
        else if (plain)
            *to++ = *text;
        else
            to += sprintf(to, i % 2 == 0 ? "%%%02x" : "%%%02X", (unsigned char)*text);
    }
    return out;
}

static bool is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* A path is its segments, each encoded, after a slash. */
static void check_path(struct arena *arena, const char *uri, uint8_t how)
{
    struct request r = {.arena = arena, .uri = uri}, again = {.arena = arena};
    char *path = arena_alloc(arena, 3 * strlen(uri) + SEGMENTS_MAX + 2), *to = path;
    if (!request_split_uri(&r))
        return;
    HOLDS(r.n_segments > 0 && r.n_segments <= SEGMENTS_MAX, "%zu", r.n_segments);
    HOLDS(strchr(uri, '?') == NULL ? r.query[0] == '\0' : r.query == strchr(uri, '?') + 1, "%s", r.query);
    for (size_t i = 0; i < r.n_segments; i++) {
        HOLDS(r.segments[i][0] != '\0' && strchr(r.segments[i], '/') == NULL, "'%s'", r.segments[i]);
        to += sprintf(to, "/%s", encode(arena, r.segments[i], false, how));
    }
    again.uri = path;
    HOLDS(request_split_uri(&again) && again.n_segments == r.n_segments, "%s, of %s", path, uri);
    for (size_t i = 0; i < r.n_segments; i++)
        HOLDS(strcmp(again.segments[i], r.segments[i]) == 0, "%s, of %s", path, uri);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    uint8_t how = take_byte(&in);
    bool plus = how & 0x10;
    const char *text = take_rest(&in);
    size_t len = strlen(text);
    const char *decoded = percent_decode(arena, text, len, plus), *expected = decode(arena, text, plus);
    HOLDS(is_same(decoded, expected), "'%s' is '%s', not '%s'", text, decoded, expected);
    const char *code = encode(arena, text, plus, how), *back = percent_decode(arena, code, strlen(code), plus);
    HOLDS(utf8_is_clean(text, len) ? is_same(back, text) : back == NULL, "'%s' of '%s' is '%s'", code, text, back);
    /* A part of a longer text ends where it ends. */
    const char *longer = arena_printf(arena, "%s12", text);
    HOLDS(is_same(percent_decode(arena, longer, len, plus), decoded), "'%s' reads on", longer);
    check_path(arena, text, how);
    arena_destroy(&arena);
    return 0;
}
