/* SPDX-License-Identifier: Apache-2.0
 *
 * The present state of one sensor.
 */
#ifndef SERVER_QUERY_STATE_H
#define SERVER_QUERY_STATE_H

#include "server/query.h"

/** A page of devices, the latest seen first, with tops, the latest sensor-stats and the streams'
 *  ends. */
enum cw_answer cw_query_state(struct cw_source *source, const struct cw_query *query,
                              struct cw_body *out);

/** The latest sensor-stats event as an object; {} where there is none. @param time_ms  receives
 *  its time by the packets' clock, else the time now; may be NULL */
enum cw_answer cw_put_latest_stats(struct cw_source *source, const char *sensor,
                                   struct cw_body *out, int64_t *time_ms);

#endif
