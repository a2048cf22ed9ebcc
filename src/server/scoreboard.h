/* What each worker is doing and should do, in memory that master and workers
 * share. A worker that should end reads it here, after a request or a moment
 * without one. No signal tells it: libfcgi abandons a request if a signal
 * arrives while it is being read. */
#ifndef OZ_SERVER_SCOREBOARD_H
#define OZ_SERVER_SCOREBOARD_H

#include <stdbool.h>

enum { WORKERS_MAX = 1080 };

struct scoreboard;

/* NULL if there is no shared memory. Made before the first fork. */
struct scoreboard *scoreboard_create(void);
void scoreboard_destroy(struct scoreboard **board);

enum worker_state { WORKER_IDLE, WORKER_BUSY, WORKER_STARTING };

void scoreboard_set_state(struct scoreboard *board, int slot, enum worker_state state);
enum worker_state scoreboard_state(const struct scoreboard *board, int slot);

/* Whether the worker should end. */
void scoreboard_set_stop(struct scoreboard *board, int slot, bool stop);
bool scoreboard_must_stop(const struct scoreboard *board, int slot);

/* Counts how often the log was rotated. */
void scoreboard_rotate_log(struct scoreboard *board);
unsigned scoreboard_log_rotation(const struct scoreboard *board);

#endif
