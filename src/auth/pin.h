/* A session's PIN: a few digits. The code that lets a guest in again who lost
 * its token: people read it aloud. Both are stored as keyed hashes only. */
#ifndef OZ_AUTH_PIN_H
#define OZ_AUTH_PIN_H

#include "auth/keys.h"

#include <stdbool.h>

enum { PIN_MIN = 4, PIN_MAX = 8, PIN_TEXT_SIZE = PIN_MAX + 1, PIN_HASH_SIZE = 2 + 64 + 1 };
enum { LINK_TEXT_SIZE = 14 + 1 };

/* `length` uniformly random digits, PIN_MIN..PIN_MAX of them. */
void pin_make(int length, char out[PIN_TEXT_SIZE]);

/* The hash in PostgreSQL's bytea notation, bound to its session. */
void pin_hash(const struct auth_keys *keys, const char *session_id, const char *pin, char out[PIN_HASH_SIZE]);

/* In constant time. */
bool pin_matches(const struct auth_keys *keys, const char *session_id, const char *pin, const char *hash);

/* A code of 60 random bits, as XXXX-XXXX-XXXX: Crockford's Base32, whose letters
 * are not taken for digits. */
void link_make(char out[LINK_TEXT_SIZE]);

/* The hash of a code that somebody typed, in PostgreSQL's bytea notation, bound
 * to the restaurant. Hyphens, blanks and case do not matter, and I, L and O are
 * read as digits. False if it cannot be a code. */
bool link_hash(const struct auth_keys *keys, const char *restaurant_id, const char *code, char out[PIN_HASH_SIZE]);

#endif
