/* SPDX-License-Identifier: Apache-2.0
 *
 * What cards and their drivers dropped before the kernel had it: rx_dropped, rx_missed_errors and
 * rx_fifo_errors of interfaces, asked through rtnetlink (a network namespace of its own has no /sys).
 */
#ifndef HOST_LINK_WATCH_H
#define HOST_LINK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "option.h"

enum { CW_LINK_COUNTERS = 3, CW_LINK_WATCH_MAX = 16 };

/** Zeroed: never seen. */
struct cw_link_seen {
    bool is_known;
    uint32_t counters[CW_LINK_COUNTERS];
};

struct cw_link_watch {
    struct cw_link_seen links[CW_LINK_WATCH_MAX];
    uint64_t drops; /* since the first look, of all interfaces */
};

/** How much they rose since the look before, 0 at the first. Counters that went back began anew with the
 *  interface, or ran over at 2^32. */
uint64_t cw_link_rise(struct cw_link_seen *seen, const uint32_t now[CW_LINK_COUNTERS]);

/** Look at the interfaces, at most CW_LINK_WATCH_MAX, always in the same order. Some system calls; what the
 *  kernel does not tell stays as it was. */
void cw_link_watch_look(struct cw_link_watch *watch, const struct cw_texts *interfaces);

#endif
