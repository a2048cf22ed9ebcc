/* The master: holds the sockets, manages the pools, handles signals. It never
 * touches a request or the database. */
#ifndef OZ_SERVER_MASTER_H
#define OZ_SERVER_MASTER_H

#include "auth/keys.h"

struct conf;
struct master;

/* Takes the run folder, its lock and its sockets, as the user that orderzapd
 * runs as. NULL on failure, and `error` says why. Takes over *conf. conf_path
 * (NULL: the default) is read again on a reload. */
struct master *master_create(struct conf *conf, const char *conf_path, char error[256]);

/* Reads the keys as the user that will read them again on a reload. */
bool master_load_keys(struct master *master, char error[AUTH_ERROR_SIZE]);

/* Runs until SIGTERM, SIGINT or SIGQUIT; SIGHUP reloads, SIGUSR1 reopens the
 * log. Returns the exit status. */
int master_run(struct master *master);

/* Removes the sockets and the process id file. */
void master_destroy(struct master **master);

#endif
