/* The keys of an installation. Each is derived from one secret (JWT_SECRET)
 * for its own use, so that what is made with one does not pass for another.
 * Tokens are signed with the secret itself or with a P-256 key from a file. */
#ifndef OZ_AUTH_KEYS_H
#define OZ_AUTH_KEYS_H

#include "auth/ec_key.h"

#include <stdbool.h>

struct conf;

enum { AUTH_KEY_SIZE = 32, AUTH_ERROR_SIZE = EC_ERROR_SIZE + 64 };

enum token_alg { TOKEN_HS256, TOKEN_ES256 };

/* What tokens are signed and verified with. Tokens of the other algorithm are
 * refused. */
struct token_keys {
    enum token_alg alg;
    const char *secret;        /* HS256 */
    char private[EC_PEM_SIZE]; /* ES256, as the others below */
    struct ec_public current;
    struct ec_public previous; /* only verifies; its kid is "" if there is none */
};

struct auth_keys {
    struct token_keys token;
    unsigned char pin[AUTH_KEY_SIZE];      /* of PIN hashes */
    unsigned char answer[AUTH_KEY_SIZE];   /* of sealed answers */
    unsigned char provider[AUTH_KEY_SIZE]; /* of payment providers' secrets */
    unsigned char request[AUTH_KEY_SIZE];  /* of requests' fingerprints */
    unsigned char address[AUTH_KEY_SIZE];  /* of the hashes of clients' networks */
};

/* The keys derived from the secret; tokens are HS256. `secret` must outlive
 * *keys. Starts libsodium; ends the process if that fails. */
void auth_keys_derive(const char *secret, struct auth_keys *keys);

/* All keys, including those in files. *conf must outlive *keys. On failure
 * returns false, and `error` is one sentence that names the setting. */
bool auth_keys_load(const struct conf *conf, struct auth_keys *keys, char error[AUTH_ERROR_SIZE]);

#endif
