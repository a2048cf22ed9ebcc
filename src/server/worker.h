/* A worker: one process, one database connection, one request at a time. */
#ifndef OZ_SERVER_WORKER_H
#define OZ_SERVER_WORKER_H

#include <stdbool.h>
#include <sys/types.h>

struct auth_keys;
struct conf;
struct counts;
struct metrics;
struct scoreboard;

struct worker_setup {
    const struct conf *conf;
    const char *conf_path; /* where the relay reads its own secret; NULL: the default */
    const struct auth_keys *keys;
    int socket; /* where requests arrive */
    struct scoreboard *board;
    int slot; /* its own place there */
    struct metrics *metrics;
    struct counts *counts; /* its own place there */
    bool signs_in;         /* checks passwords, and prepares for it */
    pid_t master;          /* its parent, while that is alive */
    unsigned log_rotation; /* the scoreboard's value when the inherited log was opened */
};

/* Serves until the scoreboard or SIGTERM says to end, then what still waits,
 * and returns the exit status. If the master is killed it ends after the
 * current request. */
int worker_run(const struct worker_setup *setup);

/* The same for the one child that relays events. */
int worker_relay(const struct worker_setup *setup);

#endif
