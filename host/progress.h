/* SPDX-License-Identifier: Apache-2.0
 *
 * A line on a terminal's standard error that says how far a replay is. Nothing elsewhere.
 */
#ifndef HOST_PROGRESS_H
#define HOST_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct cw_progress {
    bool is_shown, has_line;
    uint64_t total; /* packed bytes; 0 not known */
    int64_t start_ns, next_ns;
};

/** @param total  bytes to read; 0 where not known */
struct cw_progress cw_progress_start(bool is_wanted, uint64_t total);

/** Cheap; draws ten times a second at most. */
void cw_progress_show(struct cw_progress *progress, uint64_t taken, uint64_t frames);

/** Remove the line. */
void cw_progress_clear(struct cw_progress *progress);

/** Seconds since the start. */
double cw_progress_seconds(const struct cw_progress *progress);

#endif
