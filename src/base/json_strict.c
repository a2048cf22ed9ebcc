#include "base/json_strict.h"

#include "base/arena.h"
#include "base/json_arena.h"
#include "base/utf8.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct key {
    struct key *next;
    const char *bytes;
    size_t len;
};

struct scan {
    struct arena *arena;
    const unsigned char *start, *p, *end;
    const char *fault;
    int depth;
};

static bool fail(struct scan *s, const char *what)
{
    s->fault = what;
    return false;
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
        s->p++;
}

/* Four hexadecimal digits at p, -1 if there are none. */
static int hex4(const unsigned char *p, const unsigned char *end)
{
    int value = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        unsigned char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* One escape, p after its backslash; its character goes to *code. */
static bool scan_escape(struct scan *s, uint32_t *code)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (s->p >= s->end)
        return fail(s, "the string is cut short");
    const char *simple = *s->p != '\0' ? strchr(from, *s->p) : NULL;
    if (simple != NULL) {
        *code = (unsigned char)to[simple - from];
        s->p++;
        return true;
    }
    int high = *s->p == 'u' ? hex4(s->p + 1, s->end) : -1;
    if (high < 0)
        return fail(s, "unknown escape");
    if (high == 0)
        return fail(s, "NUL is not allowed");
    if (high >= 0xdc00 && high <= 0xdfff)
        return fail(s, "lone surrogate");
    if (high >= 0xd800 && high <= 0xdbff) {
        bool pair = s->end - s->p >= 7 && s->p[5] == '\\' && s->p[6] == 'u';
        int low = pair ? hex4(s->p + 7, s->end) : -1;
        if (low < 0xdc00 || low > 0xdfff)
            return fail(s, "lone surrogate");
        *code = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
        s->p += 11;
        return true;
    }
    *code = (uint32_t)high;
    s->p += 5;
    return true;
}

static size_t utf8_encode(uint32_t code, char *out)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* A string; with `key` its decoded bytes, to tell keys apart. */
static bool scan_string(struct scan *s, struct key *key)
{
    if (s->p >= s->end || *s->p != '"')
        return fail(s, "a string in double quotes is expected");
    const unsigned char *open = ++s->p;
    char *out = NULL;
    size_t len = 0;
    if (key != NULL) {
        const unsigned char *close = open; /* an upper bound of the decoded length */
        while (close < s->end && *close != '"')
            close += *close == '\\' && s->end - close > 1 ? 2 : 1;
        out = arena_alloc(s->arena, (size_t)(close - open) + 4);
    }
    while (s->p < s->end && *s->p != '"') {
        if (*s->p < 0x20)
            return fail(s, *s->p == 0 ? "NUL is not allowed" : "a control character must be escaped");
        uint32_t code = 0;
        size_t n = 0;
        if (*s->p == '\\') {
            s->p++;
            if (!scan_escape(s, &code))
                return false;
        } else if ((n = utf8_length(s->p, s->end)) == 0) {
            return fail(s, "invalid UTF-8");
        }
        if (out != NULL && n > 0)
            memcpy(out + len, s->p, n);
        if (out != NULL)
            len += n > 0 ? n : utf8_encode(code, out + len);
        s->p += n;
    }
    if (s->p >= s->end)
        return fail(s, "the string is cut short");
    s->p++;
    if (key != NULL)
        *key = (struct key){NULL, out, len};
    return true;
}

static size_t scan_digits(struct scan *s)
{
    const unsigned char *from = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
        s->p++;
    return (size_t)(s->p - from);
}

/* Whether the number just scanned fits what it will be stored in. */
static bool number_fits(struct scan *s, const unsigned char *from, bool integer)
{
    size_t len = (size_t)(s->p - from);
    char *copy = arena_strndup(s->arena, (const char *)from, len);
    errno = 0;
    if (integer) {
        strtoll(copy, NULL, 10);
        return errno == 0;
    }
    double value = strtod(copy, NULL);
    return isfinite(value);
}

static bool scan_number(struct scan *s)
{
    const unsigned char *from = s->p;
    bool integer = true;
    if (*s->p == '-')
        s->p++;
    bool zero = s->p < s->end && *s->p == '0';
    size_t digits = scan_digits(s);
    if (digits == 0 || (zero && digits > 1))
        return fail(s, "malformed number");
    if (s->p < s->end && *s->p == '.') {
        integer = false;
        s->p++;
        if (scan_digits(s) == 0)
            return fail(s, "malformed number");
    }
    if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
        integer = false;
        s->p++;
        if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
            s->p++;
        if (scan_digits(s) == 0)
            return fail(s, "malformed number");
    }
    if (!number_fits(s, from, integer)) {
        s->p = from;
        return fail(s, "the number does not fit");
    }
    return true;
}

static bool scan_word(struct scan *s, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
        return fail(s, "a JSON value is expected");
    s->p += len;
    return true;
}

static bool scan_value(struct scan *s);

static bool is_new_key(struct scan *s, struct key **keys, const struct key *key)
{
    for (const struct key *k = *keys; k != NULL; k = k->next)
        if (k->len == key->len && memcmp(k->bytes, key->bytes, key->len) == 0)
            return false;
    struct key *kept = arena_alloc(s->arena, sizeof *kept);
    *kept = (struct key){*keys, key->bytes, key->len};
    *keys = kept;
    return true;
}

static bool scan_member(struct scan *s, struct key **keys)
{
    struct key key;
    const unsigned char *at = s->p;
    if (!scan_string(s, &key))
        return false;
    if (!is_new_key(s, keys, &key)) {
        s->p = at;
        return fail(s, "duplicate key");
    }
    skip_space(s);
    if (s->p >= s->end || *s->p != ':')
        return fail(s, "a colon is expected");
    s->p++;
    return scan_value(s);
}

/* The members of an object or the elements of an array, after the opening
 * bracket and up to the closing one. */
static bool scan_members(struct scan *s, unsigned char close)
{
    struct key *keys = NULL;
    skip_space(s);
    if (s->p < s->end && *s->p == close) {
        s->p++;
        return true;
    }
    for (int n = 1;; n++) {
        skip_space(s);
        if (close == '}' && n > JSON_MEMBERS)
            return fail(s, "too many members");
        if (!(close == '}' ? scan_member(s, &keys) : scan_value(s)))
            return false;
        skip_space(s);
        if (s->p >= s->end)
            return fail(s, "the text is cut short");
        if (*s->p == close) {
            s->p++;
            return true;
        }
        if (*s->p != ',')
            return fail(s, "a comma or a closing bracket is expected");
        s->p++;
    }
}

static bool scan_value(struct scan *s)
{
    skip_space(s);
    if (s->p >= s->end)
        return fail(s, "the text is cut short");
    switch (*s->p) {
    case '{':
    case '[': {
        if (++s->depth > JSON_DEPTH)
            return fail(s, "nested too deep");
        unsigned char close = *s->p == '{' ? '}' : ']';
        s->p++;
        if (!scan_members(s, close))
            return false;
        s->depth--;
        return true;
    }
    case '"':
        return scan_string(s, NULL);
    case 't':
        return scan_word(s, "true");
    case 'f':
        return scan_word(s, "false");
    case 'n':
        return scan_word(s, "null");
    default:
        if (*s->p == '-' || (*s->p >= '0' && *s->p <= '9'))
            return scan_number(s);
        return fail(s, "a JSON value is expected");
    }
}

bool json_strict_parse(struct arena *arena, const char *text, size_t len, struct json_object **out,
                       struct json_fault *fault)
{
    const unsigned char *bytes = (const unsigned char *)text;
    struct scan s = {.arena = arena, .start = bytes, .p = bytes, .end = bytes + len};
    bool good = scan_value(&s);
    if (good) {
        skip_space(&s);
        if (s.p < s.end)
            good = fail(&s, "bytes after the value");
    }
    if (!good) {
        *fault = (struct json_fault){(size_t)(s.p - s.start), s.fault};
        return false;
    }

    struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH + 1);
    if (tokener == NULL) {
        *fault = (struct json_fault){0, "out of memory"};
        return false;
    }
    /* Without JSON_TOKENER_STRICT, which in json-c 0.18 refuses every byte
     * from 0x80 on: the scan is stricter anyway. */
    json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *object = json_tokener_parse_ex(tokener, text, (int)len);
    enum json_tokener_error error = json_tokener_get_error(tokener);
    if (error == json_tokener_continue) /* a bare number could continue: end it */
        object = json_tokener_parse_ex(tokener, "", -1);
    error = json_tokener_get_error(tokener);
    size_t end = json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    if (error != json_tokener_success) {
        if (object != NULL)
            json_object_put(object);
        *fault = (struct json_fault){end, "malformed JSON"};
        return false;
    }
    if (object != NULL)
        json_arena_own(arena, object);
    *out = object;
    return true;
}
