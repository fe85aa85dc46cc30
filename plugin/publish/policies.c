/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "publish/policies.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "publish/alerts.h"

#define SECOND INT64_C(1000000000)

static const char *
field_text(const void *event, enum camwatch_field field)
{
    return camwatch_event_text(event, field);
}

static const struct cw_policy_progress *
find_progress(const struct cw_policies *p, uint32_t id)
{
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->progress[i].id == id) {
            return &p->progress[i];
        }
    }
    return NULL;
}

bool
cw_policies_set_rules(struct cw_policies *p, const void *rules, const char *version)
{
    uint32_t n = p->settings.ops->count(rules);
    struct cw_policy *list = calloc((size_t)n + 1, sizeof(*list));
    struct cw_policy_progress *progress = calloc((size_t)n + 1, sizeof(*progress));
    if (!list || !progress) {
        free(list);
        free(progress);
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        p->settings.ops->get(rules, i, &list[i]);
        const struct cw_policy_progress *old = find_progress(p, list[i].id);
        progress[i] = old ? *old : (struct cw_policy_progress){.id = list[i].id};
    }
    free(p->list);
    free(p->progress);
    p->list = list;
    p->progress = progress;
    p->n = n;
    p->settings.rules = rules;
    p->settings.rules_version = version;
    return true;
}

struct cw_policies *
cw_policies_new(const struct cw_policies_settings *settings)
{
    struct cw_policies *p = calloc(1, sizeof(*p));
    if (!p) {
        return NULL;
    }
    p->settings = *settings;
    p->keys = cw_policy_keys_new(settings->max_keys ? settings->max_keys : 65536);
    if (!p->keys || !cw_policies_set_rules(p, settings->rules, settings->rules_version)) {
        cw_policies_free(p);
        return NULL;
    }
    return p;
}

void
cw_policies_free(struct cw_policies *p)
{
    if (p) {
        cw_policy_keys_free(p->keys);
        free(p->list);
        free(p->progress);
        free(p);
    }
}

/* ---- words ---- */

/* "camwatch.device.id=mac:..., camwatch.peer.country=CA" */
static void
write_reason(const struct cw_policy *policy, const struct camwatch_event *event, char *out,
             size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < policy->n_key && len < size; i++) {
        const struct camwatch_field_info *info = camwatch_field_info(policy->key[i]);
        const char *value = camwatch_event_text(event, (enum camwatch_field)policy->key[i]);
        if (value[0] == '\0') {
            continue;
        }
        int n = snprintf(out + len, size - len, "%s%s=%s", len > 0 ? ", " : "",
                         info ? info->name : "?", value);
        len += n > 0 ? (size_t)n : 0;
    }
}

static void
write_threshold(const struct cw_policy *policy, const struct cw_policy_sum *sum, char *out,
                size_t size)
{
    size_t len = strlen(out);
    bool is_bytes = policy->threshold_bytes > 0;
    if (policy->within_ns > 0) {
        (void)snprintf(out + len, size - len, "; %" PRIu64 " %s within %" PRId64 " s",
                       is_bytes ? sum->bytes : sum->events, is_bytes ? "bytes" : "events",
                       policy->within_ns / SECOND);
    }
}

struct cw_event_policy
cw_policy_words(const struct cw_policies *p, const struct cw_policy *policy, const char *reason)
{
    return (struct cw_event_policy){
        .id = policy->name,
        .name = policy->title,
        .version = p->settings.rules_version,
        .reference = policy->reference[0] ? policy->reference : policy->where,
        .reason = reason,
        .severity = policy->severity ? policy->severity : CW_SEVERITY_LOW,
    };
}

/* ---- judging ---- */

static struct cw_policy_key
key_of(const struct cw_policy *policy, const struct camwatch_event *event)
{
    struct cw_policy_key_maker maker = cw_policy_key_begin(policy->id);
    for (uint32_t i = 0; i < policy->n_key; i++) {
        const char *text = camwatch_event_text(event, (enum camwatch_field)policy->key[i]);
        cw_policy_key_add(&maker, text);
    }
    return maker.key;
}

static bool
reaches(const struct cw_policy *policy, const struct cw_policy_sum *sum)
{
    return sum->events >= policy->threshold_events && sum->bytes >= policy->threshold_bytes;
}

static bool
is_learning(const struct cw_policies *p, uint32_t i, int64_t now_ns)
{
    return p->settings.learns && now_ns - p->progress[i].started_ns < p->list[i].learning_ns;
}

static void
digest(struct cw_policies *p, uint32_t i, int64_t now_ns, const struct cw_alert_ear *ear)
{
    struct cw_policy_progress *progress = &p->progress[i];
    if (!p->settings.learns || progress->is_told || progress->started_ns == 0 ||
        is_learning(p, i, now_ns)) {
        return;
    }
    progress->is_told = true;
    if (progress->learnt_keys == 0) {
        return;
    }
    char reason[256];
    (void)snprintf(reason, sizeof(reason),
                   "learnt in the first %lld h: %llu combinations in %llu events; from now on "
                   "others alert",
                   (long long)(p->list[i].learning_ns / (3600 * SECOND)),
                   (unsigned long long)progress->learnt_keys,
                   (unsigned long long)progress->learnt_events);
    struct cw_event_policy out = cw_policy_words(p, &p->list[i], reason);
    out.alert_id =
        (uint64_t)p->list[i].id << 32 | ((uint64_t)progress->started_ns & 0xffffffff);
    out.events = progress->learnt_events;
    out.start_ns = progress->started_ns;
    out.end_ns = now_ns;
    p->counts.alerts++;
    ear->alert(ear->user, &out, NULL, now_ns);
}

static void
count_event(struct cw_policies *p, uint32_t i, const struct camwatch_event *event,
            const struct cw_alert_ear *ear)
{
    const struct cw_policy *policy = &p->list[i];
    int64_t now_ns = camwatch_event_time(event);
    struct cw_policy_key key = key_of(policy, event);
    struct cw_policy_count *count = cw_policy_keys_get(p->keys, key);
    uint64_t bytes = camwatch_event_number(event, CAMWATCH_FIELD_DELTA_BYTES_OUT);
    struct cw_policy_sum sum = cw_policy_count_add(count, policy->within_ns, now_ns, bytes);
    if (!reaches(policy, &sum)) {
        return;
    }
    bool is_silent = count->alerted && now_ns - count->alerted_ns < policy->rearm_ns;
    char reason[512];
    write_reason(policy, event, reason, sizeof(reason));
    write_threshold(policy, &sum, reason, sizeof(reason));
    if (is_learning(p, i, now_ns)) {
        p->counts.learnt++;
        p->progress[i].learnt_events++;
        p->progress[i].learnt_keys += !count->alerted;
    } else if (is_silent) {
        p->counts.silent++;
        cw_alert_go_on(p, policy, count, reason, event, ear);
        return;
    } else {
        cw_alert_open(p, policy, key, count, reason, event, ear);
    }
    count->alerted = true;
    count->alerted_ns = now_ns;
}

/* An operator who allows what an alert tells of ends the alert. */
static bool
is_allowed(struct cw_policies *p, uint32_t i, enum camwatch_event_kind kind,
           const struct camwatch_event *event, const struct cw_alert_ear *ear)
{
    struct cw_policy_allow row = {.reason = ""};
    int64_t now_ns = camwatch_event_time(event);
    if (!p->settings.ops->allows(p->settings.rules, i, kind, now_ns, event, field_text, &row)) {
        return false;
    }
    struct cw_policy_count *count = cw_policy_keys_find(p->keys, key_of(&p->list[i], event));
    if (count) {
        char reason[256];
        (void)snprintf(reason, sizeof(reason), "allowed: %s", row.reason);
        cw_alert_close(p, count, reason, now_ns, ear);
    }
    return true;
}

void
cw_policies_judge(struct cw_policies *p, const struct camwatch_event *event,
                  cw_policy_alert_fn alert, void *user)
{
    struct cw_alert_ear ear = {alert, user};
    enum camwatch_event_kind kind = camwatch_event_get_kind(event);
    int64_t now_ns = camwatch_event_time(event);
    cw_alerts_sweep(p, now_ns, &ear);
    cw_alerts_of_device(p, event, &ear);
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->progress[i].started_ns == 0) {
            p->progress[i].started_ns = now_ns;
        }
        digest(p, i, now_ns, &ear);
        if (!(p->list[i].kinds >> kind & 1u) ||
            !p->settings.ops->matches(p->settings.rules, i, kind, event, field_text)) {
            continue;
        }
        p->counts.matched++;
        if (is_allowed(p, i, kind, event, &ear)) {
            p->counts.allowed++;
        } else {
            count_event(p, i, event, &ear);
        }
    }
}

void
cw_policies_tick(struct cw_policies *p, int64_t now_ns, cw_policy_alert_fn alert, void *user)
{
    struct cw_alert_ear ear = {alert, user};
    cw_alerts_sweep(p, now_ns, &ear);
    for (uint32_t i = 0; i < p->n; i++) {
        digest(p, i, now_ns, &ear);
    }
}

struct cw_policies_counts
cw_policies_count(const struct cw_policies *p)
{
    struct cw_policies_counts counts = p->counts;
    counts.forgotten = cw_policy_keys_forgotten(p->keys);
    counts.keys = cw_policy_keys_used(p->keys);
    return counts;
}
