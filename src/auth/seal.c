#include "auth/seal.h"

#include "base/arena.h"

#include <sodium.h>
#include <string.h>

enum { OVERHEAD = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES, VARIANT = sodium_base64_VARIANT_ORIGINAL };

const char *seal_close(struct arena *arena, const unsigned char key[AUTH_KEY_SIZE], const char *text)
{
    size_t len = strlen(text), text_size = sodium_base64_ENCODED_LEN(len + OVERHEAD, VARIANT);
    unsigned char *box = arena_alloc(arena, len + OVERHEAD);
    randombytes_buf(box, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, (const unsigned char *)text, len, box, key);
    return sodium_bin2base64(arena_alloc(arena, text_size), text_size, box, len + OVERHEAD, VARIANT);
}

const char *seal_open(struct arena *arena, const unsigned char key[AUTH_KEY_SIZE], const char *sealed)
{
    size_t size = strlen(sealed), len;
    unsigned char *box = arena_alloc(arena, size + 1);
    if (sodium_base642bin(box, size, sealed, size, NULL, &len, NULL, VARIANT) != 0 || len < OVERHEAD)
        return NULL;
    unsigned char *text = arena_alloc(arena, len);
    if (crypto_secretbox_open_easy(text, box + crypto_secretbox_NONCEBYTES, len - crypto_secretbox_NONCEBYTES, box,
                                   key) != 0)
        return NULL;
    return (const char *)text;
}
