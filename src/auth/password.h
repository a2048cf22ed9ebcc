/* Passwords: Argon2id (RFC 9106) with 19 MiB and two passes. */
#ifndef OZ_AUTH_PASSWORD_H
#define OZ_AUTH_PASSWORD_H

#include <stdbool.h>

enum { PASSWORD_HASH_SIZE = 128, PASSWORD_MIN = 8, PASSWORD_MAX = 200 };

enum password_verdict { PASSWORD_RIGHT, PASSWORD_WRONG, PASSWORD_NO_MEMORY };

/* False if there is no memory for the hash. */
bool password_hash(const char *password, char out[PASSWORD_HASH_SIZE]);

/* hash NULL: the account was not found. This takes as long as a wrong
 * password: it is checked against a hash that nothing matches. */
enum password_verdict password_verify(const char *hash, const char *password);

/* Makes that hash in advance, so that the first unknown account costs no more
 * than the next. False if there is no memory. */
bool password_prepare(void);

#endif
