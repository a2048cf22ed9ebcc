/* Progress of a long run: a bar on a terminal, otherwise a line now and then. */
#ifndef OZ_SYNC_PROGRESS_H
#define OZ_SYNC_PROGRESS_H

#include <stdbool.h>

struct progress {
    const char *what;
    long total; /* in all; 0: not known */
    bool is_terminal;
    long shown;
};

void progress_start(struct progress *progress, const char *what, long total);
/* NULL is allowed and shows nothing. */
void progress_show(struct progress *progress, long done);
void progress_end(struct progress *progress);

#endif
