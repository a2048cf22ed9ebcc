#include "sync/deliver.h"

#include "base/text.h"
#include "convex/convex.h"
#include "sync/stop.h"

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

/* Before a row is blamed: if nothing was accepted yet, the deployment itself
 * may be refusing. An empty call tells. */
static enum delivery probe(struct sync *sync, struct batch *batch)
{
    if (batch->proven)
        return DELIVERED;
    switch (post(sync, NULL, 0)) {
    case CONVEX_DONE:
        batch->proven = true;
        return DELIVERED;
    case CONVEX_AWAY:
        note(sync, batch);
        return DELIVERY_AWAY;
    default:
        return DELIVERY_HALTED;
    }
}

static enum delivery send_some(struct sync *sync, struct batch *batch, size_t first, size_t n)
{
    struct change *changes = &batch->changes[first];
    enum convex_outcome outcome = post(sync, changes, n);
    if (outcome == CONVEX_DONE) {
        mark(changes, n, VERDICT_SENT);
        batch->proven = true;
        return DELIVERED;
    }
    note(sync, batch);
    enum delivery delivery = outcome == CONVEX_REFUSED ? probe(sync, batch)
                             : outcome == CONVEX_AWAY  ? DELIVERY_AWAY
                                                       : DELIVERY_HALTED;
    if (delivery == DELIVERY_AWAY)
        mark(changes, n, VERDICT_LATER);
    if (delivery != DELIVERED)
        return delivery;
    if (n == 1) {
        mark(changes, n, VERDICT_REFUSED);
        return DELIVERED;
    }
    delivery = send_some(sync, batch, first, n / 2);
    return delivery == DELIVERED ? send_some(sync, batch, first + n / 2, n - n / 2) : delivery;
}

/* The number of changes from `first` on that fit into one call. */
static size_t fitting(const struct batch *batch, size_t first)
{
    size_t bytes = 0, n = 0;
    while (first + n < batch->n && (n == 0 || bytes + batch->changes[first + n].len <= BYTES_MAX))
        bytes += batch->changes[first + n++].len;
    return n;
}

enum delivery deliver(struct sync *sync, struct batch *batch)
{
    batch->proven = false;
    for (size_t i = 0, n; i < batch->n; i += n) {
        n = fitting(batch, i);
        enum delivery delivery = send_some(sync, batch, i, n);
        if (delivery != DELIVERED)
            return delivery;
    }
    return DELIVERED;
}
