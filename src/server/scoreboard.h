/* What each worker is doing and is to do, in memory that master and workers
 * share. A worker that is to end reads it here, when it is done with a request
 * or a moment after none came. No signal tells it: libfcgi gives a request up
 * when one comes while it reads. */
#ifndef OZ_SERVER_SCOREBOARD_H
#define OZ_SERVER_SCOREBOARD_H

#include <stdbool.h>

enum { WORKERS_MAX = 1080 };

struct scoreboard;

/* NULL if shared memory cannot be had. Made before the first fork. */
struct scoreboard *scoreboard_create(void);
void scoreboard_destroy(struct scoreboard **board);

enum worker_state { WORKER_IDLE, WORKER_BUSY, WORKER_STARTING };

void scoreboard_set_state(struct scoreboard *board, int slot, enum worker_state state);
enum worker_state scoreboard_state(const struct scoreboard *board, int slot);

/* Whether the worker is to end. */
void scoreboard_set_stop(struct scoreboard *board, int slot, bool stop);
bool scoreboard_must_stop(const struct scoreboard *board, int slot);

/* Counts how often the log was rotated. */
void scoreboard_rotate_log(struct scoreboard *board);
unsigned scoreboard_log_rotation(const struct scoreboard *board);

#endif
