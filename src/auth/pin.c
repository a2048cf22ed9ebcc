#include "auth/pin.h"

#include <sodium.h>
#include <string.h>

void pin_make(int length, char out[PIN_TEXT_SIZE])
{
    int n = length < PIN_MIN ? PIN_MIN : length > PIN_MAX ? PIN_MAX : length;
    for (int i = 0; i < n; i++)
        out[i] = (char)('0' + randombytes_uniform(10));
    out[n] = '\0';
}

void pin_hash(const struct auth_keys *keys, const char *session_id, const char *pin, char out[PIN_HASH_SIZE])
{
    unsigned char digest[32];
    crypto_generichash_state state;
    crypto_generichash_init(&state, keys->pin, sizeof keys->pin, sizeof digest);
    crypto_generichash_update(&state, (const unsigned char *)session_id, strlen(session_id) + 1);
    crypto_generichash_update(&state, (const unsigned char *)pin, strlen(pin));
    crypto_generichash_final(&state, digest, sizeof digest);
    memcpy(out, "\\x", 2);
    sodium_bin2hex(out + 2, PIN_HASH_SIZE - 2, digest, sizeof digest);
}

bool pin_matches(const struct auth_keys *keys, const char *session_id, const char *pin, const char *hash)
{
    char wanted[PIN_HASH_SIZE];
    pin_hash(keys, session_id, pin, wanted);
    return strlen(hash) == PIN_HASH_SIZE - 1 && sodium_memcmp(wanted, hash, PIN_HASH_SIZE - 1) == 0;
}
