#include "auth/keys.h"

#include "conf/conf.h"

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
    *keys = (struct auth_keys){.token = {.alg = TOKEN_HS256, .secret = secret}};
    derive(secret, "orderzap pin", keys->pin);
    derive(secret, "orderzap answer", keys->answer);
    derive(secret, "orderzap provider", keys->provider);
    derive(secret, "orderzap request", keys->request);
    derive(secret, "orderzap address", keys->address);
}

static bool fail(char error[AUTH_ERROR_SIZE], const char *setting, const char *why)
{
    snprintf(error, AUTH_ERROR_SIZE, "%s: %s", setting, why);
    return false;
}

bool auth_keys_load(const struct conf *conf, struct auth_keys *keys, char error[AUTH_ERROR_SIZE])
{
    char why[EC_ERROR_SIZE];
    struct token_keys *token = &keys->token;
    auth_keys_derive(conf->jwt_secret, keys);
    if (strcmp(conf->jwt_alg, "ES256") != 0)
        return true;
    token->alg = TOKEN_ES256;
    if (!ec_key_read_private(conf->jwt_private_key_file, token->private, &token->current, why))
        return fail(error, "JWT_PRIVATE_KEY_FILE", why);
    if (conf->jwt_previous_public_key_file[0] == '\0')
        return true;
    if (!ec_key_read_public(conf->jwt_previous_public_key_file, &token->previous, why))
        return fail(error, "JWT_PREVIOUS_PUBLIC_KEY_FILE", why);
    if (strcmp(token->previous.kid, token->current.kid) == 0)
        return fail(error, "JWT_PREVIOUS_PUBLIC_KEY_FILE",
                    "it is the public key of JWT_PRIVATE_KEY_FILE: name another key's file, or none");
    return true;
}
