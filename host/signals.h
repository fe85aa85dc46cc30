/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals as something to poll: none interrupts the work, none is lost before it is read.
 */
#ifndef HOST_SIGNALS_H
#define HOST_SIGNALS_H

enum cw_signal {
    CW_SIGNAL_STOP = 1,   /* SIGTERM, SIGINT */
    CW_SIGNAL_RELOAD = 2, /* SIGHUP */
    CW_SIGNAL_CHILD = 4,  /* SIGCHLD */
};

/** Block them and open a descriptor that becomes readable. -1 with errno set. */
int cw_signals_open(void);

/** What came since the last call: bits of enum cw_signal. */
unsigned cw_signals_read(int fd);

#endif
