/* What each worker is doing, in memory that master and workers share. */
#ifndef OZ_SERVER_SCOREBOARD_H
#define OZ_SERVER_SCOREBOARD_H

#include <stdbool.h>

enum { WORKERS_MAX = 1024 };

struct scoreboard;

/* NULL if shared memory cannot be had. Made before the first fork. */
struct scoreboard *scoreboard_create(void);
void scoreboard_destroy(struct scoreboard **board);

void scoreboard_set_busy(struct scoreboard *board, int slot, bool busy);
bool scoreboard_is_busy(const struct scoreboard *board, int slot);

#endif
