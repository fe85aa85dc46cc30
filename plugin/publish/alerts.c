/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "publish/alerts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

#define SECOND INT64_C(1000000000)
#define HOUR   (3600 * SECOND)

static const int64_t QUIET_NS = 900 * SECOND;
static const int64_t SWEEP_NS = 60 * SECOND;

enum {
    DEVICE_KINDS = 1u << CAMWATCH_EVENT_DEVICE_NEW | 1u << CAMWATCH_EVENT_DEVICE_IDENTIFIED |
                   1u << CAMWATCH_EVENT_DEVICE_CHANGED | 1u << CAMWATCH_EVENT_DEVICE_GONE,
    MOST_DOUBLINGS = 5,
};

/* Updates come after 1, 2, 4 ... hours and then each 24: at most ten in the first week. */
static int64_t
pause_of(const struct cw_policy_alert *alert)
{
    int64_t pause = alert->n_told < MOST_DOUBLINGS ? HOUR << alert->n_told : 24 * HOUR;
    return pause < 24 * HOUR ? pause : 24 * HOUR;
}

static const struct cw_policy *
policy_of(const struct cw_policies *p, uint32_t id)
{
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->list[i].id == id) {
            return &p->list[i];
        }
    }
    return NULL;
}

static uint64_t
make_id(struct cw_policy_key key, int64_t opened_ns)
{
    struct cw_hash_key by = {key.a, key.b};
    uint64_t id = cw_hash(by, &opened_ns, sizeof(opened_ns));
    return id ? id : 1;
}

static void
send(struct cw_policies *p, const struct cw_policy *policy, const struct cw_policy_alert *alert,
     unsigned state, const char *reason, const struct camwatch_event *cause, int64_t time_ns,
     const struct cw_alert_ear *ear)
{
    struct cw_event_policy out = cw_policy_words(p, policy, reason);
    out.alert_id = alert->id;
    out.state = state;
    out.events = alert->events;
    out.device = alert->device;
    out.start_ns = alert->opened_ns;
    out.end_ns = alert->last_ns;
    p->counts.alerts += state == CAMWATCH_ALERT_OPEN;
    p->counts.updates += state == CAMWATCH_ALERT_UPDATED;
    p->counts.closed += state == CAMWATCH_ALERT_CLOSED;
    ear->alert(ear->user, &out, cause, time_ns);
}

void
cw_alert_close(struct cw_policies *p, struct cw_policy_count *count, const char *reason,
               int64_t time_ns, const struct cw_alert_ear *ear)
{
    struct cw_policy_alert *alert = count->alert;
    if (!alert || !alert->is_open) {
        return;
    }
    alert->is_open = false;
    const struct cw_policy *policy = policy_of(p, alert->policy);
    if (policy) { /* else there is no rule to tell of */
        send(p, policy, alert, CAMWATCH_ALERT_CLOSED, reason, NULL,
             time_ns > alert->last_ns ? time_ns : alert->last_ns, ear);
    }
}

void
cw_alert_open(struct cw_policies *p, const struct cw_policy *policy, struct cw_policy_key key,
              struct cw_policy_count *count, const char *reason,
              const struct camwatch_event *cause, const struct cw_alert_ear *ear)
{
    int64_t now_ns = camwatch_event_time(cause);
    cw_alert_close(p, count, "the policy is re-armed", now_ns, ear);
    struct cw_policy_alert alert = {
        .id = make_id(key, now_ns),
        .opened_ns = now_ns,
        .last_ns = now_ns,
        .told_ns = now_ns,
        .events = 1,
        .policy = policy->id,
        .is_open = true,
    };
    cw_text_set(alert.device, sizeof(alert.device),
                camwatch_event_text(cause, CAMWATCH_FIELD_DEVICE_ID));
    count->alert = count->alert ? count->alert : malloc(sizeof(alert));
    if (count->alert) { /* else it is told, and not followed */
        *count->alert = alert;
    }
    send(p, policy, &alert, CAMWATCH_ALERT_OPEN, reason, cause, now_ns, ear);
}

void
cw_alert_go_on(struct cw_policies *p, const struct cw_policy *policy,
               struct cw_policy_count *count, const char *reason,
               const struct camwatch_event *cause, const struct cw_alert_ear *ear)
{
    struct cw_policy_alert *alert = count->alert;
    int64_t now_ns = camwatch_event_time(cause);
    if (!alert) {
        return;
    }
    alert->events++;
    alert->last_ns = now_ns > alert->last_ns ? now_ns : alert->last_ns;
    if (now_ns - alert->told_ns < pause_of(alert)) {
        return;
    }
    alert->is_open = true; /* also where it was closed: it goes on again */
    alert->n_told++;
    alert->told_ns = now_ns;
    send(p, policy, alert, CAMWATCH_ALERT_UPDATED, reason, cause, now_ns, ear);
}

/* ---- ends ---- */

/* When it ends by itself, and why. */
static int64_t
end_of(const struct cw_policy *policy, const struct cw_policy_alert *alert, const char **why)
{
    int64_t quiet = policy->within_ns > QUIET_NS ? policy->within_ns : QUIET_NS;
    int64_t rearmed = alert->opened_ns + policy->rearm_ns, silent = alert->last_ns + quiet;
    bool lasts = policy->kinds & DEVICE_KINDS;
    bool is_silent_first = !lasts && silent < rearmed;
    *why = is_silent_first ? "nothing more matched" : "the policy is re-armed";
    return is_silent_first ? silent : rearmed;
}

struct sweep {
    struct cw_policies *policies;
    const struct cw_alert_ear *ear;
    int64_t now_ns;
    const char *device; /* NULL: all */
    const char *why;
    uint32_t kinds; /* only of policies with one of these; 0: of all */
};

static void
sweep_one(void *user, const struct cw_policy_key *key, struct cw_policy_count *count)
{
    (void)key;
    const struct sweep *s = user;
    const char *why;
    const struct cw_policy *policy = count->alert && count->alert->is_open
                                         ? policy_of(s->policies, count->alert->policy)
                                         : NULL;
    if (!policy) {
        return;
    }
    int64_t end_ns = end_of(policy, count->alert, &why);
    if (end_ns <= s->now_ns) {
        cw_alert_close(s->policies, count, why, end_ns, s->ear);
    }
}

void
cw_alerts_sweep(struct cw_policies *p, int64_t now_ns, const struct cw_alert_ear *ear)
{
    if (now_ns < p->next_sweep_ns) {
        return;
    }
    p->next_sweep_ns = now_ns + SWEEP_NS;
    struct sweep s = {.policies = p, .ear = ear, .now_ns = now_ns};
    cw_policy_keys_walk(p->keys, sweep_one, &s);
}

static void
close_of_device(void *user, const struct cw_policy_key *key, struct cw_policy_count *count)
{
    (void)key;
    const struct sweep *s = user;
    if (!count->alert || !count->alert->is_open ||
        strcmp(count->alert->device, s->device) != 0) {
        return;
    }
    const struct cw_policy *policy = policy_of(s->policies, count->alert->policy);
    if (policy && (s->kinds == 0 || policy->kinds & s->kinds)) {
        cw_alert_close(s->policies, count, s->why, s->now_ns, s->ear);
    }
}

void
cw_alerts_of_device(struct cw_policies *p, const struct camwatch_event *event,
                    const struct cw_alert_ear *ear)
{
    enum camwatch_event_kind kind = camwatch_event_get_kind(event);
    const char *reason = camwatch_event_text(event, CAMWATCH_FIELD_EVENT_REASON);
    struct sweep s = {.policies = p,
                      .ear = ear,
                      .now_ns = camwatch_event_time(event),
                      .device = camwatch_event_text(event, CAMWATCH_FIELD_DEVICE_ID)};
    if (kind == CAMWATCH_EVENT_DEVICE_GONE) {
        s.why = "the device is gone";
    } else if (kind == CAMWATCH_EVENT_DEVICE_CHANGED && strstr(reason, "is a gateway")) {
        s.why = reason;
    } else if (kind == CAMWATCH_EVENT_DEVICE_CHANGED && strstr(reason, "seen again")) {
        s.why = "the device is back";
        s.kinds = 1u << CAMWATCH_EVENT_DEVICE_GONE;
    }
    if (s.why) {
        cw_policy_keys_walk(p->keys, close_of_device, &s);
    }
}
