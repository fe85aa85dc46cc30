/* SPDX-License-Identifier: Apache-2.0
 *
 * When the sensor cannot see what it should: judged by its own counters, told as sensor-alert once when it
 * begins and again only after it was over.
 */
#ifndef HOST_HEALTH_H
#define HOST_HEALTH_H

#include "recent.h"

enum cw_health_state { CW_HEALTH_DROPS, CW_HEALTH_SILENT, CW_HEALTH_GEO, CW_N_HEALTH_STATES };

struct cw_health {
    bool is_ill[CW_N_HEALTH_STATES];
    struct cw_recent_stats before; /* the counters that were judged last */
    int64_t heard_ns;              /* when packets came last */
    int64_t geo_ns;                /* when geo was looked at last */
};

/** Look at the latest counters, once each; now_ns is wall clock. Also tells the publisher when the sensor
 *  is blind, so that nothing is called gone meanwhile. */
void cw_health_judge(struct cw_health *health, const struct cw_recent_stats *stats,
                     struct camwatch_publisher *publisher, int64_t now_ns);

#endif
