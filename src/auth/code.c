#include "auth/code.h"

#include <sodium.h>

void code_make(char out[CODE_SIZE])
{
    unsigned char random[15];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(out, CODE_SIZE, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
