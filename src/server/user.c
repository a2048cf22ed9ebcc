#include "server/user.h"

#include "conf/conf.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ERROR_SIZE = 256, GROUPS_MAX = 1024 };

const struct passwd *user_find(const struct conf *conf)
{
    return geteuid() == 0 && conf->run_user[0] != '\0' ? getpwnam(conf->run_user) : NULL;
}

bool user_check(const struct conf *conf, char error[ERROR_SIZE])
{
    if (geteuid() != 0)
        return true;
    if (conf->run_user[0] == '\0')
        snprintf(error, ERROR_SIZE, "started as root: set RUN_USER to the user to run as");
    else if (user_find(conf) == NULL)
        snprintf(error, ERROR_SIZE, "RUN_USER: user '%s' not found", conf->run_user);
    else
        return true;
    return false;
}

/* The user's groups and SOCKET_GROUP, so that it can give the sockets to that
 * group. */
static bool take_groups(const struct conf *conf, const struct passwd *user)
{
    gid_t groups[GROUPS_MAX + 1];
    int n = GROUPS_MAX;
    if (getgrouplist(user->pw_name, user->pw_gid, groups, &n) < 0)
        return false;
    const struct group *sockets = conf->socket_group[0] != '\0' ? getgrnam(conf->socket_group) : NULL;
    if (sockets != NULL)
        groups[n++] = sockets->gr_gid;
    return setgroups((size_t)n, groups) == 0 && setgid(user->pw_gid) == 0;
}

bool user_become(const struct conf *conf, char error[ERROR_SIZE])
{
    const struct passwd *user = user_find(conf);
    if (user == NULL || (take_groups(conf, user) && setuid(user->pw_uid) == 0))
        return true;
    snprintf(error, ERROR_SIZE, "%.120s: cannot become this user: %s", conf->run_user, strerror(errno));
    return false;
}
