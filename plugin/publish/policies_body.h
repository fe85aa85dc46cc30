/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files about policies share. Private to this folder.
 */
#ifndef CW_PUBLISH_POLICIES_BODY_H
#define CW_PUBLISH_POLICIES_BODY_H

#include "publish/policies.h"
#include "publish/policy_keys.h"

/* What a policy did so far, over reloads of the rules. */
struct cw_policy_progress {
    uint32_t id; /* of the policy: a hash of its name */
    bool is_told;
    int64_t started_ns; /* 0: no event yet */
    uint64_t learnt_keys, learnt_events;
};

struct cw_policies {
    int64_t next_sweep_ns; /* when alerts are looked through for those that ended */
    struct cw_policies_settings settings;
    struct cw_policy *list;
    struct cw_policy_progress *progress; /* one for each of list */
    uint32_t n;
    struct cw_policy_keys *keys;
    struct cw_policies_counts counts;
};

/** What every alert of a policy says. @param reason  borrowed */
struct cw_event_policy cw_policy_words(const struct cw_policies *policies,
                                       const struct cw_policy *policy, const char *reason);

#endif
