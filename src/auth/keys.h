/* The keys that one installation secret (JWT_SECRET) gives, one a purpose, so
 * that nothing made for one serves for another. */
#ifndef OZ_AUTH_KEYS_H
#define OZ_AUTH_KEYS_H

enum { AUTH_KEY_SIZE = 32 };

struct auth_keys {
    const char *token;                    /* the secret itself: HS256 */
    unsigned char pin[AUTH_KEY_SIZE];     /* of PIN hashes */
    unsigned char answer[AUTH_KEY_SIZE];  /* of sealed answers and payment providers' secrets */
    unsigned char request[AUTH_KEY_SIZE]; /* of requests' fingerprints */
};

/* `secret` must outlive *keys. Starts libsodium; ends the process if that
 * cannot be done. */
void auth_keys_derive(const char *secret, struct auth_keys *keys);

#endif
