/* http/request: Accept and Accept-Encoding. Headers written from a list of ranges
 * and weights rank as the list does; any other header ranks between bounds. */
#include "fuzz.h"

#include "http/request.h"

#include <strings.h>

static const char *const ranges[] = {"text/csv", "application/json", "text/*", "application/*", "*/*", "text/html",
                                     "TEXT/CSV", "text/csvx",        "text",   "image/png",     "*"};
static const char *const codings[] = {"gzip", "br", "identity", "GZIP", "x-gzip", "deflate"};
static const char *const spaces[] = {"", " ", "\t", "  "};
static const char *const others[] = {"", ";v=1", ";v=\"a,b;q=0\"", "; charset=utf-8", ";x=\"\\\"\""};

/* A weight in thousandths as one may write it (RFC 9110, 12.4.2). */
static const char *weight_text(struct input *in, int weight)
{
    static const int steps[] = {100, 10, 1};
    char digits[8];
    snprintf(digits, sizeof digits, "%03d", weight % 1000);
    if (weight == 1000)
        return take_below(in, 2) == 0 ? "1" : "1.000";
    int least = 0; /* digits that must be there */
    for (int i = 0; i < 3; i++)
        if (weight % (steps[i] * 10) != 0)
            least = i + 1;
    int n = least + (int)take_below(in, (size_t)(4 - least));
    return arena_printf(in->arena, "0%s%.*s", n > 0 || take_below(in, 2) == 0 ? "." : "", n, digits);
}

static int exactness(const char *range, const char *type)
{
    size_t kind = strcspn(type, "/") + 1;
    if (strcasecmp(range, type) == 0)
        return 3;
    if (strncasecmp(range, type, kind) == 0 && strcmp(range + kind, "*") == 0)
        return 2;
    return strcmp(range, "*/*") == 0;
}

/* A header of some ranges, and the rank that it gives to the type. */
static void check_written(struct input *in, const char *type)
{
    size_t n = 1 + take_below(in, 5), size = 0;
    int exact = 0, best = 0;
    char header[600] = "";
    for (size_t i = 0; i < n; i++) {
        const char *range = ranges[take_below(in, sizeof ranges / sizeof ranges[0])];
        int weight = (int)(take_u64(in) % 1001);
        const char *before = spaces[take_below(in, 4)], *after = spaces[take_below(in, 4)];
        bool silent = weight == 1000 && take_below(in, 2) == 0;
        size += (size_t)snprintf(header + size, sizeof header - size, "%s%s%s%s%s;%sq=%s%s", i > 0 ? "," : "", before,
                                 range, others[take_below(in, 5)], after, before, weight_text(in, weight), after);
        if (silent)
            size = (size_t)(strrchr(header, 'q') - header) - 1 - strlen(before); /* the weight of 1 may be left out */
        header[size] = '\0';
        int found = exactness(range, type);
        if (found > exact || (found == exact && weight > best)) {
            exact = found;
            best = weight;
        }
    }
    int expected = exact > 0 && best > 0 ? best * 4 + exact : 0;
    HOLDS(accept_rank(header, type) == expected, "'%s' gives %s %d, not %d", header, type, accept_rank(header, type),
          expected);
}

static void check_codings(struct input *in)
{
    size_t n = 1 + take_below(in, 4), size = 0;
    char header[300] = "";
    bool named = false, welcome = false;
    for (size_t i = 0; i < n; i++) {
        const char *coding = codings[take_below(in, sizeof codings / sizeof codings[0])];
        int weight = (int)take_below(in, 4) * 100;
        bool silent = take_below(in, 2) == 0;
        size += (size_t)snprintf(header + size, sizeof header - size, "%s%s%s", i > 0 ? ", " : "", coding,
                                 silent ? "" : arena_printf(in->arena, ";q=%s", weight_text(in, weight)));
        if (strcasecmp(coding, "gzip") == 0 && !named) {
            named = true;
            welcome = silent || weight > 0;
        }
    }
    HOLDS(header_accepts(header, "gzip") == welcome, "'%s'", header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    uint8_t how = take_byte(&in);
    const char *type = how & 1 ? "text/csv" : "application/json";
    if (how & 2) {
        const char *header = take_rest(&in);
        int rank = accept_rank(header, type);
        HOLDS(rank >= 0 && rank <= 4003, "%d", rank);
        HOLDS(rank < 2 || rank % 4 > 0, "a rank of %d that nothing names", rank);
        bool named = strcasestr(header, "gzip") != NULL;
        HOLDS(!header_accepts(header, "gzip") || named, "'%s'", header);
    } else {
        check_written(&in, type);
        check_codings(&in);
    }
    arena_destroy(&arena);
    return 0;
}
