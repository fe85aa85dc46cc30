/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "publish/event.h"
#include "publish/event_body.h"

/* The fields that the stream of alerts carries and that cw_event_begin left empty. */
static void
copy_fields(struct camwatch_event *event, const struct camwatch_event *cause)
{
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        bool is_carried = camwatch_field_info(i)->streams & 1u << CAMWATCH_STREAM_ALERTS;
        bool is_own =
            event->texts[i] || i == CAMWATCH_FIELD_EVENT_ID || i == CAMWATCH_FIELD_MESSAGE;
        if (is_carried && !is_own) {
            cw_event_put(event, i, camwatch_event_text(cause, i));
            event->numbers[i] = cause->numbers[i];
        }
    }
}

static void
set_policy(struct camwatch_event *event, const struct cw_event_policy *policy)
{
    cw_event_set_number(event, CAMWATCH_FIELD_EVENT_SEVERITY, policy->severity);
    cw_event_set_text(event, CAMWATCH_FIELD_EVENT_REASON, policy->reason);
    cw_event_set_text(event, CAMWATCH_FIELD_RULE_ID, policy->id);
    cw_event_set_text(event, CAMWATCH_FIELD_RULE_NAME, policy->name);
    cw_event_set_text(event, CAMWATCH_FIELD_RULE_VERSION, policy->version);
    cw_event_set_text(event, CAMWATCH_FIELD_RULE_REFERENCE, policy->reference);
    char id[20];
    (void)snprintf(id, sizeof(id), "%016" PRIx64, policy->alert_id);
    cw_event_set_text(event, CAMWATCH_FIELD_ALERT_ID, id);
    cw_event_set_text(event, CAMWATCH_FIELD_ALERT_STATE,
                      camwatch_alert_state_text(policy->state));
    cw_event_set_number(event, CAMWATCH_FIELD_ALERT_EVENTS, policy->events);
}

void
cw_event_from_policy(struct camwatch_event *event, const struct camwatch_event *cause,
                     const struct cw_event_policy *policy,
                     const struct cw_event_context *context)
{
    assert(policy->severity >= 1 && policy->severity <= 4);
    cw_event_begin(event, CAMWATCH_EVENT_POLICY_ALERT, cause->time_ns, context);
    copy_fields(event, cause);
    set_policy(event, policy);
}

void
cw_event_from_digest(struct camwatch_event *event, const struct cw_event_policy *policy,
                     int64_t time_ns, const struct cw_event_context *context)
{
    assert(policy->severity >= 1 && policy->severity <= 4);
    cw_event_begin(event, CAMWATCH_EVENT_POLICY_ALERT, time_ns, context);
    cw_event_set_text(event, CAMWATCH_FIELD_DEVICE_ID, policy->device);
    cw_event_set_time(event, CAMWATCH_FIELD_EVENT_START, policy->start_ns);
    cw_event_set_time(event, CAMWATCH_FIELD_EVENT_END, policy->end_ns);
    set_policy(event, policy);
}
