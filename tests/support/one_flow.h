/* SPDX-License-Identifier: Apache-2.0
 *
 * A monitor that is shown one conversation, and what its records tell of it. It asks for all there is:
 * every flow, an update each second, no sensor-stats.
 */
#ifndef SUPPORT_ONE_FLOW_H
#define SUPPORT_ONE_FLOW_H

#include "camwatch/monitor.h"
#include "event/ring.h"

struct one_flow {
    struct camwatch_rules *rules;
    struct camwatch_ring *ring; /* small: a few dozen records */
    struct camwatch_monitor *monitor;
    struct cw_record_flow last; /* record that was taken */
    uint64_t deltas[2];         /* sums of those taken */
    unsigned n, n_updates;      /* taken */
};

/** Zeroed before. Fails the test where it cannot. */
void one_flow_open(struct one_flow *f);

/** Its next packet: UDP of 100 bytes between two documentation addresses; direction 0 asks. */
void one_flow_packet(struct one_flow *f, int64_t time_ns, unsigned direction);

/** Take what is in the ring. */
void one_flow_drain(struct one_flow *f);

/** Finish, take the rest, free all. */
void one_flow_close(struct one_flow *f);

#endif
