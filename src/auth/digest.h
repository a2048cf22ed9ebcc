/* Fingerprints: of a request, to tell whether a repeated key came with the
 * same request, and of a text. */
#ifndef OZ_AUTH_DIGEST_H
#define OZ_AUTH_DIGEST_H

#include "auth/keys.h"

#include <stddef.h>

enum { DIGEST_SIZE = 64 + 1 };

/* BLAKE2b-256 over method, path and body, in hexadecimal; keyed, since a body
 * may hold a PIN that could be guessed from an unkeyed hash. */
void digest_request(const struct auth_keys *keys, const char *method, const char *path, const char *body,
                    size_t body_len, char out[DIGEST_SIZE]);

/* BLAKE2b-256 of a text, in hexadecimal. */
void digest_text(const char *text, char out[DIGEST_SIZE]);

#endif
