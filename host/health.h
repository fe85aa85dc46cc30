/* SPDX-License-Identifier: Apache-2.0
 *
 * When the sensor cannot see what it should, or says it by old data: judged by its own counters, told as
 * sensor-alert once when it begins and again only after it was over.
 */
#ifndef HOST_HEALTH_H
#define HOST_HEALTH_H

#include "recent.h"

/** X(symbol, name in rule.id, severity) */
#define CW_HEALTH_STATES(X)                                                                        \
    X(DROPS, "kernel-drops", 3)                                                                    \
    X(INTERFACE, "interface-drops", 3)                                                             \
    X(PROCESS, "process-ended", 3)                                                                 \
    X(LOSSES, "events-lost", 3)                                                                    \
    X(SILENT, "span-silent", 3)                                                                    \
    X(ONE_WAY, "span-one-way", 3)                                                                  \
    X(GEO, "geo-stale", 2)                                                                         \
    X(RULES, "rules-stale", 2)

/* clang-format off */
#define CW_X(s, n, v) CW_HEALTH_##s,
enum cw_health_state { CW_HEALTH_STATES(CW_X) CW_N_HEALTH_STATES };
#undef CW_X
/* clang-format on */

struct cw_health {
    const struct camwatch_rules *rules; /* borrowed; NULL: their age is not judged */
    bool is_ill[CW_N_HEALTH_STATES];
    struct cw_recent_stats before; /* the counters that were judged last */
    int64_t heard_ns;              /* when packets came last */
    int64_t lost_ns;               /* when events were lost last */
    int64_t ended_ns;              /* when frames were lost with a process last */
    int64_t card_ns;               /* when the log said last that interfaces drop */
    int64_t geo_ns, rules_ns;      /* when their age was judged last */
    int64_t rose_ns[CAMWATCH_N_DROPS]; /* when the log said last that this count rises */
    uint64_t two_way, one_way;         /* flows that were judged already */
};

/** Look at the latest counters, once each; now_ns is wall clock. Also tells the publisher when the sensor
 *  is blind, so that nothing is called gone meanwhile. */
void cw_health_judge(struct cw_health *health, const struct cw_recent_stats *stats,
                     struct camwatch_publisher *publisher, int64_t now_ns);

/** Another set is in use: its age is judged at the next look. @param rules  borrowed */
void cw_health_set_rules(struct cw_health *health, const struct camwatch_rules *rules);

#endif
