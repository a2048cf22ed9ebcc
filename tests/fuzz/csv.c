/* http/csv: records are read back by a small reader of RFC 4180 here, and no
 * field begins as a formula of a spreadsheet does. */
#include "fuzz.h"

#include "base/text.h"
#include "http/csv.h"

/* Reads a field at *p and steps past the comma or the end of the line. */
static const char *read_field(struct arena *arena, const char **p, bool *last)
{
    const char *from = *p;
    char *out = arena_alloc(arena, strlen(from) + 1), *to = out;
    if (*from == '"') {
        for (from++; *from != '"' || from[1] == '"'; from++) {
            HOLDS(*from != '\0', "a quote is not closed");
            from += *from == '"';
            *to++ = *from;
        }
        from++;
    } else {
        for (; strchr(",\r\n", *from) == NULL; from++) {
            HOLDS(*from != '"', "a quote within a field");
            *to++ = *from;
        }
    }
    *last = *from == '\r';
    HOLDS(*from == ',' || (*last && from[1] == '\n'), "a field ends at '%.10s'", from);
    *p = from + (*last ? 2 : 1);
    return out;
}

static bool is_formula(const char *value)
{
    return value[0] != '\0' && strchr("=+-@\t\r\n", value[0]) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { FIELDS_MAX = 100 };
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    const char *values[FIELDS_MAX];
    bool number[FIELDS_MAX], ends[FIELDS_MAX], last;
    size_t n = 0;
    struct text out;
    text_init(&out, arena);
    for (; n < FIELDS_MAX && in.len > 0; n++) {
        uint8_t how = take_byte(&in);
        size_t len = take_below(&in, 40);
        struct input part = {arena, in.p, len < in.len ? len : in.len};
        in.p += part.len;
        in.len -= part.len;
        number[n] = (how & 7) == 1;
        values[n] = number[n] ? arena_printf(arena, "%d", (int)how - 128) : take_rest(&part);
        ends[n] = how & 8;
        if (number[n])
            csv_number(&out, values[n]);
        else
            csv_text(&out, values[n][0] == '\0' && how & 16 ? NULL : values[n]);
        if (ends[n])
            csv_end(&out);
    }
    if (n > 0 && !ends[n - 1])
        csv_end(&out);
    const char *p = out.bytes;
    for (size_t i = 0; i < n; i++) {
        const char *field = read_field(arena, &p, &last);
        bool guarded = !number[i] && is_formula(values[i]);
        HOLDS(number[i] || !is_formula(field), "'%s' is a formula", field);
        HOLDS(strcmp(field + guarded, values[i]) == 0 && (!guarded || field[0] == '\''), "'%s' became '%s'", values[i],
              field);
        HOLDS(last == (ends[i] || i + 1 == n), "the record ends elsewhere than behind field %zu", i);
    }
    HOLDS(*p == '\0', "there is more: '%s'", p);
    arena_destroy(&arena);
    return 0;
}
