/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters in the text form of Prometheus, for the textfile collector: written beside the file and renamed,
 * so that nobody reads half of one.
 */
#ifndef HOST_METRICS_H
#define HOST_METRICS_H

#include "recent.h"

/** @return false with errno set; the old file stays */
bool cw_metrics_write(const char *path, const struct cw_recent *recent,
                      const struct camwatch_publisher *publisher);

#endif
