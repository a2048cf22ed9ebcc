/* Text that grows, in an arena, and JSON and XML written into it. */
#ifndef OZ_BASE_TEXT_H
#define OZ_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct text {
    struct arena *arena;
    char *bytes; /* NUL-terminated after every call */
    size_t len, size;
};

void text_init(struct text *text, struct arena *arena);
void text_add(struct text *text, const char *bytes, size_t len);
void text_puts(struct text *text, const char *string);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* XML-escaped, for text and attributes, also in HTML. What XML does not allow
 * at all becomes U+FFFD. The bytes must be UTF-8. */
void text_xml(struct text *text, const char *string);

/* A JSON string with its quotes; `null` for NULL. The bytes must be UTF-8. */
void text_json_string(struct text *text, const char *string);
void text_json_int(struct text *text, int64_t number);
void text_json_bool(struct text *text, bool value);
/* A key and its colon, after a comma if the object is not empty. */
void text_json_key(struct text *text, const char *key);
/* A key and its value. */
void text_json_member(struct text *text, const char *key, const char *string);
void text_json_member_int(struct text *text, const char *key, int64_t number);
void text_json_member_bool(struct text *text, const char *key, bool value);
/* A comma, if the array or object being written is not empty. */
void text_json_comma(struct text *text);

#endif
