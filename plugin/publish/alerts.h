/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of an alert: open, updated at a bounded rate, closed. For the files about policies
 * alone.
 *
 * An alert on conversations ends when nothing more matched for a quarter of an hour, or for the
 * span of its threshold where that is longer; one on a device lasts until the device is gone. Both
 * end when their policy is re-armed or lets the cause pass. What matches again before the policy is
 * re-armed is an update of the same alert, which is open then.
 */
#ifndef CW_PUBLISH_ALERTS_H
#define CW_PUBLISH_ALERTS_H

#include "publish/policies_body.h"

#define CW_ALERT_DEVICE_MAX 192

/* What is remembered of one alert until its policy is re-armed. */
struct cw_policy_alert {
    uint64_t id; /* not 0 */
    int64_t opened_ns, last_ns, told_ns;
    uint64_t events;
    uint32_t policy; /* id */
    uint32_t n_told; /* updates so far */
    bool is_open;
    char device[CW_ALERT_DEVICE_MAX]; /* camwatch.device.id, or "" */
};

/** Whom to tell. */
struct cw_alert_ear {
    cw_policy_alert_fn alert;
    void *user;
};

/**
 * Begin an alert of a combination; the one before is closed if it is open.
 *
 * @param reason  event.reason
 */
void cw_alert_open(struct cw_policies *policies, const struct cw_policy *policy,
                   struct cw_policy_key key, struct cw_policy_count *count, const char *reason,
                   const struct camwatch_event *cause, const struct cw_alert_ear *ear);

/** One more event of an alert that was opened: an update, when one is due. */
void cw_alert_go_on(struct cw_policies *policies, const struct cw_policy *policy,
                    struct cw_policy_count *count, const char *reason,
                    const struct camwatch_event *cause, const struct cw_alert_ear *ear);

/** Close it if it is open. @param reason  borrowed */
void cw_alert_close(struct cw_policies *policies, struct cw_policy_count *count,
                    const char *reason, int64_t time_ns, const struct cw_alert_ear *ear);

/** Close what ended by now. O(combinations), at most once a minute of the events' time. */
void cw_alerts_sweep(struct cw_policies *policies, int64_t now_ns,
                     const struct cw_alert_ear *ear);

/** What an event of the inventory ends: a device that is gone, or is none, or is back. */
void cw_alerts_of_device(struct cw_policies *policies, const struct camwatch_event *event,
                         const struct cw_alert_ear *ear);

#endif
