#include "relay/unread.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

void unread_set(struct unread *unread, uint64_t since, const char *running)
{
    char *copy = strdup(running);
    if (copy == NULL)
        exit(EX_SOFTWARE);
    free(unread->running);
    unread->running = copy;
    unread->since = since;
}

bool unread_has(const struct unread *unread, uint64_t xid)
{
    if (xid >= unread->since)
        return true;
    for (const char *at = unread->running; at != NULL && *at != '\0' && *at != '}';) {
        char *end;
        if (strtoull(at + 1, &end, 10) == xid && end > at + 1)
            return true;
        at = end;
    }
    return false;
}

void unread_free(struct unread *unread)
{
    free(unread->running);
    *unread = (struct unread){0};
}
