#include "auth/keys.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void derive(const char *secret, const char *purpose, unsigned char out[AUTH_KEY_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, AUTH_KEY_SIZE);
    crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, (const unsigned char *)secret, strlen(secret));
    crypto_generichash_final(&state, out, AUTH_KEY_SIZE);
    sodium_memzero(&state, sizeof state);
}

void auth_keys_derive(const char *secret, struct auth_keys *keys)
{
    if (sodium_init() < 0) {
        fputs("libsodium cannot start\n", stderr);
        exit(EXIT_FAILURE);
    }
    keys->token = secret;
    derive(secret, "orderzap pin", keys->pin);
    derive(secret, "orderzap answer", keys->answer);
    derive(secret, "orderzap request", keys->request);
}
