/* orderzapctl keygen: a key that signs tokens, and the public half of one. */
#include "auth/ec_key.h"
#include "conf/conf.h"
#include "ctl/ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static int complain(const char *path)
{
    fprintf(stderr, "orderzapctl: %s: %s\n", path, strerror(errno));
    return EX_CANTCREAT;
}

/* If run as root, gives the file to orderzapd's user. */
static bool give_to_run_user(const struct conf *conf, int fd)
{
    if (geteuid() != 0 || conf->run_user[0] == '\0')
        return true;
    const struct passwd *user = getpwnam(conf->run_user);
    return user != NULL && fchown(fd, user->pw_uid, user->pw_gid) == 0;
}

/* An existing file stays as it is: it may be the key in use. */
static int write_new_file(const struct conf *conf, const char *path, const char *pem)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) {
        fprintf(stderr, "orderzapctl: %s already exists: choose another name\n", path);
        return EX_CANTCREAT;
    }
    if (fd < 0)
        return complain(path);
    ssize_t len = (ssize_t)strlen(pem);
    bool good = write(fd, pem, (size_t)len) == len && give_to_run_user(conf, fd) && fsync(fd) == 0;
    if (!good)
        complain(path);
    if (close(fd) != 0 || !good) {
        unlink(path);
        return EX_CANTCREAT;
    }
    return EX_OK;
}

static void print_guide(const char *given)
{
    struct ec_public public;
    char pem[EC_PEM_SIZE], error[EC_ERROR_SIZE], whole[PATH_MAX];
    const char *path = realpath(given, whole) != NULL ? whole : given;
    bool good = ec_key_read_private(path, pem, &public, error);
    explicit_bzero(pem, sizeof pem);
    printf("%s: a new private key%s%s. orderzapd's user must be able to read it, and nobody else.\n"
           "\n"
           "If tokens were HS256, set these and reload orderzapd; diners join again, staff stay signed in:\n"
           "  JWT_ALG=ES256\n"
           "  JWT_PRIVATE_KEY_FILE=%s\n"
           "\n"
           "To replace OLD, a key in use, without anybody noticing:\n"
           "  1. orderzapctl keygen --public %s >%s.pub\n"
           "     JWT_PREVIOUS_PUBLIC_KEY_FILE=%s.pub, and reload: the new key becomes known.\n"
           "  2. After 5 minutes: orderzapctl keygen --public OLD >OLD.pub\n"
           "     JWT_PRIVATE_KEY_FILE=%s\n"
           "     JWT_PREVIOUS_PUBLIC_KEY_FILE=OLD.pub, and reload: the new key signs.\n"
           "  3. After 48 hours, when the last token of the old key has ended:\n"
           "     JWT_PREVIOUS_PUBLIC_KEY_FILE=, reload, and delete OLD and OLD.pub.\n"
           "If others may know a key, replace it at once instead, as in the first case.\n",
           path, good ? ", kid " : "", good ? public.kid : "", path, path, path, path, path);
}

static int print_public(const char *path)
{
    struct ec_public public;
    char pem[EC_PEM_SIZE], error[EC_ERROR_SIZE];
    bool good = ec_key_read_private(path, pem, &public, error);
    explicit_bzero(pem, sizeof pem);
    if (!good) {
        fprintf(stderr, "orderzapctl: %s\n", error);
        return EX_NOINPUT;
    }
    fputs(public.pem, stdout);
    return EX_OK;
}

int ctl_keygen(struct ctl *ctl)
{
    const char *output = NULL, *private = NULL;
    const struct ctl_option options[] = {{"output", &output, NULL, false}, {"public", &private, NULL, false}};
    char pem[EC_PEM_SIZE];
    if (!ctl_options(ctl, options, 2))
        return EX_USAGE;
    if (output != NULL && private != NULL) {
        fputs("orderzapctl: --public prints the key: it takes no --output\n", stderr);
        return EX_USAGE;
    }
    if (private != NULL)
        return print_public(private);
    if (!ec_key_make(pem)) {
        fputs("orderzapctl: OpenSSL cannot make a key\n", stderr);
        return EX_SOFTWARE;
    }
    int status = EX_OK;
    if (output == NULL)
        fputs(pem, stdout);
    else
        status = write_new_file(ctl->conf, output, pem);
    explicit_bzero(pem, sizeof pem);
    if (output != NULL && status == EX_OK)
        print_guide(output);
    return status;
}
