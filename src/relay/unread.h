/* The transactions whose events a look may have missed: those that had not committed
 * when it began. However long one of them stays open, the next look reads no
 * other's events again. */
#ifndef OZ_RELAY_UNREAD_H
#define OZ_RELAY_UNREAD_H

#include <stdbool.h>
#include <stdint.h>

struct unread {
    uint64_t since; /* all from this one on */
    char *running;  /* those before it, as an array literal; NULL: none */
};

/* `running` is copied. Ends the process where there is no memory. */
void unread_set(struct unread *unread, uint64_t since, const char *running);
bool unread_has(const struct unread *unread, uint64_t xid);
void unread_free(struct unread *unread);

#endif
