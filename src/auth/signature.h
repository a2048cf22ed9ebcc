/* Signatures of payment providers: X-Signature: t=<unix seconds>,v1=<hex of
 * HMAC-SHA256 (RFC 2104, FIPS 180-4) over "<t>.<body>">. While a provider
 * changes its secret it may send several v1. */
#ifndef OZ_AUTH_SIGNATURE_H
#define OZ_AUTH_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIGNATURE_MAX_AGE_SECONDS = 300 };

/* Whether the header signs the body under the secret, at most
 * SIGNATURE_MAX_AGE_SECONDS before or after `now` (unix seconds). */
bool signature_verify(const char *secret, const char *header, const char *body, size_t body_len, int64_t now);

#endif
