/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "activity.h"

#include <stdlib.h>
#include <string.h>

#include "store.h"
#include "text.h"

enum { MAX_SERIES = 4096, MAX_ALERTS = 1000, UPDATE_S = 60 };

static const int64_t second_ns = 1000000000;

struct cw_activity {
    struct cw_store *texts, *index;
    struct cw_series *series;
    size_t n, room;
    struct cw_alert alerts[MAX_ALERTS];
    size_t n_alerts;
    int64_t start_ns, step_ns;
    uint64_t events, left_out;
    struct cw_buffer key;
};

struct cw_activity *
cw_activity_new(int64_t start_ns)
{
    struct cw_activity *activity = calloc(1, sizeof(*activity));
    if (!activity) {
        abort();
    }
    activity->texts = cw_store_new();
    activity->index = cw_store_new();
    activity->step_ns = second_ns;
    activity->start_ns = start_ns - start_ns % second_ns;
    return activity;
}

void
cw_activity_free(struct cw_activity *activity)
{
    if (activity) {
        cw_store_free(activity->texts);
        cw_store_free(activity->index);
        cw_buffer_free(&activity->key);
        free(activity->series);
        free(activity);
    }
}

/* Steps twice as long: neighbours are joined. */
static void
double_step(struct cw_activity *activity)
{
    enum { HALF = CW_ACTIVITY_STEPS / 2 };

    for (size_t i = 0; i < activity->n; i++) {
        struct cw_series *series = &activity->series[i];
        for (size_t at = 0; at < HALF; at++) {
            series->out[at] = series->out[2 * at] + series->out[2 * at + 1];
            series->in[at] = series->in[2 * at] + series->in[2 * at + 1];
        }
        memset(&series->out[HALF], 0, HALF * sizeof(series->out[0]));
        memset(&series->in[HALF], 0, HALF * sizeof(series->in[0]));
    }
    activity->step_ns *= 2;
}

static size_t
step_of(struct cw_activity *activity, int64_t time_ns)
{
    if (time_ns <= activity->start_ns) {
        return 0;
    }
    while ((time_ns - activity->start_ns) / activity->step_ns >= CW_ACTIVITY_STEPS) {
        double_step(activity);
    }
    return (size_t)((time_ns - activity->start_ns) / activity->step_ns);
}

static const char *
keep(struct cw_activity *activity, const struct camwatch_event *event,
     enum camwatch_field field)
{
    return cw_store_text(activity->texts, camwatch_event_text(event, field));
}

static struct cw_series *
add_series(struct cw_activity *activity, const struct camwatch_event *event, const char *mac)
{
    if (activity->n == MAX_SERIES) {
        return NULL;
    }
    if (activity->n == activity->room) {
        activity->room = activity->room * 2 + 8;
        activity->series =
            reallocarray(activity->series, activity->room, sizeof(*activity->series));
        if (!activity->series) {
            abort();
        }
    }
    cw_store_set(activity->index, cw_buffer_text(&activity->key), activity->n);
    struct cw_series *series = &activity->series[activity->n++];
    *series = (struct cw_series){
        .device_id = keep(activity, event, CAMWATCH_FIELD_DEVICE_ID),
        .local_ip = keep(activity, event, CAMWATCH_FIELD_LOCAL_IP),
        .local_mac = cw_store_text(activity->texts, mac),
        .path = keep(activity, event, CAMWATCH_FIELD_PATH),
    };
    return series;
}

static struct cw_series *
series_of(struct cw_activity *activity, const struct camwatch_event *event)
{
    const char *local = camwatch_event_text(event, CAMWATCH_FIELD_LOCAL_IP);
    bool is_source = strcmp(local, camwatch_event_text(event, CAMWATCH_FIELD_SOURCE_IP)) == 0;
    const char *mac = camwatch_event_text(event, is_source ? CAMWATCH_FIELD_SOURCE_MAC
                                                           : CAMWATCH_FIELD_DESTINATION_MAC);
    activity->key.len = 0;
    cw_buffer_print(&activity->key, "%s\x1f%s\x1f%s\x1f%s",
                    camwatch_event_text(event, CAMWATCH_FIELD_DEVICE_ID), local, mac,
                    camwatch_event_text(event, CAMWATCH_FIELD_PATH));
    size_t at = cw_store_find(activity->index, cw_buffer_text(&activity->key));
    return at != (size_t)-1 ? &activity->series[at] : add_series(activity, event, mac);
}

static void
spread(uint64_t *steps, size_t first, size_t last, uint64_t bytes)
{
    uint64_t n = last - first + 1;
    for (size_t i = first; i <= last; i++) {
        steps[i] += bytes / n;
    }
    steps[last] += bytes % n;
}

/* Since when these bytes were sent: the flow's start for what is told first of it, else the last
 * update. */
static int64_t
since(const struct camwatch_event *event)
{
    int64_t end = camwatch_event_time(event);
    int64_t start = end - (int64_t)camwatch_event_number(event, CAMWATCH_FIELD_EVENT_DURATION);
    uint64_t total = camwatch_event_number(event, CAMWATCH_FIELD_SOURCE_BYTES) +
                     camwatch_event_number(event, CAMWATCH_FIELD_DESTINATION_BYTES);
    uint64_t delta = camwatch_event_number(event, CAMWATCH_FIELD_DELTA_BYTES_OUT) +
                     camwatch_event_number(event, CAMWATCH_FIELD_DELTA_BYTES_IN);
    int64_t update = end - UPDATE_S * second_ns;
    return delta == total || start > update ? start : update;
}

static void
add_flow(struct cw_activity *activity, const struct camwatch_event *event)
{
    uint64_t out = camwatch_event_number(event, CAMWATCH_FIELD_DELTA_BYTES_OUT);
    uint64_t in = camwatch_event_number(event, CAMWATCH_FIELD_DELTA_BYTES_IN);
    if (out + in == 0) {
        return;
    }
    struct cw_series *series = series_of(activity, event);
    if (!series) {
        activity->left_out++;
        return;
    }
    size_t last = step_of(activity, camwatch_event_time(event)); /* may double the step */
    size_t first = step_of(activity, since(event));
    spread(series->out, first, last, out);
    spread(series->in, first, last, in);
}

/* What goes on or ends was begun before, and its words stand; only its state is new. */
static bool
is_followed(struct cw_activity *activity, const struct camwatch_event *event)
{
    const char *id = camwatch_event_text(event, CAMWATCH_FIELD_ALERT_ID);
    for (size_t i = activity->n_alerts; id[0] != '\0' && i > 0; i--) {
        if (strcmp(activity->alerts[i - 1].id, id) == 0) {
            activity->alerts[i - 1].state = keep(activity, event, CAMWATCH_FIELD_ALERT_STATE);
            return true;
        }
    }
    return false;
}

static void
add_alert(struct cw_activity *activity, const struct camwatch_event *event)
{
    if (is_followed(activity, event) || activity->n_alerts == MAX_ALERTS) {
        return;
    }
    activity->alerts[activity->n_alerts++] = (struct cw_alert){
        .time_ns = camwatch_event_time(event),
        .severity = (unsigned)camwatch_event_number(event, CAMWATCH_FIELD_EVENT_SEVERITY),
        .kind = camwatch_event_kind_text(camwatch_event_get_kind(event)),
        .rule = keep(activity, event, CAMWATCH_FIELD_RULE_ID),
        .message = keep(activity, event, CAMWATCH_FIELD_MESSAGE),
        .reason = keep(activity, event, CAMWATCH_FIELD_EVENT_REASON),
        .device_id = keep(activity, event, CAMWATCH_FIELD_DEVICE_ID),
        .id = keep(activity, event, CAMWATCH_FIELD_ALERT_ID),
        .state = keep(activity, event, CAMWATCH_FIELD_ALERT_STATE),
    };
}

static void
emit(void *self, const struct camwatch_event *event)
{
    struct cw_activity *activity = self;
    enum camwatch_stream stream = camwatch_event_get_stream(event);
    activity->events++;
    if (stream == CAMWATCH_STREAM_FLOWS) {
        add_flow(activity, event);
    } else if (stream == CAMWATCH_STREAM_ALERTS) {
        add_alert(activity, event);
    }
}

static void
account(void *self, struct camwatch_sink_account *out)
{
    const struct cw_activity *activity = self;
    *out = (struct camwatch_sink_account){
        .size = sizeof(*out), .given = activity->events, .delivered = activity->events};
}

const struct camwatch_sink_ops *
cw_activity_ops(void)
{
    static const struct camwatch_sink_ops ops = {
        .size = sizeof(ops), .name = "report", .emit = emit, .account = account};
    return &ops;
}

const struct cw_series *
cw_activity_series(const struct cw_activity *activity, size_t *n)
{
    *n = activity->n;
    return activity->series;
}

int64_t
cw_activity_step_ns(const struct cw_activity *activity)
{
    return activity->step_ns;
}

int64_t
cw_activity_start_ns(const struct cw_activity *activity)
{
    return activity->start_ns;
}

uint64_t
cw_activity_left_out(const struct cw_activity *activity)
{
    return activity->left_out;
}

const struct cw_alert *
cw_activity_alerts(const struct cw_activity *activity, size_t *n)
{
    *n = activity->n_alerts;
    return activity->alerts;
}
