/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "event_side.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "metrics.h"
#include "place.h"

#define LOOK_NS     (2 * 1000000000LL)
#define PATIENCE_NS 1000000000LL /* with outputs that get nothing done, at the end */

static void
on_message(void *user, int level, const char *text)
{
    (void)user;
    cw_log((unsigned)level, "%s", text);
}

/* Stream IDs follow the wall clock, not the packets'. */
static int64_t
wall_ms(void *user)
{
    (void)user;
    return cw_clock_wall() / 1000000;
}

static bool
add_outputs(struct cw_event_side *side, const struct cw_live_settings *s,
            struct camwatch_error *error)
{
    struct camwatch_file_settings file = s->file;
    file.path = s->json;
    file.append = true;
    if (file.path &&
        camwatch_publisher_add_file(side->publisher, &file, error) != CAMWATCH_OK) {
        return false;
    }
    if (s->syslog.url &&
        camwatch_publisher_add_syslog(side->publisher, &s->syslog, error) != CAMWATCH_OK) {
        return false;
    }
    struct camwatch_redis_settings redis = s->redis;
    redis.clock_ms = wall_ms;
    return !redis.url ||
           camwatch_publisher_add_redis(side->publisher, &redis, error) == CAMWATCH_OK;
}

/* Only where there is a run folder: several processes share one. */
static bool
open_control(struct cw_event_side *side, const struct cw_live_settings *settings,
             struct camwatch_error *error)
{
    side->metrics_file = settings->metrics_file;
    side->page = NULL;
    side->metrics_ns = 0;
    side->has_metrics_fault = false;
    side->looked_ns = 0;
    side->clock = (struct cw_forward_clock){0};
    side->health = (struct cw_health){.heard_ns = 0};
    side->control = (struct cw_control){.settings = settings,
                                        .publisher = side->publisher,
                                        .recent = &side->recent,
                                        .started_ns = cw_clock_wall(),
                                        .fd = -1};
    return settings->is_alone || cw_control_open(&side->control, error);
}

/* A state is written beside the old one: better no start than months that are forgotten. */
static bool
can_keep_state(const char *path, struct camwatch_error *error)
{
    if (!path || cw_place_takes_files(path)) {
        return true;
    }
    (void)snprintf(error->text, sizeof(error->text),
                   "--state %.300s: its folder cannot be written: %s", path, strerror(errno));
    return false;
}

bool
cw_event_side_open(struct cw_event_side *side, const struct cw_live_settings *s,
                   const struct camwatch_rules *rules, struct camwatch_ring *const *rings,
                   uint32_t n_rings, struct camwatch_error *error)
{
    struct camwatch_publisher_settings settings = s->publisher;
    if (!can_keep_state(s->state, error)) {
        return false;
    }
    settings.rules = rules;
    settings.sensor = s->sensor ? s->sensor : settings.sensor;
    settings.site = s->site ? s->site : settings.site;
    settings.geo_files = s->geo.items;
    settings.interfaces = s->interfaces.items;
    settings.state_file = s->state;
    settings.assets_file = s->assets;
    settings.rings = rings;
    settings.n_rings = n_rings;
    settings.log = on_message;
    if (camwatch_publisher_open(&settings, &side->publisher, error) != CAMWATCH_OK) {
        return false;
    }
    if (!add_outputs(side, s, error)) {
        camwatch_publisher_close(&side->publisher);
        return false;
    }
    if (cw_recent_attach(&side->recent, side->publisher) != CAMWATCH_OK ||
        !open_control(side, s, error)) {
        camwatch_publisher_close(&side->publisher);
        return false;
    }
    side->health.rules = rules;
    return true;
}

bool
cw_event_side_set_rules(struct cw_event_side *side, const struct camwatch_rules *rules)
{
    if (camwatch_publisher_set_rules(side->publisher, rules) != CAMWATCH_OK) {
        return false;
    }
    cw_health_set_rules(&side->health, rules);
    return true;
}

static void
tell_geo(struct cw_event_side *side, int status)
{
    struct camwatch_geo_source sources[16];
    if (status == CAMWATCH_OK) {
        size_t n = camwatch_publisher_geo_sources(side->publisher, sources, 16);
        cw_log(CW_LOG_NOTICE, "%zu geo file%s in use", n, n == 1 ? " is" : "s are");
        side->health.geo_ns = 0; /* how old they are is judged anew */
    } else if (status != CAMWATCH_EAGAIN) {
        cw_log(CW_LOG_ERROR, "the geo files have errors: the old ones stay in use");
    }
}

void
cw_event_side_reload(struct cw_event_side *side)
{
    struct camwatch_error error = {""};
    int status = camwatch_publisher_reload_assets(side->publisher, &error);
    if (status != CAMWATCH_OK) {
        cw_log(CW_LOG_ERROR, "%s: the old assets stay in use", error.text);
    } else if (side->control.settings->assets) {
        cw_log(CW_LOG_NOTICE, "assets of %s are in use", side->control.settings->assets);
    }
    tell_geo(side, camwatch_publisher_reload_geo(side->publisher, false));
}

/* Files that were replaced are picked up by themselves. */
static void
look_after_geo(struct cw_event_side *side)
{
    int64_t now = cw_clock_steady();
    if (now - side->looked_ns >= LOOK_NS) {
        side->looked_ns = now;
        tell_geo(side, camwatch_publisher_reload_geo(side->publisher, true));
    }
}

void
cw_event_side_close(struct cw_event_side *side)
{
    cw_control_close(&side->control);
    camwatch_publisher_close(&side->publisher);
}

/* What the supervisor knows goes into the next sensor-stats. */
static void
take_losses(const struct cw_event_side *side)
{
    struct camwatch_losses losses;
    if (side->page) {
        cw_metrics_page_losses(side->page, &losses);
        camwatch_publisher_set_losses(side->publisher, &losses);
    }
}

size_t
cw_event_side_run(struct cw_event_side *side)
{
    take_losses(side);
    return camwatch_publisher_run(side->publisher);
}

static void
write_metrics_file(struct cw_event_side *side, const struct cw_buffer *text)
{
    bool is_good = cw_metrics_write(side->metrics_file, text);
    if (!is_good && !side->has_metrics_fault) {
        cw_log(CW_LOG_WARNING, "--metrics-file %s cannot be written: %s", side->metrics_file,
               strerror(errno));
    }
    side->has_metrics_fault = !is_good;
}

/* Once for each sensor-stats; a fault is logged once. */
static void
write_metrics(struct cw_event_side *side)
{
    struct cw_buffer text = {.text = NULL};
    const struct cw_metrics metrics = {
        .recent = &side->recent,
        .publisher = side->publisher,
        .sensor = side->control.settings->sensor,
        .restarts = side->page ? cw_metrics_page_restarts(side->page) : 0};
    if ((!side->metrics_file && !side->page) ||
        side->metrics_ns == side->recent.stats.time_ns) {
        return;
    }
    side->metrics_ns = side->recent.stats.time_ns;
    cw_metrics_format(&metrics, &text);
    if (side->metrics_file) {
        write_metrics_file(side, &text);
    }
    if (side->page) {
        cw_metrics_page_put(side->page, cw_buffer_text(&text), text.len);
    }
    cw_buffer_free(&text);
}

void
cw_event_side_tick(struct cw_event_side *side)
{
    int64_t now = cw_clock_forward(&side->clock, cw_clock_wall(), cw_clock_steady());
    camwatch_publisher_tick(side->publisher, now);
    cw_health_judge(&side->health, &side->recent.stats, side->publisher, now);
    look_after_geo(side);
    write_metrics(side);
    cw_control_serve(&side->control);
}

static uint64_t
count_pending(const struct camwatch_publisher_account *account)
{
    uint64_t n = 0;
    for (size_t i = 0; i < account->n_sinks; i++) {
        n += account->sinks[i].account.pending;
    }
    return n;
}

/* Outputs with a thread of their own are given the time to send what they have, as long as it gets less. */
static void
wait_for_outputs(const struct cw_event_side *side, struct camwatch_publisher_account *account)
{
    const struct timespec pause = {.tv_nsec = 5 * 1000000L};
    int64_t begun = cw_clock_steady(), moved = begun, now = begun;
    int64_t limit = (int64_t)side->control.settings->drain_s * 1000000000;
    uint64_t least = UINT64_MAX, pending;
    do {
        camwatch_publisher_get_account(side->publisher, account);
        pending = count_pending(account);
        moved = pending < least ? now : moved;
        least = pending < least ? pending : least;
        now = cw_clock_steady();
    } while (pending > 0 && nanosleep(&pause, NULL) == 0 && now - moved < PATIENCE_NS &&
             now - begun < limit);
}

bool
cw_event_side_finish(struct cw_event_side *side)
{
    struct camwatch_publisher_account account = {.size = sizeof(account)};
    take_losses(side);
    int status = camwatch_publisher_finish(side->publisher);
    bool is_whole = status == CAMWATCH_OK || status == CAMWATCH_EAGAIN; /* not all sent yet */
    wait_for_outputs(side, &account);
    cw_log(CW_LOG_INFO, "%" PRIu64 " records became %" PRIu64 " events", account.records,
           account.events);
    for (size_t i = 0; i < account.n_sinks; i++) {
        const struct camwatch_sink_account *sink = &account.sinks[i].account;
        cw_log(CW_LOG_INFO,
               "%s: given %" PRIu64 " = delivered %" PRIu64 " + refused %" PRIu64
               " + lost %" PRIu64 " + pending %" PRIu64 "%s%s",
               account.sinks[i].name, sink->given, sink->delivered, sink->refused, sink->lost,
               sink->pending, sink->last_error[0] ? "; last error: " : "", sink->last_error);
        is_whole = is_whole && sink->delivered == sink->given;
    }
    return is_whole;
}
