/* SPDX-License-Identifier: Apache-2.0
 *
 * Times are ns since 1970. Those that strangers give (capture files, records, state files) are put
 * into a span in which the difference of any two, and the sum of one and any span of time that
 * camwatch knows, is a number.
 */
#ifndef CW_BASE_TIME_H
#define CW_BASE_TIME_H

#include <stdint.h>

#define CW_TIME_MAX (INT64_C(1) << 62) /* 2116-02-20 */

/** From 1970 to CW_TIME_MAX; what lies outside becomes the nearer end. */
static inline int64_t
cw_time_bounded(int64_t time_ns)
{
    return time_ns < 0 ? 0 : time_ns > CW_TIME_MAX ? CW_TIME_MAX : time_ns;
}

/** The same for seconds and the ns that follow them. */
static inline int64_t
cw_time_of(int64_t seconds, int64_t ns)
{
    const int64_t second = 1000000000;
    if (seconds < 0 || seconds >= CW_TIME_MAX / second) {
        return seconds < 0 ? 0 : CW_TIME_MAX;
    }
    return cw_time_bounded(seconds * second + ns % second);
}

#endif
