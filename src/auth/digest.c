#include "auth/digest.h"

#include <sodium.h>
#include <string.h>

void digest_request(const struct auth_keys *keys, const char *method, const char *path, const char *body,
                    size_t body_len, char out[DIGEST_SIZE])
{
    unsigned char digest[32];
    crypto_generichash_state state;
    crypto_generichash_init(&state, keys->request, sizeof keys->request, sizeof digest);
    crypto_generichash_update(&state, (const unsigned char *)method, strlen(method) + 1);
    crypto_generichash_update(&state, (const unsigned char *)path, strlen(path) + 1);
    crypto_generichash_update(&state, (const unsigned char *)body, body_len);
    crypto_generichash_final(&state, digest, sizeof digest);
    sodium_bin2hex(out, DIGEST_SIZE, digest, sizeof digest);
}

void digest_text(const char *text, char out[DIGEST_SIZE])
{
    unsigned char digest[32];
    crypto_generichash(digest, sizeof digest, (const unsigned char *)text, strlen(text), NULL, 0);
    sodium_bin2hex(out, DIGEST_SIZE, digest, sizeof digest);
}
