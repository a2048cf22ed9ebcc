/* Refresh tokens: the restaurant's id and 256 random bits, of which only a
 * hash is stored. */
#ifndef OZ_AUTH_REFRESH_H
#define OZ_AUTH_REFRESH_H

#include "base/uuid7.h"

#include <stdbool.h>

enum { REFRESH_TOKEN_SIZE = 96, REFRESH_HASH_SIZE = 2 + 64 + 1 };

/* A new token and its hash, in PostgreSQL's bytea notation. */
void refresh_make(const char *restaurant_id, char token[REFRESH_TOKEN_SIZE], char hash[REFRESH_HASH_SIZE]);

/* The restaurant and the hash of a token that a client sent. False if it
 * cannot be ours. */
bool refresh_read(const char *token, char restaurant_id[UUID_TEXT_SIZE], char hash[REFRESH_HASH_SIZE]);

#endif
