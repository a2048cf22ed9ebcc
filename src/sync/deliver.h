/* Sending a batch. What is refused is halved until the rows are found that the
 * mirror refuses; the others go through. */
#ifndef OZ_SYNC_DELIVER_H
#define OZ_SYNC_DELIVER_H

#include "sync/batch.h"

enum delivery {
    DELIVERED, /* each change has its verdict */
    DELIVERY_AWAY,
    DELIVERY_HALTED
};

enum delivery deliver(struct sync *sync, struct batch *batch);

#endif
