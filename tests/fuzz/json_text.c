/* base/text: a string written as JSON is read back by base/json_strict; one
 * written as XML is read back by a small reader here. */
#include "fuzz.h"

#include "base/json_strict.h"
#include "base/text.h"
#include "base/utf8.h"

#include <json-c/json.h>

static bool is_utf8(const char *text)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + strlen(text);
    for (size_t n; p < end; p += n)
        if ((n = utf8_length(p, end)) == 0)
            return false;
    return true;
}

static void check_json(struct arena *arena, const char *key, const char *value)
{
    struct text json;
    struct json_object *object, *member;
    struct json_fault fault;
    text_init(&json, arena);
    text_puts(&json, "{");
    text_json_member(&json, "first", value);
    text_json_key(&json, "list");
    text_puts(&json, "[");
    text_json_comma(&json);
    text_json_string(&json, key);
    text_json_comma(&json);
    text_json_int(&json, (int64_t)strlen(key));
    text_puts(&json, "]}");
    HOLDS(json_strict_parse(arena, json.bytes, json.len, &object, &fault), "%s at %zu of %s", fault.what, fault.offset,
          json.bytes);
    json_object_object_get_ex(object, "first", &member);
    HOLDS(strcmp(json_object_get_string(member), value) == 0, "%s", json.bytes);
    json_object_object_get_ex(object, "list", &member);
    HOLDS(strcmp(json_object_get_string(json_object_array_get_idx(member, 0)), key) == 0, "%s", json.bytes);
}

/* What XML's text stands for, NULL where it is no text. */
static const char *read_xml(struct arena *arena, const char *xml)
{
    static const struct {
        const char *name;
        char c;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}, {"&apos;", '\''}};
    char *out = arena_alloc(arena, strlen(xml) + 1), *to = out;
    while (*xml != '\0') {
        size_t i = 0, n = sizeof entities / sizeof entities[0];
        if (strchr("<>\"'", *xml) != NULL)
            return NULL;
        while (*xml == '&' && i < n && strncmp(xml, entities[i].name, strlen(entities[i].name)) != 0)
            i++;
        if (i == n)
            return NULL;
        *to++ = *xml == '&' ? entities[i].c : *xml;
        xml += *xml == '&' ? strlen(entities[i].name) : 1;
    }
    return out;
}

/* Code points that XML allows (XML 1.0, 2.2); the others are U+FFFD. */
static const char *allowed(struct arena *arena, const char *text)
{
    char *out = arena_alloc(arena, 3 * strlen(text) + 1), *to = out;
    for (const unsigned char *p = (const unsigned char *)text, *end = p + strlen(text); p < end;) {
        size_t n = utf8_length(p, end);
        bool bad = (*p < 0x20 && strchr("\t\n\r", *p) == NULL) || memcmp(p, "\xef\xbf\xbe", n) == 0 ||
                   memcmp(p, "\xef\xbf\xbf", n) == 0;
        memcpy(to, bad ? (const unsigned char *)"\xef\xbf\xbd" : p, bad ? 3 : n);
        to += bad ? 3 : n;
        p += n;
    }
    return out;
}

static void check_xml(struct arena *arena, const char *value)
{
    struct text xml;
    text_init(&xml, arena);
    text_xml(&xml, value);
    const char *back = read_xml(arena, xml.bytes);
    HOLDS(back != NULL, "no text of XML: %s", xml.bytes);
    HOLDS(strcmp(back, allowed(arena, value)) == 0, "'%s' became '%s'", value, xml.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    const char *key = take_line(&in), *value = take_rest(&in);
    if (is_utf8(key) && is_utf8(value)) {
        check_json(arena, key, value);
        check_xml(arena, value);
    }
    arena_destroy(&arena);
    return 0;
}
