/* The sockets on which requests arrive. */
#ifndef OZ_SERVER_LISTEN_H
#define OZ_SERVER_LISTEN_H

enum { LISTEN_BACKLOG = 4096, LISTEN_PATH_SIZE = 108, LISTEN_WAIT_US = 200000 };

/* Listens at the path, mode 0660, of the group where one is named. A stale
 * socket there is replaced. accept() fails with EAGAIN after LISTEN_WAIT_US
 * without a request. -1 with `error` filled in on failure. */
int listen_unix(const char *path, const char *group, char error[256]);

/* Warns in the log when the kernel cuts the backlog short. */
void listen_check_backlog(void);

#endif
