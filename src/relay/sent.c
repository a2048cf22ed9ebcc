#include "relay/sent.h"

#include "relay/unread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct sent_event *)a)->id, ((const struct sent_event *)b)->id);
}

void sent_add(struct sent *sent, const char *id, uint64_t xid)
{
    if (sent->n == sent->size) {
        size_t size = sent->size > 0 ? 2 * sent->size : 256;
        struct sent_event *events = realloc(sent->events, size * sizeof *events);
        if (events == NULL)
            exit(EX_SOFTWARE);
        sent->events = events;
        sent->size = size;
    }
    struct sent_event *event = &sent->events[sent->n++];
    snprintf(event->id, sizeof event->id, "%s", id);
    event->xid = xid;
}

bool sent_has(const struct sent *sent, const char *id)
{
    struct sent_event key = {.xid = 0};
    snprintf(key.id, sizeof key.id, "%s", id);
    return sent->n_sorted > 0 && bsearch(&key, sent->events, sent->n_sorted, sizeof key, by_id) != NULL;
}

void sent_prune(struct sent *sent, const struct unread *unread)
{
    size_t kept = 0;
    for (size_t i = 0; i < sent->n; i++)
        if (unread_has(unread, sent->events[i].xid))
            sent->events[kept++] = sent->events[i];
    sent->n = sent->n_sorted = kept;
    if (kept > 0)
        qsort(sent->events, kept, sizeof *sent->events, by_id);
}

void sent_free(struct sent *sent)
{
    free(sent->events);
    *sent = (struct sent){0};
}
