/* Sending a batch. A refused call is halved until the rows that the mirror
 * refuses are found; the others go through. */
#ifndef OZ_SYNC_DELIVER_H
#define OZ_SYNC_DELIVER_H

#include "sync/batch.h"

enum delivery {
    DELIVERED, /* every change has its verdict */
    DELIVERY_AWAY,
    DELIVERY_HALTED
};

enum delivery deliver(struct sync *sync, struct batch *batch);

#endif
