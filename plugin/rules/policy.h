/* SPDX-License-Identifier: Apache-2.0
 *
 * Policies out of the image, and whether an event meets their conditions. Counting, re-arming and
 * learning are the event side's: it gets struct cw_policy (model/policy.h). Pure; never allocates.
 */
#ifndef CW_RULES_POLICY_H
#define CW_RULES_POLICY_H

#include <stdbool.h>

#include "model/policy.h"
#include "rules/image.h"

uint32_t cw_rules_n_policies(const struct cw_rules *rules);

/** Fill out with policy number index, which is below cw_rules_n_policies(). */
void cw_rules_policy(const struct cw_rules *rules, uint32_t index, struct cw_policy *out);

/**
 * The event is of a kind of the policy and meets each of its conditions: one of the values of each
 * field, and none of those under "not". What is not known meets no "not": it proves nothing.
 *
 * @param text  gives the text of a field of the event, "" where not known
 */
bool cw_rules_policy_matches(const struct cw_rules *rules, uint32_t index,
                             enum camwatch_event_kind kind, const void *event,
                             cw_policy_field_fn text);

/** An allow row of the policy, not yet run out at the event's time, lets the event pass.
 *  @param out  written only on true */
bool cw_rules_policy_allows(const struct cw_rules *rules, uint32_t index,
                            enum camwatch_event_kind kind, int64_t time_ns, const void *event,
                            cw_policy_field_fn text, struct cw_policy_allow *out);

#endif
