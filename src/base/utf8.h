/* UTF-8, well formed as in Unicode 15's table 3-7: no overlong forms, no
 * surrogates, nothing above U+10FFFF. */
#ifndef OZ_BASE_UTF8_H
#define OZ_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the sequence at p, 0 if there is none before `end`. */
size_t utf8_length(const unsigned char *p, const unsigned char *end);

/* Whether the bytes are well formed and hold no ASCII control characters. */
bool utf8_is_clean(const char *bytes, size_t len);

#endif
