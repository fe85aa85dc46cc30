/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals as something to poll: none interrupts the work, none is lost before it is read.
 */
#ifndef HOST_SIGNALS_H
#define HOST_SIGNALS_H

#include <signal.h>

/* What the supervisor sends its processes, and nobody else does: Ctrl-C goes to all of a terminal's foreground,
 * the SIGTERM of service managers often to all of a service, and who publishes has to end last. */
#define CW_END_SIGNAL SIGUSR1

enum cw_signal {
    CW_SIGNAL_STOP = 1,   /* SIGTERM, SIGINT: to camwatch; the supervisor's processes pass over it */
    CW_SIGNAL_RELOAD = 2, /* SIGHUP */
    CW_SIGNAL_CHILD = 4,  /* SIGCHLD */
    CW_SIGNAL_END = 8,    /* CW_END_SIGNAL */
};

/** Block them and open a descriptor that becomes readable. -1 with errno set. */
int cw_signals_open(void);

/** What came since the last call: bits of enum cw_signal. */
unsigned cw_signals_read(int fd);

#endif
