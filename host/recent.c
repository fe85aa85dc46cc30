/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "recent.h"

#include <stdio.h>
#include <string.h>

static void
copy(char *out, size_t room, const struct camwatch_event *event, enum camwatch_field field)
{
    (void)snprintf(out, room, "%s", camwatch_event_text(event, field));
}

bool
cw_alert_is_new(const struct camwatch_event *event)
{
    const char *state = camwatch_event_text(event, CAMWATCH_FIELD_ALERT_STATE);
    return state[0] == '\0' ||
           strcmp(state, camwatch_alert_state_text(CAMWATCH_ALERT_OPEN)) == 0;
}

static void
keep_alert(struct cw_recent *recent, const struct camwatch_event *event)
{
    recent->opened += cw_alert_is_new(event);
    struct cw_recent_alert *a = &recent->alerts[recent->n_alerts++ % CW_RECENT_ALERTS];
    copy(a->when, sizeof(a->when), event, CAMWATCH_FIELD_TIMESTAMP);
    copy(a->kind, sizeof(a->kind), event, CAMWATCH_FIELD_EVENT_ACTION);
    copy(a->rule, sizeof(a->rule), event, CAMWATCH_FIELD_RULE_ID);
    copy(a->device, sizeof(a->device), event, CAMWATCH_FIELD_DEVICE_ID);
    copy(a->message, sizeof(a->message), event, CAMWATCH_FIELD_MESSAGE);
    a->severity = (unsigned)camwatch_event_number(event, CAMWATCH_FIELD_EVENT_SEVERITY);
}

static void
keep_stats(struct cw_recent *recent, const struct camwatch_event *event)
{
    struct cw_recent_stats *s = &recent->stats;
    s->time_ns = camwatch_event_time(event);
    s->packets = camwatch_event_number(event, CAMWATCH_FIELD_STATS_PACKETS);
    s->parsed = camwatch_event_number(event, CAMWATCH_FIELD_STATS_PARSED);
    s->bytes = camwatch_event_number(event, CAMWATCH_FIELD_STATS_BYTES);
    s->flows = camwatch_event_number(event, CAMWATCH_FIELD_STATS_FLOWS);
    s->flows_new = camwatch_event_number(event, CAMWATCH_FIELD_STATS_FLOWS_NEW);
    s->devices = camwatch_event_number(event, CAMWATCH_FIELD_STATS_DEVICES);
    s->events = camwatch_event_number(event, CAMWATCH_FIELD_STATS_EVENTS);
    s->truncated = camwatch_event_number(event, CAMWATCH_FIELD_STATS_TRUNCATED);
    s->kernel_drops = camwatch_event_number(event, CAMWATCH_FIELD_STATS_KERNEL_DROPS);
    s->interface_drops = camwatch_event_number(event, CAMWATCH_FIELD_STATS_INTERFACE_DROPS);
    s->process_losses = camwatch_event_number(event, CAMWATCH_FIELD_STATS_LOST);
    s->two_way = camwatch_event_number(event, CAMWATCH_FIELD_STATS_TWO_WAY);
    s->one_way = camwatch_event_number(event, CAMWATCH_FIELD_STATS_ONE_WAY);
    copy(s->drops, sizeof(s->drops), event, CAMWATCH_FIELD_STATS_DROPS);
}

static void
emit(void *self, const struct camwatch_event *event)
{
    struct cw_recent *recent = self;
    recent->given++;
    if (camwatch_event_get_stream(event) == CAMWATCH_STREAM_ALERTS) {
        keep_alert(recent, event);
    } else if (camwatch_event_get_kind(event) == CAMWATCH_EVENT_SENSOR_STATS) {
        keep_stats(recent, event);
    }
}

static void
account(void *self, struct camwatch_sink_account *out)
{
    const struct cw_recent *recent = self;
    *out = (struct camwatch_sink_account){
        .size = sizeof(*out), .given = recent->given, .delivered = recent->given};
}

int
cw_recent_attach(struct cw_recent *recent, struct camwatch_publisher *publisher)
{
    static const struct camwatch_sink_ops ops = {
        .size = sizeof(ops), .name = "memory", .emit = emit, .account = account};
    *recent = (struct cw_recent){.n_alerts = 0, .opened = 0};
    return camwatch_publisher_add_sink(publisher, &ops, recent);
}
