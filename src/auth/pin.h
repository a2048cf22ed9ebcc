/* A session's PIN: a few digits, stored as a keyed hash only. */
#ifndef OZ_AUTH_PIN_H
#define OZ_AUTH_PIN_H

#include "auth/keys.h"

#include <stdbool.h>

enum { PIN_MIN = 4, PIN_MAX = 8, PIN_TEXT_SIZE = PIN_MAX + 1, PIN_HASH_SIZE = 2 + 64 + 1 };

/* `length` uniformly random digits, PIN_MIN..PIN_MAX of them. */
void pin_make(int length, char out[PIN_TEXT_SIZE]);

/* The hash in PostgreSQL's bytea notation, bound to its session. */
void pin_hash(const struct auth_keys *keys, const char *session_id, const char *pin, char out[PIN_HASH_SIZE]);

/* In constant time. */
bool pin_matches(const struct auth_keys *keys, const char *session_id, const char *pin, const char *hash);

#endif
