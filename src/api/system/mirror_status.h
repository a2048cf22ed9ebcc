/* How the installation stands: whether the database answers, and the mirror. */
#ifndef OZ_API_SYSTEM_MIRROR_STATUS_H
#define OZ_API_SYSTEM_MIRROR_STATUS_H

#include "base/clock.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct request;

struct mirror {
    bool is_halted; /* a person has to mend it */
    int64_t pending, dead;
    int64_t oldest_seconds;                /* -1: nothing waits */
    char last_success_at[CLOCK_TEXT_SIZE]; /* "": never */
};

/* Asks the database. *mirror: NULL where there is none, or nothing is known of
 * it; anybody may ask for /health, and a long outbox takes a while to count, so
 * a worker remembers it for some seconds. */
enum err mirror_status_read(struct request *r, const struct mirror **mirror);

#endif
