/* Answers that hold a secret and are kept for a repeat of their request:
 * sealed with XSalsa20-Poly1305, so that the database alone gives nothing. */
#ifndef OZ_AUTH_SEAL_H
#define OZ_AUTH_SEAL_H

#include "auth/keys.h"

struct arena;

/* Both are the arena's. seal_open() is NULL for what was not sealed with
 * these keys, or was changed. */
const char *seal_close(struct arena *arena, const struct auth_keys *keys, const char *text);
const char *seal_open(struct arena *arena, const struct auth_keys *keys, const char *sealed);

#endif
