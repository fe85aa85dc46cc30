/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters in the text form of Prometheus (metrics_list.h), for the textfile collector and for --metrics.
 */
#ifndef HOST_METRICS_H
#define HOST_METRICS_H

#include "recent.h"
#include "text.h"

/* What they are made of; borrowed. */
struct cw_metrics {
    const struct cw_recent *recent;
    const struct camwatch_publisher *publisher;
    const char *sensor;
    uint64_t restarts;
};

/** Add all of them. */
void cw_metrics_format(const struct cw_metrics *metrics, struct cw_buffer *out);

/** Write beside the file and rename, so that nobody reads half of one.
 *  @return false with errno set; the old file stays */
bool cw_metrics_write(const char *path, const struct cw_buffer *text);

#endif
