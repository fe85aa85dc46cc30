/* SPDX-License-Identifier: Apache-2.0
 *
 * A sink that adds up bytes over time, a series a local end and path, and keeps the alerts: the
 * timeline of a report. Events tell bytes once a minute; what they tell is spread evenly over the time
 * that it was sent in.
 */
#ifndef HOST_ACTIVITY_H
#define HOST_ACTIVITY_H

#include <stdint.h>

#include "camwatch/sink.h"

enum { CW_ACTIVITY_STEPS = 240 };

/** Bytes by step; out is sent by the local end. Texts live as long as the activity. */
struct cw_series {
    const char *device_id, *local_ip, *local_mac, *path;
    uint64_t out[CW_ACTIVITY_STEPS], in[CW_ACTIVITY_STEPS];
};

struct cw_alert {
    int64_t time_ns;
    unsigned severity;
    const char *kind, *rule, *message, *reason, *device_id;
    const char *id, *state; /* of a policy's alert: the state that was told last; "" else */
};

struct cw_activity;

/** @param start_ns  time of the first frame. Given, free with cw_activity_free. Aborts for lack of
 *                   memory. */
struct cw_activity *cw_activity_new(int64_t start_ns);
void cw_activity_free(struct cw_activity *activity);

/** The calls for camwatch_publisher_add_sink(); close leaves the activity to its owner. */
const struct camwatch_sink_ops *cw_activity_ops(void);

const struct cw_series *cw_activity_series(const struct cw_activity *activity, size_t *n);
/** Every step is this long: a second times a power of two. */
int64_t cw_activity_step_ns(const struct cw_activity *activity);
int64_t cw_activity_start_ns(const struct cw_activity *activity);
/** Events that found no room in a series (4,096 series). */
uint64_t cw_activity_left_out(const struct cw_activity *activity);

/** The first 1,000 alerts, in the order of their making, each once. */
const struct cw_alert *cw_activity_alerts(const struct cw_activity *activity, size_t *n);

#endif
