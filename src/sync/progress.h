/* How far a long run is: a bar on a terminal, now and then a line elsewhere. */
#ifndef OZ_SYNC_PROGRESS_H
#define OZ_SYNC_PROGRESS_H

#include <stdbool.h>

struct progress {
    const char *what;
    long total; /* of what is to be done; 0: not known */
    bool is_terminal;
    long shown;
};

void progress_start(struct progress *progress, const char *what, long total);
/* NULL is allowed and shows nothing. */
void progress_show(struct progress *progress, long done);
void progress_end(struct progress *progress);

#endif
