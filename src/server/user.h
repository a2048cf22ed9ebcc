/* The user to become when started as root. */
#ifndef OZ_SERVER_USER_H
#define OZ_SERVER_USER_H

#include <pwd.h>
#include <stdbool.h>

struct conf;

/* NULL if there is none to become. */
const struct passwd *user_find(const struct conf *conf);

/* Whether there is a user if one is needed. If not, `error` says what to do. */
bool user_check(const struct conf *conf, char error[256]);

/* Becomes the user for good, with its groups and SOCKET_GROUP; does nothing if
 * there is none. */
bool user_become(const struct conf *conf, char error[256]);

#endif
