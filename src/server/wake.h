/* Telling this node's relay that something was committed. */
#ifndef OZ_SERVER_WAKE_H
#define OZ_SERVER_WAKE_H

struct conf;

/* The path of the relay's socket in RUN_DIR. */
void wake_path(const struct conf *conf, char *out, int size);

/* Binds the socket that the relay is woken by, replacing an old one; -1 on
 * failure, with `error` filled in. */
int wake_listen(const struct conf *conf, char error[256]);

/* Never waits and never fails: the relay also looks by itself. Does nothing
 * without live events. */
void wake_relay(const struct conf *conf);

#endif
