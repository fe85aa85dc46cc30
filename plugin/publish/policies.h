/* SPDX-License-Identifier: Apache-2.0
 *
 * From events to alerts: counting against thresholds, re-arming and learning. Whether an event
 * meets the conditions of a policy is asked of the rules through struct cw_policy_ops, for a stage
 * knows no other. One thread. Time is the events' own.
 */
#ifndef CW_PUBLISH_POLICIES_H
#define CW_PUBLISH_POLICIES_H

#include <stdbool.h>

#include "camwatch/event.h"
#include "camwatch/status.h"
#include "model/policy.h"
#include "publish/event.h"

/** The policies of a set of rules; rules/policy.h has functions of these forms. */
struct cw_policy_ops {
    uint32_t (*count)(const void *rules);
    void (*get)(const void *rules, uint32_t index, struct cw_policy *out);
    bool (*matches)(const void *rules, uint32_t index, enum camwatch_event_kind kind,
                    const void *event, cw_policy_field_fn text);
    bool (*allows)(const void *rules, uint32_t index, enum camwatch_event_kind kind,
                   int64_t time_ns, const void *event, cw_policy_field_fn text,
                   struct cw_policy_allow *out);
};

struct cw_policies_settings {
    const void *rules; /* borrowed as long as the policies live, or until the next set */
    const struct cw_policy_ops *ops; /* static storage */
    const char *rules_version;       /* borrowed as the rules */
    bool learns;       /* false: policies alert from the first event (replay of a capture) */
    uint32_t max_keys; /* combinations remembered over all policies; 0: 65536 */
};

struct cw_policies;

/** NULL for lack of memory; given, free with cw_policies_free. */
struct cw_policies *cw_policies_new(const struct cw_policies_settings *settings);
void cw_policies_free(struct cw_policies *policies);

/** Other rules from now on; what was counted stays with the policies that are still there, by name.
 *  False for lack of memory: the old rules stay. */
bool cw_policies_set_rules(struct cw_policies *policies, const void *rules,
                           const char *version);

/**
 * An alert to be made with cw_event_from_policy. All is borrowed until the call returns.
 *
 * @param cause  the event that made it; NULL for the digest of what a policy learnt and for the end
 *               of an alert: cw_event_from_digest
 */
typedef void (*cw_policy_alert_fn)(void *user, const struct cw_event_policy *alert,
                                   const struct camwatch_event *cause, int64_t time_ns);

/**
 * Hold a finished event against every policy.
 *
 * A policy with a threshold alerts when, for one combination of its key fields, the number of
 * events or the bytes that left the device (camwatch.delta.bytes_out) within its span reach it; the
 * span is kept in eighths. Until the policy is re-armed the same combination makes no second alert,
 * but updates of the first at a bounded rate (publish/alerts.h). While a policy learns, each
 * combination only counts for its digest, and is silent as after an alert.
 */
void cw_policies_judge(struct cw_policies *policies, const struct camwatch_event *event,
                       cw_policy_alert_fn alert, void *user);

/** Tell the digests of the policies whose time of learning is over, and close the alerts that
 *  ended. */
void cw_policies_tick(struct cw_policies *policies, int64_t now_ns, cw_policy_alert_fn alert,
                      void *user);

/**
 * Keep what was learnt and counted for the next run, as a state file (model/statefile.h).
 *
 * @retval CAMWATCH_EIO the error says why; the old file stays
 */
int cw_policies_save(const struct cw_policies *policies, const char *path,
                     struct camwatch_error *error);

/**
 * Take up what the last run saved. Policies that are no longer there are left out.
 *
 * @retval CAMWATCH_OK       also when there is no file
 * @retval CAMWATCH_ECORRUPT the file is kept aside, nothing was taken: policies learn anew
 * @retval CAMWATCH_EIO      cannot be read; the file stays
 */
int cw_policies_load(struct cw_policies *policies, const char *path,
                     struct camwatch_error *error);

struct cw_policies_counts {
    uint64_t matched, allowed, alerts, silent, learnt; /* events, over all policies */
    uint64_t updates, closed;                          /* of alerts */
    uint64_t forgotten; /* combinations given up for lack of room: they may alert again early */
    uint32_t keys;      /* remembered now */
};

struct cw_policies_counts cw_policies_count(const struct cw_policies *policies);

#endif
