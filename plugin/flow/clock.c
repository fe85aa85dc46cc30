/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/clock.h"

int64_t
cw_clock_set(struct cw_clock *clock, int64_t now_ns)
{
    if (!clock->is_started || now_ns > clock->now_ns) {
        clock->now_ns = now_ns;
        clock->is_started = true;
    }
    return clock->now_ns;
}

int64_t
cw_clock_advance(struct cw_clock *clock, int64_t packet_ns)
{
    if (!clock->is_started) {
        return cw_clock_set(clock, packet_ns);
    }
    bool is_later = packet_ns > clock->now_ns;
    bool is_jump =
        is_later && (uint64_t)packet_ns - (uint64_t)clock->now_ns > (uint64_t)CW_CLOCK_JUMP_NS;
    if (!is_jump) {
        clock->has_candidate = false;
        return is_later ? cw_clock_set(clock, packet_ns) : clock->now_ns;
    }
    if (clock->has_candidate) {
        int64_t agreed = clock->candidate_ns < packet_ns ? clock->candidate_ns : packet_ns;
        (void)cw_clock_set(clock, agreed);
    }
    clock->candidate_ns = packet_ns;
    clock->has_candidate =
        (uint64_t)packet_ns - (uint64_t)clock->now_ns > (uint64_t)CW_CLOCK_JUMP_NS;
    return clock->has_candidate ? clock->now_ns : cw_clock_set(clock, packet_ns);
}
