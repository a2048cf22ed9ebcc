/* The sockets on which requests arrive. */
#ifndef OZ_SERVER_LISTEN_H
#define OZ_SERVER_LISTEN_H

enum { LISTEN_PATH_SIZE = 108, LISTEN_WAIT_US = 200000 };

/* Listens at the path with mode 0660 and, if one is named, the group. Replaces
 * a stale socket. accept() fails with EAGAIN after LISTEN_WAIT_US without a
 * request. -1 on failure, with `error` filled in. */
int listen_unix(const char *path, const char *group, char error[256]);

/* Warns in the log if the kernel limits the backlog. */
void listen_check_backlog(void);

#endif
