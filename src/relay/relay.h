/* The relay: a child of the master that posts this node's copy of all events
 * to its rt. A datagram wakes it after a commit; it also looks twice a second,
 * for what other nodes and psql have done. */
#ifndef OZ_RELAY_RELAY_H
#define OZ_RELAY_RELAY_H

#include <stdbool.h>

struct conf;
struct counts;

/* `database_url`: for the role orderzap_relay; `socket`: where the datagrams
 * arrive; `counts`: where it counts. Calls must_stop() after each look.
 * Returns an exit status. */
int relay_run(const struct conf *conf, const char *database_url, int socket, struct counts *counts,
              bool (*must_stop)(void *context), void *context);

#endif
