/* SPDX-License-Identifier: Apache-2.0
 *
 * What the event side remembers for whoever asks: the latest alerts and the latest counters. An output of
 * the publisher like any other, in memory.
 */
#ifndef HOST_RECENT_H
#define HOST_RECENT_H

#include <stdbool.h>

#include "camwatch/publisher.h"

enum { CW_RECENT_ALERTS = 256 };

struct cw_recent_alert {
    char when[40], kind[16], rule[48], device[64], message[256];
    unsigned severity;
};

/** Of the last sensor-stats. */
struct cw_recent_stats {
    int64_t time_ns; /* 0: none yet */
    uint64_t packets, parsed, bytes, flows, flows_new, devices, events, truncated, kernel_drops;
    uint64_t interface_drops, process_losses;
    uint64_t two_way, one_way;
    char drops[1024]; /* "reason=count,..." */
};

struct cw_recent {
    struct cw_recent_alert alerts[CW_RECENT_ALERTS];
    uint64_t opened;   /* alerts that began */
    uint64_t n_alerts; /* told, ever; the latest is at (n_alerts - 1) % CW_RECENT_ALERTS */
    struct cw_recent_stats stats;
    uint64_t given;
};

/** An alert that begins; false for what goes on or ends (camwatch.alert.state). */
bool cw_alert_is_new(const struct camwatch_event *event);

/** Register with a publisher. @param recent  borrowed until the publisher is closed */
int cw_recent_attach(struct cw_recent *recent, struct camwatch_publisher *publisher);

#endif
