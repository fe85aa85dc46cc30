/* SPDX-License-Identifier: Apache-2.0
 *
 * The host's clocks. Below the host there is none: time is the packets' and what tick is told.
 */
#ifndef HOST_CLOCK_H
#define HOST_CLOCK_H

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

#endif
