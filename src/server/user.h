/* The user to become when started as root. */
#ifndef OZ_SERVER_USER_H
#define OZ_SERVER_USER_H

#include <pwd.h>
#include <stdbool.h>

struct conf;

/* NULL where there is none to become. */
const struct passwd *user_find(const struct conf *conf);

/* Whether there is one, where one is needed. If not, `error` says what to do. */
bool user_check(const struct conf *conf, char error[256]);

/* Becomes it for good, with its groups and SOCKET_GROUP; nothing where there is none. */
bool user_become(const struct conf *conf, char error[256]);

#endif
