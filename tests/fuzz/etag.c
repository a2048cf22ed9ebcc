/* http/request and api/if_match: lists of entity tags. One written from a list
 * matches as the list does; none matches a tag that it does not hold. */
#include "fuzz.h"

#include "api/if_match.h"
#include "http/request.h"

static const char *const separators[] = {",", ", ", " ,\t", ",,", " , ,"};

/* What may stand in an entity tag (RFC 9110, 8.8.3); the arena's. */
static const char *clean_tag(struct arena *arena, const char *text)
{
    char *out = arena_strdup(arena, text);
    for (char *p = out; *p != '\0'; p++)
        if ((unsigned char)*p < 0x21 || *p == '"' || *p == 0x7f)
            *p = 'x';
    return out;
}

static void check_written(struct input *in, const char *wanted)
{
    struct arena *arena = in->arena;
    const char *header = "", *etag = arena_printf(arena, "\"%s\"", wanted);
    bool strong = false, any = false;
    size_t n = take_below(in, 5);
    for (size_t i = 0; i < n; i++) {
        bool weak = take_byte(in) & 1;
        const char *tag = take_byte(in) & 1 ? wanted : clean_tag(arena, take_line(in));
        const char *separator = i > 0 ? separators[take_below(in, 5)] : "";
        header = arena_printf(arena, "%s%s%s\"%s\"", header, separator, weak ? "W/" : "", tag);
        bool same = strcmp(tag, wanted) == 0;
        any = any || same;
        strong = strong || (same && !weak);
    }
    HOLDS(etag_matches(header, etag, true) == any, "%s in '%s'", etag, header);
    HOLDS(etag_matches(header, etag, false) == strong, "%s in '%s'", etag, header);
    struct request r = {.arena = arena, .if_match = header};
    bool fits = strong || header[0] == '\0';
    HOLDS((if_match_check(&r, wanted) == ERR_OK) == fits, "%s in '%s'", wanted, header);
}

static bool is_star(const char *header)
{
    size_t at = strspn(header, " \t");
    return header[at] == '*' && header[at + 1 + strspn(header + at + 1, " \t")] == '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    const char *wanted = clean_tag(arena, take_line(&in));
    if (take_byte(&in) & 1) {
        const char *header = take_rest(&in), *etag = arena_printf(arena, "\"%s\"", wanted);
        bool strong = etag_matches(header, etag, false), weak = etag_matches(header, etag, true);
        HOLDS(!strong || weak, "'%s'", header);
        HOLDS(!weak || is_star(header) || strstr(header, etag) != NULL, "%s in '%s'", etag, header);
        HOLDS(!is_star(header) || strong, "'%s'", header);
    } else {
        check_written(&in, wanted);
    }
    arena_destroy(&arena);
    return 0;
}
