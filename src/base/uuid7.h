/* UUIDs, version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then
 * random bits, so that ids made later sort later. */
#ifndef OZ_BASE_UUID7_H
#define OZ_BASE_UUID7_H

#include <stdbool.h>

enum { UUID_TEXT_SIZE = 37 };

/* A new UUID as canonical text. A process's UUIDs strictly increase. Ends the
 * process if the system has no random numbers. */
void uuid7_make(char out[UUID_TEXT_SIZE]);

/* Whether the text is a UUID of any version in the 8-4-4-4-12 form; if so,
 * out holds it in lower case. */
bool uuid_parse(const char *text, char out[UUID_TEXT_SIZE]);

#endif
