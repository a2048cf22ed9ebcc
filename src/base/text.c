#include "base/text.h"

#include "base/arena.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_init(struct text *text, struct arena *arena)
{
    *text = (struct text){.arena = arena, .size = 256};
    text->bytes = arena_alloc(arena, text->size);
}

static void reserve(struct text *text, size_t more)
{
    if (text->size - text->len > more)
        return;
    size_t size = text->size;
    while (size - text->len <= more)
        size *= 2;
    char *bytes = arena_alloc(text->arena, size);
    memcpy(bytes, text->bytes, text->len);
    text->bytes = bytes;
    text->size = size;
}

void text_add(struct text *text, const char *bytes, size_t len)
{
    reserve(text, len);
    memcpy(text->bytes + text->len, bytes, len);
    text->len += len;
    text->bytes[text->len] = '\0';
}

void text_puts(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len > 0) {
        reserve(text, (size_t)len);
        vsnprintf(text->bytes + text->len, (size_t)len + 1, format, again);
        text->len += (size_t)len;
    }
    va_end(again);
}

/* What replaces the character at p, *len bytes long; NULL if nothing does. */
static const char *xml_substitute(const unsigned char *p, size_t *len)
{
    static const char replacement[] = "\xef\xbf\xbd";
    *len = 1;
    switch (*p) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case 0xef: /* U+FFFE and U+FFFF */
        if (p[1] != 0xbf || p[2] < 0xbe)
            return NULL;
        *len = 3;
        return replacement;
    default:
        return *p >= 0x20 || *p == '\t' || *p == '\n' || *p == '\r' ? NULL : replacement;
    }
}

void text_xml(struct text *text, const char *string)
{
    const char *run = string;
    for (const char *p = string; *p != '\0';) {
        size_t len;
        const char *substitute = xml_substitute((const unsigned char *)p, &len);
        if (substitute != NULL) {
            text_add(text, run, (size_t)(p - run));
            text_puts(text, substitute);
            run = p + len;
        }
        p += len;
    }
    text_puts(text, run);
}

static void add_escaped(struct text *text, unsigned char c)
{
    switch (c) {
    case '"':
        text_add(text, "\\\"", 2);
        break;
    case '\\':
        text_add(text, "\\\\", 2);
        break;
    case '\n':
        text_add(text, "\\n", 2);
        break;
    case '\t':
        text_add(text, "\\t", 2);
        break;
    case '\r':
        text_add(text, "\\r", 2);
        break;
    default:
        text_printf(text, "\\u%04x", c);
    }
}

void text_json_string(struct text *text, const char *string)
{
    if (string == NULL) {
        text_add(text, "null", 4);
        return;
    }
    text_add(text, "\"", 1);
    const char *run = string;
    for (const char *p = string; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
            continue;
        text_add(text, run, (size_t)(p - run));
        add_escaped(text, c);
        run = p + 1;
    }
    text_puts(text, run);
    text_add(text, "\"", 1);
}

void text_json_int(struct text *text, int64_t number)
{
    text_printf(text, "%" PRId64, number);
}

void text_json_bool(struct text *text, bool value)
{
    text_puts(text, value ? "true" : "false");
}

void text_json_comma(struct text *text)
{
    if (text->len > 0 && strchr("[{", text->bytes[text->len - 1]) == NULL)
        text_add(text, ",", 1);
}

void text_json_key(struct text *text, const char *key)
{
    text_json_comma(text);
    text_json_string(text, key);
    text_add(text, ":", 1);
}

void text_json_member(struct text *text, const char *key, const char *string)
{
    text_json_key(text, key);
    text_json_string(text, string);
}

void text_json_member_int(struct text *text, const char *key, int64_t number)
{
    text_json_key(text, key);
    text_json_int(text, number);
}

void text_json_member_bool(struct text *text, const char *key, bool value)
{
    text_json_key(text, key);
    text_json_bool(text, value);
}
