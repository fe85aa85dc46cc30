/* SPDX-License-Identifier: Apache-2.0
 *
 * What systemd is told (sd_notify(3)): the protocol is one datagram of NAME=VALUE lines to the socket that
 * NOTIFY_SOCKET names. Nothing happens where there is none.
 */
#ifndef HOST_NOTIFY_H
#define HOST_NOTIFY_H

#include <stdint.h>

/** @param state  "READY=1" */
void cw_notify(const char *state);

/** How often WATCHDOG=1 is due, ns: half of WATCHDOG_USEC; 0: not asked for. */
int64_t cw_notify_period(void);

#endif
