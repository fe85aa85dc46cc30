/* SPDX-License-Identifier: Apache-2.0
 *
 * A page of memory between one process and the supervisor, which outlives the process: what it counted, and
 * when it was at work last. Nobody else maps it; what a process wrote there is believed of that process alone.
 */
#ifndef HOST_OWN_PAGE_H
#define HOST_OWN_PAGE_H

#include "camwatch/monitor.h"

struct cw_own_page {
    struct camwatch_monitor_stats stats; /* of monitors: goes on over their ends */
    int64_t beat_ns;                     /* steady clock; the supervisor gives it time anew */
};

/** Shared with processes that are forked later. @return NULL with errno set. Given, cw_own_page_free. */
struct cw_own_page *cw_own_page_new(void);
void cw_own_page_free(struct cw_own_page *page);

/** The process is at work. NULL: nobody looks. */
void cw_own_page_beat(struct cw_own_page *page);

/** When it was, steady clock. */
int64_t cw_own_page_beaten(const struct cw_own_page *page);

#endif
