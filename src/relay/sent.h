/* Which events were posted already, of those that the next look reads again. */
#ifndef OZ_RELAY_SENT_H
#define OZ_RELAY_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SENT_ID_SIZE = 37 };

struct unread;

struct sent_event {
    char id[SENT_ID_SIZE];
    uint64_t xid;
};

struct sent {
    struct sent_event *events; /* the first n_sorted by id */
    size_t n, n_sorted, size;
};

/* Ends the process if memory runs out: a relay is replaced. */
void sent_add(struct sent *sent, const char *id, uint64_t xid);
/* Searches only those that sent_prune() has sorted. */
bool sent_has(const struct sent *sent, const char *id);
/* Sorts, and forgets those that are not read again. */
void sent_prune(struct sent *sent, const struct unread *unread);
void sent_free(struct sent *sent);

#endif
