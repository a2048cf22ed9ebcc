/* Telling this node's relay that something was committed. */
#ifndef OZ_SERVER_WAKE_H
#define OZ_SERVER_WAKE_H

struct conf;

/* The path of the relay's socket in RUN_DIR. */
void wake_path(const struct conf *conf, char *out, int size);

/* The socket that the relay is woken at; -1 with `error` filled in. Binds it
 * anew. */
int wake_listen(const struct conf *conf, char error[256]);

/* Never waits and never fails: the relay looks by itself, too. Nothing where
 * there are no live events. */
void wake_relay(const struct conf *conf);

#endif
