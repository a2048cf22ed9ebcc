#include "sync/deliver.h"

#include "base/text.h"
#include "convex/convex.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BYTES_MAX = 1024 * 1024, TRIES = 2, PAUSE_MS = 1000 };

/* Waits a random part of `most` milliseconds: full jitter. */
static void pause_up_to(int most)
{
    long ms = random() % most;
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static const char *arguments(struct sync *sync, const struct change *changes, size_t n)
{
    struct text args;
    text_init(&args, sync->arena);
    text_puts(&args, "{\"changes\":[");
    for (size_t i = 0; i < n; i++) {
        text_puts(&args, i > 0 ? "," : "");
        text_add(&args, changes[i].json, changes[i].len);
    }
    text_puts(&args, "]}");
    return args.bytes;
}

static enum convex_outcome post(struct sync *sync, const struct change *changes, size_t n)
{
    const char *args = arguments(sync, changes, n);
    struct json_object *value;
    enum convex_outcome outcome = CONVEX_AWAY;
    for (int i = 0; i < TRIES && outcome == CONVEX_AWAY && !(i > 0 && sync_stopping); i++) {
        if (i > 0)
            pause_up_to(PAUSE_MS);
        outcome = convex_call(sync->convex, sync->arena, "mutation", "sync:applyBatch", args, &value);
    }
    return outcome;
}

static void mark(struct change *changes, size_t n, enum verdict verdict)
{
    for (size_t i = 0; i < n; i++)
        changes[i].verdict = verdict;
}

static void note(struct sync *sync, struct batch *batch)
{
    snprintf(batch->why, sizeof batch->why, "%s", convex_error(sync->convex));
}

static enum delivery send_some(struct sync *sync, struct batch *batch, size_t first, size_t n)
{
    struct change *changes = &batch->changes[first];
    switch (post(sync, changes, n)) {
    case CONVEX_DONE:
        mark(changes, n, VERDICT_SENT);
        return DELIVERED;
    case CONVEX_REFUSED:
        if (n == 1) {
            note(sync, batch);
            mark(changes, n, VERDICT_REFUSED);
            return DELIVERED;
        }
        enum delivery half = send_some(sync, batch, first, n / 2);
        return half == DELIVERED ? send_some(sync, batch, first + n / 2, n - n / 2) : half;
    case CONVEX_AWAY:
        note(sync, batch);
        mark(changes, n, VERDICT_LATER);
        return DELIVERY_AWAY;
    case CONVEX_HALT:
        break;
    }
    note(sync, batch);
    return DELIVERY_HALTED;
}

/* How many changes from `first` fit into one call. */
static size_t fitting(const struct batch *batch, size_t first)
{
    size_t bytes = 0, n = 0;
    while (first + n < batch->n && (n == 0 || bytes + batch->changes[first + n].len <= BYTES_MAX))
        bytes += batch->changes[first + n++].len;
    return n;
}

static bool any(const struct batch *batch, enum verdict verdict)
{
    for (size_t i = 0; i < batch->n; i++)
        if (batch->changes[i].verdict == verdict)
            return true;
    return false;
}

/* Where every row was refused it may be the deployment: a call with nothing in
 * it tells. If that is refused, too, no row is to blame. */
static enum delivery probe(struct sync *sync, struct batch *batch)
{
    switch (post(sync, NULL, 0)) {
    case CONVEX_DONE:
        return DELIVERED;
    case CONVEX_AWAY:
        mark(batch->changes, batch->n, VERDICT_LATER);
        return DELIVERY_AWAY;
    default:
        mark(batch->changes, batch->n, VERDICT_NONE);
        return DELIVERY_HALTED;
    }
}

enum delivery deliver(struct sync *sync, struct batch *batch)
{
    for (size_t i = 0, n; i < batch->n; i += n) {
        n = fitting(batch, i);
        enum delivery delivery = send_some(sync, batch, i, n);
        if (delivery != DELIVERED)
            return delivery;
    }
    return any(batch, VERDICT_REFUSED) && !any(batch, VERDICT_SENT) ? probe(sync, batch) : DELIVERED;
}
