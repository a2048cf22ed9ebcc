/* Ending early: after the batch under way. */
#ifndef OZ_SYNC_STOP_H
#define OZ_SYNC_STOP_H

#include <signal.h>

/* Set by SIGTERM and SIGINT. */
extern volatile sig_atomic_t sync_stopping;

/* Makes both signals set it. */
void stop_on_signals(void);

#endif
