/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "camwatch/ring.h"

enum {
    MINUTE_S = 60,
    NAME_MAX_BYTES = 40,
    RING_BYTES = 16 << 20, /* of each of several shards: seldom full within a round */
    RING_ALIGN = 64,
};

static void
on_log(void *user, int level, const char *text)
{
    (void)user;
    (void)level;
    (void)fprintf(stderr, "camwatch: %s\n", text);
}

static void
drain(void *user)
{
    struct cw_session *session = user;
    pthread_mutex_lock(&session->publishing);
    (void)camwatch_publisher_run(session->publisher);
    pthread_mutex_unlock(&session->publishing);
}

/* One ring a shard; a single shard uses the publisher's own. */
static bool
make_rings(struct cw_session *session, struct camwatch_error *error)
{
    for (unsigned i = 0; session->n_monitors > 1 && i < session->n_monitors; i++) {
        session->ring_blocks[i] = aligned_alloc(RING_ALIGN, RING_BYTES);
        if (!session->ring_blocks[i] ||
            camwatch_ring_format(session->ring_blocks[i], RING_BYTES, &session->rings[i])) {
            (void)snprintf(error->text, sizeof(error->text), "out of memory for the rings");
            return false;
        }
    }
    return true;
}

/* replay-FILE-TIME: of the capture, not of the clock, so that the same input gives the same
 * events. */
static void
name_sensor(struct cw_session *session, const char *path, int64_t start_ns)
{
    char when[32] = "", name[NAME_MAX_BYTES + 1] = "stdin";
    time_t s = (time_t)(start_ns / 1000000000);
    struct tm tm;
    if (gmtime_r(&s, &tm)) {
        (void)strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm);
    }
    if (strcmp(path, "-") != 0) {
        (void)snprintf(name, sizeof(name), "%s", basename(path)); /* GNU: leaves path alone */
    }
    name[strcspn(name, ".")] = '\0';
    for (char *at = name; *at != '\0'; at++) {
        bool is_plain =
            strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *at);
        *at = is_plain ? *at : '_'; /* the name stands in Redis keys */
    }
    (void)snprintf(session->sensor, sizeof(session->sensor), "replay-%s-%s", name, when);
}

static bool
open_publisher(struct cw_session *session, const struct cw_replay_settings *settings,
               const struct cw_texts *paths, const char *json, int64_t start_ns,
               struct camwatch_error *error)
{
    struct camwatch_publisher_settings *own = &session->publisher_settings;
    *own = settings->publisher;
    own->rules = session->rules;
    own->sensor = settings->sensor ? settings->sensor : session->sensor;
    own->site = settings->site ? settings->site : own->site;
    own->geo_files = settings->geo.items;
    own->capture_files = paths->items;
    own->state_file = settings->state;
    own->assets_file = settings->assets;
    own->log = on_log;
    if (session->n_monitors > 1) {
        own->rings = session->rings;
        own->n_rings = session->n_monitors;
        own->defers_sinks = true;
    }
    if (camwatch_publisher_open(own, &session->publisher, error) != CAMWATCH_OK) {
        return false;
    }
    session->tally = cw_tally_new();
    if (camwatch_publisher_add_sink(session->publisher, cw_tally_ops(), session->tally) ||
        (json && camwatch_publisher_add_ndjson(session->publisher, json, error))) {
        return false;
    }
    if (settings->reports.n > 0) {
        session->activity = cw_activity_new(start_ns);
        if (camwatch_publisher_add_sink(session->publisher, cw_activity_ops(),
                                        session->activity)) {
            return false;
        }
    }
    return !settings->redis.url ||
           camwatch_publisher_add_redis(session->publisher, &settings->redis, error) ==
               CAMWATCH_OK;
}

static bool
open_monitors(struct cw_session *session, const struct cw_replay_settings *settings,
              struct camwatch_error *error)
{
    struct camwatch_monitor_settings *own = &session->monitor_settings;
    *own = settings->monitor;
    own->rules = session->rules;
    own->home_networks = settings->home.items;
    own->memory_flows /= session->n_monitors;
    own->drain = drain;
    own->drain_user = session;
    for (unsigned i = 0; i < session->n_monitors; i++) {
        own->shard = (uint8_t)i;
        own->ring =
            session->rings[i] ? session->rings[i] : camwatch_publisher_ring(session->publisher);
        if (camwatch_monitor_open(own, &session->monitors[i], error) != CAMWATCH_OK) {
            return false;
        }
    }
    return true;
}

bool
cw_session_open(struct cw_session *session, const struct cw_replay_settings *settings,
                const struct camwatch_rules *rules, const struct cw_texts *paths,
                const char *json, int64_t start_ns, struct camwatch_error *error)
{
    *session = (struct cw_session){.rules = rules, .n_monitors = settings->threads};
    pthread_mutex_init(&session->publishing, NULL);
    name_sensor(session, paths->items[0], start_ns);
    if (!make_rings(session, error) ||
        !open_publisher(session, settings, paths, json, start_ns, error) ||
        !open_monitors(session, settings, error)) {
        cw_session_close(session);
        return false;
    }
    return true;
}

static int64_t
minute_of(int64_t time_ns)
{
    return time_ns - time_ns % (MINUTE_S * INT64_C(1000000000));
}

/* The publisher's timers run at whole minutes of packet time: the same input, the same events.
 * The monitor's clock is asked, because one frame with a wild time does not move it. */
static void
move_clock(struct cw_session *session, int64_t frame_ns)
{
    if (minute_of(frame_ns) <= session->tick_ns) {
        return;
    }
    struct camwatch_monitor_stats stats = {.size = sizeof(stats)};
    camwatch_monitor_get_stats(session->monitors[0], &stats);
    if (minute_of(stats.now_ns) > session->tick_ns) {
        session->tick_ns = minute_of(stats.now_ns);
        (void)camwatch_publisher_run(session->publisher);
        camwatch_publisher_tick(session->publisher, session->tick_ns);
    }
}

void
cw_session_feed(struct cw_session *session, const struct camwatch_frame *frame)
{
    camwatch_monitor_feed(session->monitors[0], frame);
    move_clock(session, frame->time_ns);
}

void
cw_session_end_round(struct cw_session *session)
{
    struct camwatch_monitor_stats stats = {.size = sizeof(stats)};
    camwatch_monitor_get_stats(session->monitors[0], &stats); /* all have the same clock */
    camwatch_publisher_note(session->publisher);
    session->is_tick_due = minute_of(stats.now_ns) > session->tick_ns;
    if (session->is_tick_due) {
        session->tick_ns = minute_of(stats.now_ns);
    }
}

void
cw_session_publish(struct cw_session *session)
{
    pthread_mutex_lock(&session->publishing);
    (void)camwatch_publisher_run_noted(session->publisher);
    if (session->is_tick_due) {
        camwatch_publisher_tick(session->publisher, session->tick_ns);
    }
    pthread_mutex_unlock(&session->publishing);
}

void
cw_session_deliver(struct cw_session *session)
{
    camwatch_publisher_deliver(session->publisher);
}

static void
add_stats(struct camwatch_monitor_stats *sum, const struct camwatch_monitor_stats *one)
{
#define ADD(member) sum->member += one->member
    ADD(frames), ADD(bytes), ADD(parsed), ADD(truncated);
    ADD(flows), ADD(flows_opened), ADD(flows_decided);
    ADD(hosts), ADD(names), ADD(dpi_packets), ADD(wire_packets), ADD(records);
    ADD(memory_flows), ADD(home_frames), ADD(flows_two_way), ADD(flows_one_way);
#undef ADD
    for (unsigned i = 0; i < CAMWATCH_N_DROPS; i++) {
        sum->drops[i] += one->drops[i];
    }
    bool is_first = one->first_ns != 0 && (sum->first_ns == 0 || one->first_ns < sum->first_ns);
    sum->first_ns = is_first ? one->first_ns : sum->first_ns;
    sum->last_ns = one->last_ns > sum->last_ns ? one->last_ns : sum->last_ns;
    sum->now_ns = one->now_ns > sum->now_ns ? one->now_ns : sum->now_ns;
    sum->memory_dpi = one->memory_dpi; /* of the process */
}

void
cw_session_stats(const struct cw_session *session, struct camwatch_monitor_stats *out)
{
    *out = (struct camwatch_monitor_stats){.size = sizeof(*out)};
    for (unsigned i = 0; i < session->n_monitors; i++) {
        struct camwatch_monitor_stats one = {.size = sizeof(one)};
        camwatch_monitor_get_stats(session->monitors[i], &one);
        add_stats(out, &one);
    }
}

void
cw_session_idle(void *user)
{
    struct cw_session *session = user;
    (void)camwatch_publisher_run(session->publisher);
    camwatch_publisher_tick(session->publisher, session->tick_ns);
}

bool
cw_session_is_lost(const struct cw_session *session)
{
    struct camwatch_publisher_account account = {.size = sizeof(account)};
    camwatch_publisher_get_account(session->publisher, &account);
    for (size_t i = 0; i < account.n_sinks; i++) {
        if (account.sinks[i].account.lost > 0) {
            return true;
        }
    }
    return false;
}

bool
cw_session_finish(struct cw_session *session)
{
    (void)camwatch_publisher_run(session->publisher);
    if (session->n_monitors == 1) { /* several have been finished with their last round */
        camwatch_monitor_finish(session->monitors[0]);
    }
    int status = camwatch_publisher_finish(session->publisher);
    return status == CAMWATCH_OK || status == CAMWATCH_EAGAIN;
}

void
cw_session_close(struct cw_session *session)
{
    for (unsigned i = 0; i < session->n_monitors; i++) {
        camwatch_monitor_close(&session->monitors[i]);
    }
    camwatch_publisher_close(&session->publisher);
    for (unsigned i = 0; i < session->n_monitors; i++) {
        if (session->rings[i]) {
            camwatch_ring_close(&session->rings[i]);
        }
        free(session->ring_blocks[i]);
        session->ring_blocks[i] = NULL;
    }
    pthread_mutex_destroy(&session->publishing);
    if (session->tally) {
        cw_tally_free(session->tally);
        session->tally = NULL;
    }
    cw_activity_free(session->activity);
    session->activity = NULL;
}
