#include "sync/progress.h"

#include <stdio.h>
#include <unistd.h>

enum { WIDTH = 40 };

void progress_start(struct progress *progress, const char *what, long total)
{
    *progress = (struct progress){what, total, isatty(STDERR_FILENO) == 1, 0};
}

static void show_bar(const struct progress *progress, long done)
{
    long total = done > progress->total ? done : progress->total;
    int filled = total > 0 ? (int)(done * WIDTH / total) : 0;
    fprintf(stderr, "\r%s [", progress->what);
    for (int i = 0; i < WIDTH; i++)
        fputc(i < filled ? '#' : ' ', stderr);
    fprintf(stderr, "] %ld of %ld", done, total);
}

void progress_show(struct progress *progress, long done)
{
    if (progress == NULL)
        return;
    if (progress->is_terminal)
        show_bar(progress, done);
    else if (done > progress->shown)
        fprintf(stderr, "%s: %ld of %ld\n", progress->what, done, progress->total);
    progress->shown = done;
}

void progress_end(struct progress *progress)
{
    if (progress->is_terminal)
        fputc('\n', stderr);
}
