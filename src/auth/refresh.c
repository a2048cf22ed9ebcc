#include "auth/refresh.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { RANDOM_BYTES = 32, RANDOM_TEXT = 43 /* base64url, RFC 4648, 5, unpadded */ };

static void hash_token(const char *token, char hash[REFRESH_HASH_SIZE])
{
    unsigned char digest[32];
    crypto_generichash(digest, sizeof digest, (const unsigned char *)token, strlen(token), NULL, 0);
    memcpy(hash, "\\x", 2);
    sodium_bin2hex(hash + 2, REFRESH_HASH_SIZE - 2, digest, sizeof digest);
}

void refresh_make(const char *restaurant_id, char token[REFRESH_TOKEN_SIZE], char hash[REFRESH_HASH_SIZE])
{
    unsigned char random[RANDOM_BYTES];
    char text[RANDOM_TEXT + 1];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(text, sizeof text, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(token, REFRESH_TOKEN_SIZE, "%s.%s", restaurant_id, text);
    hash_token(token, hash);
}

bool refresh_read(const char *token, char restaurant_id[UUID_TEXT_SIZE], char hash[REFRESH_HASH_SIZE])
{
    char id[UUID_TEXT_SIZE];
    if (strlen(token) != UUID_TEXT_SIZE - 1 + 1 + RANDOM_TEXT || token[UUID_TEXT_SIZE - 1] != '.')
        return false;
    memcpy(id, token, UUID_TEXT_SIZE - 1);
    id[UUID_TEXT_SIZE - 1] = '\0';
    if (!uuid_parse(id, restaurant_id) || strcmp(id, restaurant_id) != 0)
        return false;
    hash_token(token, hash);
    return true;
}
