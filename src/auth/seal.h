/* Secrets that are stored, sealed with XSalsa20-Poly1305, so that the database
 * alone reveals nothing. Each kind has its own key in auth/keys.h. */
#ifndef OZ_AUTH_SEAL_H
#define OZ_AUTH_SEAL_H

#include "auth/keys.h"

struct arena;

/* Both results belong to the arena. seal_open() returns NULL for text that was
 * not sealed with this key or was changed. */
const char *seal_close(struct arena *arena, const unsigned char key[AUTH_KEY_SIZE], const char *text);
const char *seal_open(struct arena *arena, const unsigned char key[AUTH_KEY_SIZE], const char *sealed);

#endif
