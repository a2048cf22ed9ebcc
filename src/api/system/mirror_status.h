/* The state of the installation: whether the database answers, and the mirror. */
#ifndef OZ_API_SYSTEM_MIRROR_STATUS_H
#define OZ_API_SYSTEM_MIRROR_STATUS_H

#include "base/clock.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct request;

struct mirror {
    bool is_halted; /* a person has to act */
    int64_t pending, dead;
    int64_t oldest_seconds;                /* -1: nothing waits */
    char last_success_at[CLOCK_TEXT_SIZE]; /* "": never */
};

/* Asks the database. *mirror is NULL if there is no mirror or its state is
 * unknown. /health is public and counting a long outbox is slow, so each
 * worker caches the result for a few seconds. */
enum err mirror_status_read(struct request *r, const struct mirror **mirror);

#endif
