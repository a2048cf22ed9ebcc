#include "server/wake.h"

#include "conf/conf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

void wake_path(const struct conf *conf, char *out, int size)
{
    snprintf(out, (size_t)size, "%s/relay.sock", conf->run_dir);
}

static struct sockaddr_un address(const struct conf *conf)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    wake_path(conf, at.sun_path, sizeof at.sun_path);
    return at;
}

int wake_listen(const struct conf *conf, char error[256])
{
    struct sockaddr_un at = address(conf);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    unlink(at.sun_path);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 && chmod(at.sun_path, 0660) == 0)
        return fd;
    snprintf(error, 256, "%.120s: %s", at.sun_path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

void wake_relay(const struct conf *conf)
{
    static int fd = -1; /* of this worker */
    if (conf->rt_dir[0] == '\0')
        return;
    if (fd < 0)
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    struct sockaddr_un at = address(conf);
    (void)!sendto(fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&at, sizeof at);
}
