/* SPDX-License-Identifier: Apache-2.0
 *
 * Events out: finished, judged by policies, given to every sink.
 */
#define _GNU_SOURCE
#include "event_side/side.h"

#include <stdio.h>
#include <string.h>

#include "sink/ndjson.h"
#include "sink/redis.h"
#include "sink/syslog.h"

enum { LOG_WARNING_LEVEL = 4 };

void
cw_events_log(struct camwatch_publisher *p, const char *text)
{
    if (p->settings.log && text[0] != '\0') {
        p->settings.log(p->settings.log_user, LOG_WARNING_LEVEL, text);
    }
}

int
camwatch_publisher_add_sink(struct camwatch_publisher *p, const struct camwatch_sink_ops *ops,
                            void *self)
{
    if (p->n_sinks == CW_EVENTS_SINKS) {
        if (ops->close) {
            ops->close(self);
        }
        return CAMWATCH_EFULL;
    }
    p->sinks[p->n_sinks++] = (struct cw_sink){.ops = ops, .self = self};
    return CAMWATCH_OK;
}

int
camwatch_publisher_add_ndjson(struct camwatch_publisher *p, const char *path,
                              struct camwatch_error *error)
{
    return camwatch_publisher_add_file(p,
                                       &(struct camwatch_file_settings){
                                           .size = sizeof(struct camwatch_file_settings),
                                           .path = path,
                                           .append = !p->settings.is_replay,
                                       },
                                       error);
}

int
camwatch_publisher_add_file(struct camwatch_publisher *p,
                            const struct camwatch_file_settings *settings,
                            struct camwatch_error *error)
{
    struct camwatch_file_settings own = *settings;
    struct cw_sink sink;
    if (own.disk_bytes > 0 && own.rotate_bytes == 0) {
        own.rotate_bytes = own.disk_bytes / 8 + 1;
    }
    if (own.size != sizeof(own) || !own.path ||
        own.disk_bytes / 2 < own.rotate_bytes * (own.disk_bytes > 0)) {
        (void)snprintf(error->text, sizeof(error->text),
                       "file settings without a path, or with a bound on disk below two files");
        return CAMWATCH_EINVAL;
    }
    own.awaits_flush = own.awaits_flush || (p->holds && p->settings.state_file);
    int status = cw_ndjson_open(&own, &sink, error);
    return status != CAMWATCH_OK ? status : camwatch_publisher_add_sink(p, sink.ops, sink.self);
}

int
camwatch_publisher_add_syslog(struct camwatch_publisher *p,
                              const struct camwatch_syslog_settings *settings,
                              struct camwatch_error *error)
{
    struct cw_sink sink;
    int status = cw_syslog_open(settings, &sink, error);
    return status != CAMWATCH_OK ? status : camwatch_publisher_add_sink(p, sink.ops, sink.self);
}

int
camwatch_publisher_add_redis(struct camwatch_publisher *p,
                             const struct camwatch_redis_settings *settings,
                             struct camwatch_error *error)
{
    struct camwatch_redis_settings own = *settings;
    struct cw_sink sink;
    own.sensor = settings->sensor ? settings->sensor : p->sensor;
    own.boot_id = settings->boot_id ? settings->boot_id : p->boot_id;
    own.awaits_commit = p->holds && settings->spool_folder && !p->checkpoint.keeper;
    int status = cw_redis_open(&own, &sink, error);
    if (status == CAMWATCH_OK) {
        status = camwatch_publisher_add_sink(p, sink.ops, sink.self);
    }
    return status == CAMWATCH_OK && own.awaits_commit
               ? cw_events_go_on(p, sink.ops, sink.self, error)
               : status;
}

static void
give(struct camwatch_publisher *p, const struct camwatch_event *event)
{
    for (size_t i = 0; i < p->n_sinks; i++) {
        p->sinks[i].ops->emit(p->sinks[i].self, event);
    }
}

void
cw_events_give(struct camwatch_publisher *p)
{
    const struct camwatch_event *event;
    while ((event = cw_outbox_take(p->outbox))) {
        give(p, event);
    }
    if (p->is_flush_due) {
        p->is_flush_due = false;
        (void)cw_events_flush(p);
    }
}

/* What a tick could not do itself, for the sinks were another thread's. */
static void
make_up_for_tick(struct camwatch_publisher *p)
{
    if (p->is_tick_noted) {
        p->is_tick_noted = false;
        p->is_flush_due = true;
        cw_events_tell_notices(p);
    }
}

void
cw_events_turn_outbox(struct camwatch_publisher *p)
{
    make_up_for_tick(p);
    memset(p->sink_drops, 0, sizeof(p->sink_drops));
    cw_events_add_sink_drops(p, p->sink_drops);
    cw_outbox_turn(p->outbox);
}

void
cw_events_close_outbox(struct camwatch_publisher *p)
{
    if (!p->outbox) {
        return;
    }
    cw_events_give(p);
    make_up_for_tick(p);
    cw_outbox_turn(p->outbox);
    cw_events_give(p);
    memset(p->sink_drops, 0, sizeof(p->sink_drops));
    cw_outbox_free(p->outbox);
    p->outbox = NULL;
}

void
cw_events_emit(struct camwatch_publisher *p, struct camwatch_event *event)
{
    cw_event_finish(event, &p->context);
    if (cw_event_is_cut(event)) {
        p->drops[CAMWATCH_DROP_EVENT_TRUNCATED]++;
    }
    p->events++;
    p->is_uncommitted = true;
    p->by_kind[camwatch_event_get_kind(event)]++;
    if (!p->outbox) {
        give(p, event);
    } else if (!cw_outbox_put(p->outbox, event)) {
        p->drops[CAMWATCH_DROP_SINK_FAILED]++;
    }
}

void
cw_events_add_drops_of(const struct camwatch_sink_account *sink,
                       uint64_t drops[CAMWATCH_N_DROPS])
{
    drops[CAMWATCH_DROP_SINK_REFUSED] += sink->refused;
    drops[CAMWATCH_DROP_SPOOL_FULL] += sink->spool_full;
    drops[CAMWATCH_DROP_SINK_FAILED] += sink->lost - sink->spool_full;
}

void
cw_events_add_sink_drops(const struct camwatch_publisher *p, uint64_t drops[CAMWATCH_N_DROPS])
{
    for (size_t i = 0; i < p->n_sinks; i++) {
        struct camwatch_sink_account account = {.size = sizeof(account)};
        p->sinks[i].ops->account(p->sinks[i].self, &account);
        cw_events_add_drops_of(&account, drops);
    }
}

void
cw_events_on_alert(void *user, const struct cw_event_policy *alert,
                   const struct camwatch_event *cause, int64_t time_ns)
{
    struct camwatch_publisher *p = user;
    if (cause) {
        cw_event_from_policy(p->alert, cause, alert, &p->context);
    } else {
        cw_event_from_digest(p->alert, alert, time_ns, &p->context);
    }
    cw_events_emit(p, p->alert);
    p->is_state_due = !p->settings.is_replay; /* policies know that they told it */
}

/* An event is out before what follows from it. */
void
cw_events_deliver(struct camwatch_publisher *p, struct camwatch_event *event)
{
    cw_events_emit(p, event);
    cw_policies_judge(p->policies, event, cw_events_on_alert, p);
}

int
cw_events_flush(struct camwatch_publisher *p)
{
    int status = CAMWATCH_OK;
    for (size_t i = 0; i < p->n_sinks; i++) {
        const struct camwatch_sink_ops *ops = p->sinks[i].ops;
        int one = ops->flush ? ops->flush(p->sinks[i].self) : CAMWATCH_OK;
        status = one != CAMWATCH_OK ? one : status;
    }
    return status;
}

void
cw_events_tell_notices(struct camwatch_publisher *p)
{
    struct camwatch_sink_notice notice = {.size = sizeof(notice)};
    for (size_t i = 0; i < p->n_sinks; i++) {
        const struct camwatch_sink_ops *ops = p->sinks[i].ops;
        while (ops->size >= sizeof(*ops) && ops->notice &&
               ops->notice(p->sinks[i].self, &notice)) {
            cw_events_log(p, notice.reason);
            if (notice.severity > 0) {
                camwatch_publisher_alert(p, p->now_ns, notice.severity, notice.name,
                                         notice.reason);
            }
        }
    }
}
