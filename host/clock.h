/* SPDX-License-Identifier: Apache-2.0
 *
 * The host's clocks. Below the host there is none: time is the packets' and what tick is told.
 */
#ifndef HOST_CLOCK_H
#define HOST_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

static inline int64_t
cw_clock_read(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/** Nanoseconds since the epoch; may step. */
static inline int64_t
cw_clock_wall(void)
{
    return cw_clock_read(CLOCK_REALTIME);
}

/** Nanoseconds that never step, for spans. */
static inline int64_t
cw_clock_steady(void)
{
    return cw_clock_read(CLOCK_MONOTONIC);
}

/** A wall clock that never goes back: where the machine's was set back, it goes on at half its pace until the
 *  two agree again. Zeroed: not started. */
struct cw_forward_clock {
    int64_t told_ns, steady_ns;
};

/** Nanoseconds since the epoch. @param wall_ns,steady_ns  the machine's clocks now */
static inline int64_t
cw_clock_forward(struct cw_forward_clock *clock, int64_t wall_ns, int64_t steady_ns)
{
    int64_t slow = clock->told_ns + (steady_ns - clock->steady_ns) / 2;
    bool is_back = clock->steady_ns != 0 && wall_ns < slow;
    *clock = (struct cw_forward_clock){is_back ? slow : wall_ns, steady_ns};
    return clock->told_ns;
}

#endif
