/* P-256 keys, which sign tokens with ES256 (RFC 7518, 3.4): made, read from
 * files, published as JSON Web Keys (RFC 7517). The only caller of OpenSSL's
 * libcrypto. */
#ifndef OZ_AUTH_EC_KEY_H
#define OZ_AUTH_EC_KEY_H

#include <stdbool.h>

struct text;

enum {
    EC_PEM_SIZE = 512,      /* of a private or public key as PEM text */
    EC_FIELD_SIZE = 43 + 1, /* 32 bytes in base64url */
    EC_ERROR_SIZE = 400
};

struct ec_public {
    char pem[EC_PEM_SIZE];
    char x[EC_FIELD_SIZE], y[EC_FIELD_SIZE];
    char kid[EC_FIELD_SIZE]; /* the JWK's thumbprint (RFC 7638); "" if there is no key */
};

/* A new private key as PEM text (PKCS #8). False if OpenSSL cannot. */
bool ec_key_make(char pem[EC_PEM_SIZE]);

/* Reads the private key from a file that only its owner and group may read. On
 * failure returns false, and `error` is a sentence that begins with the path. */
bool ec_key_read_private(const char *path, char pem[EC_PEM_SIZE], struct ec_public *public, char error[EC_ERROR_SIZE]);
/* The same for a public key's file, which only its owner and group may write. */
bool ec_key_read_public(const char *path, struct ec_public *public, char error[EC_ERROR_SIZE]);

/* Writes {kty, crv, x, y, use, alg, kid}. */
void ec_public_jwk(const struct ec_public *public, struct text *out);

#endif
