#include "server/scoreboard.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

struct scoreboard {
    atomic_uchar state[WORKERS_MAX];
    atomic_bool stop[WORKERS_MAX];
    atomic_uint log_rotation;
};

struct scoreboard *scoreboard_create(void)
{
    void *memory = mmap(NULL, sizeof(struct scoreboard), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED ? memory : NULL;
}

void scoreboard_destroy(struct scoreboard **board)
{
    if (*board != NULL)
        munmap(*board, sizeof **board);
    *board = NULL;
}

void scoreboard_set_state(struct scoreboard *board, int slot, enum worker_state state)
{
    atomic_store_explicit(&board->state[slot], (unsigned char)state, memory_order_relaxed);
}

enum worker_state scoreboard_state(const struct scoreboard *board, int slot)
{
    return atomic_load_explicit(&board->state[slot], memory_order_relaxed);
}

void scoreboard_set_stop(struct scoreboard *board, int slot, bool stop)
{
    atomic_store_explicit(&board->stop[slot], stop, memory_order_relaxed);
}

bool scoreboard_must_stop(const struct scoreboard *board, int slot)
{
    return atomic_load_explicit(&board->stop[slot], memory_order_relaxed);
}

void scoreboard_rotate_log(struct scoreboard *board)
{
    atomic_fetch_add_explicit(&board->log_rotation, 1, memory_order_relaxed);
}

unsigned scoreboard_log_rotation(const struct scoreboard *board)
{
    return atomic_load_explicit(&board->log_rotation, memory_order_relaxed);
}
