#include "server/places.h"

#include "conf/conf.h"
#include "server/user.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 1024 };

struct place {
    char path[PATH_SIZE];
    const char *name; /* its last part */
    int parent;       /* the folder that holds it; -1: none, or reached only through a symbolic link */
};

/* Walks the path part by part, so that no symbolic link is followed. */
static bool find_parent(struct place *place, const char *path)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    if (len == 0 || len >= sizeof place->path)
        return false;
    memcpy(place->path, path, len);
    place->path[len] = '\0';
    char *slash = strrchr(place->path, '/'), *rest = place->path;
    place->name = slash != NULL ? slash + 1 : place->path;
    place->parent = open(path[0] == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (slash == NULL)
        return place->parent >= 0;
    *slash = '\0';
    for (const char *part; place->parent >= 0 && (part = strsep(&rest, "/")) != NULL;) {
        if (*part == '\0')
            continue;
        int next = openat(place->parent, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(place->parent);
        place->parent = next;
    }
    return place->parent >= 0;
}

/* Whether only root can replace root's files in the folder. */
static bool is_roots(const struct place *place, bool sticky_will_do)
{
    struct stat at;
    return fstat(place->parent, &at) == 0 && at.st_uid == 0 &&
           (!(at.st_mode & (S_IWGRP | S_IWOTH)) || (sticky_will_do && at.st_mode & S_ISVTX));
}

/* What already belongs to somebody else stays theirs; so does a file that has
 * another name as well. */
static void give(int fd, const struct passwd *user)
{
    struct stat at;
    bool ours = fd >= 0 && fstat(fd, &at) == 0 && at.st_uid == 0 &&
                (S_ISDIR(at.st_mode) || (S_ISREG(at.st_mode) && at.st_nlink == 1));
    if (ours)
        (void)!fchown(fd, user->pw_uid, user->pw_gid);
    if (fd >= 0)
        close(fd);
}

void places_prepare(const struct conf *conf)
{
    const struct passwd *user = user_find(conf);
    struct place dir, log;
    if (user == NULL)
        return;
    if (find_parent(&dir, conf->run_dir)) {
        if (is_roots(&dir, true)) {
            (void)!mkdirat(dir.parent, dir.name, 0755);
            give(openat(dir.parent, dir.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), user);
        }
        close(dir.parent);
    }
    if (conf->log_file[0] != '\0' && find_parent(&log, conf->log_file)) {
        if (is_roots(&log, false))
            give(openat(log.parent, log.name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640), user);
        close(log.parent);
    }
}
