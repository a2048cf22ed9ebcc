/* Secrets that are kept: sealed with XSalsa20-Poly1305, so that the database
 * alone gives nothing. Each kind has a key of its own in auth/keys.h. */
#ifndef OZ_AUTH_SEAL_H
#define OZ_AUTH_SEAL_H

#include "auth/keys.h"

struct arena;

/* Both are the arena's. seal_open() is NULL for what was not sealed with this
 * key, or was changed. */
const char *seal_close(struct arena *arena, const unsigned char key[AUTH_KEY_SIZE], const char *text);
const char *seal_open(struct arena *arena, const unsigned char key[AUTH_KEY_SIZE], const char *sealed);

#endif
