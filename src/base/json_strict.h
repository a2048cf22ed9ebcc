/* JSON from outside, taken strictly: RFC 8259 to the letter, UTF-8 without
 * overlong forms or surrogates, no NUL, no duplicate keys (I-JSON, RFC 7493),
 * at most JSON_DEPTH levels, integers that fit int64_t, numbers that fit a
 * double, nothing after the value.
 *
 * json-c alone accepts single quotes, NaN, duplicate keys and overlong UTF-8,
 * and cuts strings at NUL. So the text is checked first and then built into an
 * object. */
#ifndef OZ_BASE_JSON_STRICT_H
#define OZ_BASE_JSON_STRICT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct json_object;

enum {
    JSON_DEPTH = 16,
    JSON_MEMBERS = 256 /* of one object; none of ours has a tenth of it */
};

struct json_fault {
    size_t offset;    /* byte offset where reading stopped */
    const char *what; /* what is wrong there, a static string */
};

/* On success *out is owned by the arena. On failure *fault is filled in. */
bool json_strict_parse(struct arena *arena, const char *text, size_t len, struct json_object **out,
                       struct json_fault *fault);

#endif
