#include "auth/pin.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

/* https://www.crockford.com/base32.html */
static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
enum { LINK_LETTERS = 12, LINK_GROUP = 4 };

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

void link_make(char out[LINK_TEXT_SIZE])
{
    char *at = out;
    for (int i = 0; i < LINK_LETTERS; i++) {
        if (i > 0 && i % LINK_GROUP == 0)
            *at++ = '-';
        *at++ = letters[randombytes_uniform(sizeof letters - 1)];
    }
    *at = '\0';
}

/* The letter that was meant, '\0' if none can have been. */
static char letter_meant(char c)
{
    char upper = (char)toupper((unsigned char)c);
    if (upper == 'O')
        return '0';
    if (upper == 'I' || upper == 'L')
        return '1';
    return upper != '\0' && strchr(letters, upper) != NULL ? upper : '\0';
}

bool link_hash(const struct auth_keys *keys, const char *restaurant_id, const char *code, char out[PIN_HASH_SIZE])
{
    char plain[LINK_LETTERS + 1];
    size_t n = 0;
    for (; *code != '\0'; code++) {
        if (*code == '-' || *code == ' ')
            continue;
        char letter = letter_meant(*code);
        if (letter == '\0' || n == LINK_LETTERS)
            return false;
        plain[n++] = letter;
    }
    plain[n] = '\0';
    if (n != LINK_LETTERS)
        return false;
    pin_hash(keys, restaurant_id, plain, out);
    return true;
}
