/* SPDX-License-Identifier: Apache-2.0
 *
 * Time out of packets. It never goes back, and a jump forward waits for a second packet in a
 * row that agrees, so that one packet stamped 2106 ends no flow.
 */
#ifndef CW_FLOW_CLOCK_H
#define CW_FLOW_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CW_CLOCK_JUMP_NS (60 * INT64_C(1000000000))

/* Zeroed: not started. */
struct cw_clock {
    int64_t now_ns;
    int64_t candidate_ns; /* where one packet said that time is */
    bool is_started;
    bool has_candidate;
};

/** Take a packet's time. @return the time now: at most CW_CLOCK_JUMP_NS later than before, or
 *  the earlier one of two packets in a row that are both later than that. O(1). */
int64_t cw_clock_advance(struct cw_clock *clock, int64_t packet_ns);

/** Take a time that is known to be right (the host's tick). @return the time now. */
int64_t cw_clock_set(struct cw_clock *clock, int64_t now_ns);

#endif
