#include "receipt/read.h"

#include "base/text.h"
#include "base/utf8.h"

#include <json-c/json.h>

static struct json_object *member(struct json_object *object, const char *key, enum json_type type)
{
    struct json_object *value = NULL;
    if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, key, &value))
        return NULL;
    return json_object_is_type(value, type) ? value : NULL;
}

struct json_object *read_object(struct json_object *object, const char *key)
{
    return member(object, key, json_type_object);
}

size_t read_count(struct json_object *object, const char *key)
{
    struct json_object *list = member(object, key, json_type_array);
    return list != NULL ? json_object_array_length(list) : 0;
}

struct json_object *read_entry(struct json_object *object, const char *key, size_t i)
{
    return json_object_array_get_idx(member(object, key, json_type_array), i);
}

static unsigned code_point(const unsigned char *p, size_t len)
{
    static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    unsigned c = *p & first[len];
    for (size_t i = 1; i < len; i++)
        c = c << 6 | (p[i] & 0x3f);
    return c;
}

static bool sets_direction(unsigned c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool ends_line(unsigned c)
{
    return c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* Spaces are not repeated, nor do they stand at the end of a line. */
static void add_space(struct text *out, char space)
{
    while (space == '\n' && out->len > 0 && out->bytes[out->len - 1] == ' ')
        out->bytes[--out->len] = '\0';
    if (out->len > 0 && out->bytes[out->len - 1] != ' ' && out->bytes[out->len - 1] != '\n')
        text_add(out, &space, 1);
}

static const char *clean(struct arena *arena, struct json_object *string, bool lines)
{
    if (string == NULL)
        return NULL;
    struct text out;
    text_init(&out, arena);
    const unsigned char *p = (const unsigned char *)json_object_get_string(string);
    const unsigned char *end = p + json_object_get_string_len(string);
    while (p < end) {
        size_t len = utf8_length(p, end);
        unsigned c = len > 0 ? code_point(p, len) : 0xfffd;
        if (len == 0 || c == 0xfffe || c == 0xffff)
            text_puts(&out, "\xef\xbf\xbd");
        else if (ends_line(c) && lines)
            add_space(&out, '\n');
        else if (c <= 0x20 || (c >= 0x7f && c < 0xa0) || ends_line(c))
            add_space(&out, ' ');
        else if (!sets_direction(c))
            text_add(&out, (const char *)p, len);
        p += len > 0 ? len : 1;
    }
    while (out.len > 0 && (out.bytes[out.len - 1] == ' ' || out.bytes[out.len - 1] == '\n'))
        out.bytes[--out.len] = '\0';
    return out.len > 0 ? out.bytes : NULL;
}

const char *read_text(struct arena *arena, struct json_object *object, const char *key)
{
    return clean(arena, member(object, key, json_type_string), false);
}

const char *read_lines(struct arena *arena, struct json_object *object, const char *key)
{
    return clean(arena, member(object, key, json_type_string), true);
}

bool read_int(struct json_object *object, const char *key, int64_t *out)
{
    struct json_object *value = member(object, key, json_type_int);
    if (value != NULL)
        *out = json_object_get_int64(value);
    return value != NULL;
}

int64_t read_amount(struct json_object *object, const char *key)
{
    int64_t amount = 0;
    read_int(object, key, &amount);
    return amount;
}

bool read_is(struct json_object *object, const char *key, bool value)
{
    struct json_object *is = member(object, key, json_type_boolean);
    return is != NULL && json_object_get_boolean(is) == value;
}
