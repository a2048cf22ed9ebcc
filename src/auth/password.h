/* Passwords: Argon2id (RFC 9106) with 19 MiB and two passes. */
#ifndef OZ_AUTH_PASSWORD_H
#define OZ_AUTH_PASSWORD_H

#include <stdbool.h>

enum { PASSWORD_HASH_SIZE = 128, PASSWORD_MIN = 8, PASSWORD_MAX = 200 };

enum password_verdict { PASSWORD_RIGHT, PASSWORD_WRONG, PASSWORD_NO_MEMORY };

/* False when memory for the hash cannot be had. */
bool password_hash(const char *password, char out[PASSWORD_HASH_SIZE]);

/* hash NULL: there is no such account. That takes as long as a wrong password,
 * being checked against a hash that nothing matches. */
enum password_verdict password_verify(const char *hash, const char *password);

/* Makes that hash beforehand, so that the first unknown account costs no more
 * than the next. False when memory cannot be had. */
bool password_prepare(void);

#endif
