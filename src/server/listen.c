#include "server/listen.h"

#include "base/log.h"
#include "conf/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(int fd, const char *path, const char *what, char error[256])
{
    snprintf(error, 256, "%.120s: %s: %s", path, what, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

int listen_unix(const char *path, const char *group, char error[256])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return fail(-1, path, "a socket's path has at most 107 bytes", error);
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(fd, path, "socket", error);
    unlink(path);
    mode_t mask = umask(0117);
    int bound = bind(fd, (struct sockaddr *)&address, sizeof address);
    umask(mask);
    if (bound != 0)
        return fail(fd, path, "bind", error);
    if (group[0] != '\0') {
        const struct group *g = getgrnam(group);
        if (g == NULL) {
            errno = ENOENT;
            return fail(fd, path, "SOCKET_GROUP is not a group on this machine", error);
        }
        if (chown(path, (uid_t)-1, g->gr_gid) != 0)
            return fail(fd, path, "cannot give it to SOCKET_GROUP: make orderzapd's user a member of it", error);
    }
    /* accept() returns often enough for a worker to see soon that it must end. */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_usec = LISTEN_WAIT_US}, sizeof(struct timeval)) !=
        0)
        return fail(fd, path, "SO_RCVTIMEO", error);
    if (listen(fd, LISTEN_BACKLOG) != 0)
        return fail(fd, path, "listen", error);
    return fd;
}

void listen_check_backlog(void)
{
    int allowed = 0;
    FILE *file = fopen("/proc/sys/net/core/somaxconn", "re");
    if (file == NULL)
        return;
    if (fscanf(file, "%d", &allowed) == 1 && allowed < LISTEN_BACKLOG)
        LOG_WARN("net.core.somaxconn is small: bursts will be refused; correct it with "
                 "'sysctl -w net.core.somaxconn=4096' and a line in /etc/sysctl.d",
                 LOG_INT("somaxconn", allowed), LOG_INT("wanted", LISTEN_BACKLOG));
    fclose(file);
}
