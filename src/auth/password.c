#include "auth/password.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

enum { PASSES = 2, MEMORY = 19 * 1024 * 1024 };

_Static_assert(crypto_pwhash_STRBYTES <= PASSWORD_HASH_SIZE, "a hash must fit");

static char nobodys_hash[PASSWORD_HASH_SIZE];

bool password_hash(const char *password, char out[PASSWORD_HASH_SIZE])
{
    return crypto_pwhash_str_alg(out, password, strlen(password), PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool password_prepare(void)
{
    char random[33];
    unsigned char bytes[16];
    if (nobodys_hash[0] != '\0')
        return true;
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(random, sizeof random, bytes, sizeof bytes);
    return password_hash(random, nobodys_hash);
}

enum password_verdict password_verify(const char *hash, const char *password)
{
    if (!password_prepare())
        return PASSWORD_NO_MEMORY;
    errno = 0;
    int result = crypto_pwhash_str_verify(hash != NULL ? hash : nobodys_hash, password, strlen(password));
    if (result == 0)
        return hash != NULL ? PASSWORD_RIGHT : PASSWORD_WRONG;
    /* libsodium says EINVAL for a mismatch and nothing, or ENOMEM, otherwise. */
    return errno == EINVAL ? PASSWORD_WRONG : PASSWORD_NO_MEMORY;
}
