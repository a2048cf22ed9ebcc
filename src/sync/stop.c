#include "sync/stop.h"

volatile sig_atomic_t sync_stopping;

static void stop(int signal)
{
    (void)signal;
    sync_stopping = 1;
}

void stop_on_signals(void)
{
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
}
