/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/redis.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/export.h"
#include "base/text.h"
#include "sink/redis_self.h"

#define NS_PER_MS    INT64_C(1000000)
#define NS_PER_S     INT64_C(1000000000)
#define WAKE_EVENTS  64 /* appended events that are worth waking the sender for */
#define DRAIN_MS     1000
#define SEGMENT_MIN  (64u * 1024)
#define SEGMENTS     32 /* that the spool's bound is divided into; a stream may have twice as many */
#define SPOOL_MEMORY (UINT64_C(64) << 20)
#define SPOOL_DISK   (UINT64_C(1) << 30)
#define LIST_MAX     100000
#define SPOOL_WARN   80 /* per cent */

_Static_assert(2 * SEGMENTS <= CW_SPOOL_SEGMENTS_MAX, "one stream can fill the spool");

static uint64_t
count_pending(const struct cw_redis *self)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        n += cw_redis_stream_pending(&self->streams[i]);
    }
    return n;
}

static uint64_t
count_bytes(const struct cw_redis *self)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        n += cw_spool_bytes(self->streams[i].spool);
    }
    return n;
}

/* Wait until something was settled, at most until a time. */
static void
wait_progress(struct cw_redis *self, int64_t until_ns)
{
    const struct timespec t = {.tv_sec = (time_t)(until_ns / NS_PER_S),
                               .tv_nsec = (long)(until_ns % NS_PER_S)};
    (void)pthread_cond_timedwait(&self->progress, &self->lock, &t);
}

/* ---- the sender's thread ---- */

static void *
run_sender(void *opaque)
{
    struct cw_redis *self = opaque;
    (void)pthread_mutex_lock(&self->lock);
    while (!self->is_over) {
        (void)pthread_mutex_unlock(&self->lock);
        int64_t until = cw_redis_sender_step(self);
        (void)pthread_mutex_lock(&self->lock);
        if (until > 0 && !self->is_over) {
            const struct timespec t = {.tv_sec = (time_t)(until / NS_PER_S),
                                       .tv_nsec = (long)(until % NS_PER_S)};
            (void)pthread_cond_timedwait(&self->work, &self->lock, &t);
        }
    }
    (void)pthread_mutex_unlock(&self->lock);
    return NULL;
}

/* The host's signals are not for this thread. */
static bool
start_thread(struct cw_redis *self)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    self->is_running = pthread_create(&self->thread, NULL, run_sender, self) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return self->is_running;
}

/* ---- emit ---- */

/* Per cent of the spool that a kind of event may fill: what is worth least is refused first. */
static unsigned
allow_percent(const struct camwatch_event *event)
{
    static const unsigned by_stream[CAMWATCH_N_STREAMS] = {
        [CAMWATCH_STREAM_ALERTS] = 100,
        [CAMWATCH_STREAM_DEVICES] = 95,
        [CAMWATCH_STREAM_FLOWS] = 85,
        [CAMWATCH_STREAM_STATS] = 70,
    };
    bool is_update = camwatch_event_get_kind(event) == CAMWATCH_EVENT_FLOW_UPDATE;
    return is_update ? 70 : by_stream[camwatch_event_get_stream(event)];
}

static void
watch_level(struct cw_redis *self, uint64_t used)
{
    bool is_high = used > self->spool_bytes / 100 * SPOOL_WARN;
    if (is_high && !self->is_high) {
        cw_redis_notice(
            self, 3, "spool-high",
            "the spool is over 80 % full: events of less worth are refused first; is "
            "Redis reachable?");
    }
    self->is_high = is_high;
}

static bool
append(struct cw_redis *self, const struct camwatch_event *event,
       const struct cw_spool_record *record)
{
    uint64_t allowed = self->spool_bytes / 100 * allow_percent(event);
    uint64_t used = count_bytes(self);
    self->needs_room = self->needs_room || used > self->spool_bytes / 2;
    watch_level(self, used);
    return used + record->len <= allowed &&
           cw_spool_append(self->streams[camwatch_event_get_stream(event)].spool, record);
}

/* The same, waiting for room where that was asked for. */
static bool
append_or_wait(struct cw_redis *self, const struct camwatch_event *event,
               const struct cw_spool_record *record)
{
    uint64_t before = count_pending(self);
    int64_t deadline = cw_redis_now() + self->wait_ms * NS_PER_MS;
    while (!append(self, event, record)) {
        uint64_t pending = count_pending(self);
        if (pending < before) {
            before = pending;
            self->gave_up = false;
            deadline = cw_redis_now() + self->wait_ms * NS_PER_MS;
        }
        if (!self->wait || self->gave_up || cw_redis_now() >= deadline) {
            self->gave_up = self->wait;
            return false;
        }
        (void)pthread_cond_signal(&self->work);
        wait_progress(self, cw_redis_now() + 20 * NS_PER_MS);
    }
    return true;
}

static bool
encode(struct cw_redis *self, const struct camwatch_event *event, struct cw_spool_record *out)
{
    struct cw_resp bytes = {.bytes = self->encoded, .size = CW_SPOOL_PAYLOAD_MAX};
    unsigned n_words = cw_redis_put_fields(&bytes, event, self->with_json || self->has_list);
    *out = (struct cw_spool_record){.n_words = (uint16_t)n_words,
                                    .kind = (uint16_t)camwatch_event_get_kind(event),
                                    .len = (uint32_t)bytes.used,
                                    .payload = bytes.bytes};
    return !bytes.is_full;
}

static void
emit(void *opaque, const struct camwatch_event *event)
{
    struct cw_redis *self = opaque;
    struct cw_spool_record record;
    bool is_encoded = encode(self, event, &record);
    int64_t ms = camwatch_event_time(event) / NS_PER_MS;
    (void)pthread_mutex_lock(&self->lock);
    self->account.given++;
    self->event_ms = ms > self->event_ms ? ms : self->event_ms;
    if (!is_encoded || !append_or_wait(self, event, &record)) {
        self->account.lost++;
        self->account.spool_full++;
        self->stats.refused_full++;
    }
    if (!cw_redis_state_add(&self->state, self->sensor, event)) {
        self->stats.state_failed++;
    }
    if (++self->n_unsignalled >= WAKE_EVENTS) {
        self->n_unsignalled = 0;
        (void)pthread_cond_signal(&self->work);
    }
    (void)pthread_mutex_unlock(&self->lock);
}

/* ---- flush ---- */

bool
cw_redis_write_down(struct cw_redis *self, const void *note, size_t len)
{
    struct cw_spool_sync syncs[CAMWATCH_N_STREAMS];
    bool is_good = true, is_strict = self->fsync == CAMWATCH_FSYNC_STRICT;
    (void)pthread_mutex_lock(&self->lock);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        is_good = cw_spool_sync_begin(self->streams[i].spool, is_strict, &syncs[i]) && is_good;
    }
    (void)pthread_mutex_unlock(&self->lock);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        is_good = cw_spool_sync_finish(&syncs[i]) && is_good;
    }
    if (note && is_good) {
        is_good = cw_redis_commit_save(&self->commit, syncs, note, len, is_strict);
    }
    (void)pthread_mutex_lock(&self->lock);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        cw_spool_sync_settle(self->streams[i].spool, &syncs[i]);
    }
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS && (is_good || !note); i++) {
        self->streams[i].ready = syncs[i].end;
        self->streams[i].ready_number = syncs[i].number;
    }
    (void)pthread_mutex_unlock(&self->lock);
    return is_good;
}

/* Until nothing waits, or nothing has moved for a time. */
static void
wait_until_done(struct cw_redis *self, int64_t patience_ms)
{
    uint64_t before = count_pending(self);
    int64_t deadline = cw_redis_now() + patience_ms * NS_PER_MS;
    while (before > 0 || self->state.n > 0) {
        wait_progress(self, cw_redis_now() + 5 * NS_PER_MS);
        uint64_t pending = count_pending(self);
        if (pending < before) {
            before = pending;
            deadline = cw_redis_now() + patience_ms * NS_PER_MS;
        }
        if (cw_redis_now() >= deadline) {
            self->gave_up = before > 0;
            return;
        }
    }
    self->gave_up = false;
}

static int
flush(void *opaque)
{
    struct cw_redis *self = opaque;
    (void)pthread_mutex_lock(&self->lock);
    self->n_unsignalled = 0;
    (void)pthread_cond_signal(&self->work);
    if (self->wait && !self->gave_up) {
        wait_until_done(self, self->wait_ms);
    }
    uint64_t pending = count_pending(self);
    (void)pthread_mutex_unlock(&self->lock);
    return pending == 0 ? CAMWATCH_OK : CAMWATCH_EAGAIN;
}

/* ---- commit ---- */

static size_t
recall(void *opaque, void *note, size_t size)
{
    const struct cw_redis *self = opaque;
    const struct cw_redis_commit_point *point = &self->commit.point;
    if (!self->awaits_commit || !point->is_there || point->len > size ||
        point->len > sizeof(point->note)) {
        return 0;
    }
    memcpy(note, point->note, point->len);
    return point->len;
}

static void
begin(void *opaque, bool redo)
{
    struct cw_redis *self = opaque;
    if (!self->awaits_commit) {
        return;
    }
    (void)pthread_mutex_lock(&self->lock);
    if (redo) {
        uint64_t n = cw_redis_commit_undo(self->streams);
        self->account.given -= n;
        self->stats.recovered -= n;
    } else {
        cw_redis_commit_keep(self->streams);
    }
    (void)pthread_mutex_unlock(&self->lock);
}

static int
commit(void *opaque, const void *note, size_t len)
{
    struct cw_redis *self = opaque;
    if (!self->awaits_commit) {
        return CAMWATCH_OK;
    }
    bool is_good = cw_redis_write_down(self, note, len);
    (void)pthread_mutex_lock(&self->lock);
    self->stats.unsaved += !is_good;
    self->n_unsignalled = 0;
    (void)pthread_cond_signal(&self->work);
    (void)pthread_mutex_unlock(&self->lock);
    return is_good ? CAMWATCH_OK : CAMWATCH_EIO;
}

/* ---- the rest of the interface ---- */

static void
account(void *opaque, struct camwatch_sink_account *out)
{
    struct cw_redis *self = opaque;
    (void)pthread_mutex_lock(&self->lock);
    *out = self->account;
    out->size = sizeof(*out);
    out->pending = count_pending(self);
    out->in_flight = 0;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        out->in_flight += cw_redis_stream_in_flight(&self->streams[i]);
    }
    (void)pthread_mutex_unlock(&self->lock);
}

static bool
take_notice(void *opaque, struct camwatch_sink_notice *out)
{
    struct cw_redis *self = opaque;
    (void)pthread_mutex_lock(&self->lock);
    bool has_one = self->n_notices > 0;
    if (has_one) {
        *out = self->notices[0];
        self->n_notices--;
        memmove(self->notices, self->notices + 1, self->n_notices * sizeof(self->notices[0]));
    }
    (void)pthread_mutex_unlock(&self->lock);
    return has_one;
}

static void
release(struct cw_redis *self)
{
    cw_redis_sender_stop(self);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        cw_redis_stream_close(&self->streams[i]);
    }
    cw_redis_commit_close(&self->commit);
    cw_spool_folder_close(&self->folder);
    cw_redis_state_fini(&self->state);
    (void)pthread_cond_destroy(&self->work);
    (void)pthread_cond_destroy(&self->progress);
    (void)pthread_mutex_destroy(&self->lock);
    free(self->encoded);
    free(self);
}

static void
close_sink(void *opaque)
{
    struct cw_redis *self = opaque;
    (void)pthread_mutex_lock(&self->lock);
    (void)pthread_cond_signal(&self->work);
    if (!self->gave_up) {
        wait_until_done(self, DRAIN_MS);
    }
    self->is_over = true;
    (void)pthread_cond_signal(&self->work);
    (void)pthread_mutex_unlock(&self->lock);
    (void)pthread_join(self->thread, NULL);
    if (!self->awaits_commit) {
        (void)cw_redis_write_down(self, NULL, 0);
    }
    release(self);
}

static const struct camwatch_sink_ops OPS = {
    .size = sizeof(OPS),
    .name = "redis",
    .emit = emit,
    .flush = flush,
    .account = account,
    .close = close_sink,
    .notice = take_notice,
    .recall = recall,
    .begin = begin,
    .commit = commit,
};

void
cw_redis_get_stats(const void *opaque, struct cw_redis_stats *out)
{
    struct cw_redis *self = (struct cw_redis *)(uintptr_t)opaque;
    (void)pthread_mutex_lock(&self->lock);
    *out = self->stats;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        out->appended[i] = cw_spool_next_number(self->streams[i].spool);
    }
    (void)pthread_mutex_unlock(&self->lock);
}

/* ---- open ---- */

static const uint64_t MAXLENS[CAMWATCH_N_STREAMS] = {
    [CAMWATCH_STREAM_ALERTS] = 100000,
    [CAMWATCH_STREAM_DEVICES] = 100000,
    [CAMWATCH_STREAM_FLOWS] = 1000000,
    [CAMWATCH_STREAM_STATS] = 100000,
};

CW_EXPORT void
camwatch_redis_settings_default(struct camwatch_redis_settings *settings)
{
    *settings = (struct camwatch_redis_settings){
        .size = sizeof(*settings),
        .url = "redis://127.0.0.1",
        .timeout_ms = 2000,
        .wait_ms = 60000,
        .fsync = CAMWATCH_FSYNC_INTERVAL,
        .lease_ms = 10000,
        .list_max = LIST_MAX,
    };
    memcpy(settings->maxlen, MAXLENS, sizeof(settings->maxlen));
}

static void
init_locks(struct cw_redis *self)
{
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&self->work, &monotonic);
    (void)pthread_cond_init(&self->progress, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    (void)pthread_mutex_init(&self->lock, NULL);
}

static void
init_owner(struct cw_redis *self, const struct camwatch_redis_settings *settings)
{
    char host[65] = "";
    (void)gethostname(host, sizeof(host) - 1);
    (void)cw_redis_key(self->sensor, "owner", self->owner.key);
    (void)snprintf(self->owner.token, sizeof(self->owner.token), "%s@%s:%ld", self->boot_id,
                   host, (long)getpid());
    self->owner.lease_ms = settings->lease_ms ? settings->lease_ms : 10000;
}

static void
init_settings(struct cw_redis *self, const struct camwatch_redis_settings *settings)
{
    cw_text_set(self->sensor, sizeof(self->sensor), settings->sensor);
    cw_text_set(self->boot_id, sizeof(self->boot_id),
                settings->boot_id ? settings->boot_id : "none");
    self->wait = settings->wait;
    self->wait_ms = settings->wait_ms ? settings->wait_ms : 60000;
    self->with_json = settings->with_json;
    self->has_list = settings->list;
    self->list_max = settings->list_max ? settings->list_max : LIST_MAX;
    if (settings->list) {
        (void)cw_redis_key(self->sensor, settings->list, self->list_key);
    }
    self->fsync = settings->spool_folder ? settings->fsync : CAMWATCH_FSYNC_NONE;
    self->clock_ms = settings->clock_ms;
    self->clock_user = settings->clock_user;
    self->spool_bytes = settings->spool_bytes    ? settings->spool_bytes
                        : settings->spool_folder ? SPOOL_DISK
                                                 : SPOOL_MEMORY;
    self->awaits_commit = settings->awaits_commit && settings->spool_folder;
    self->folder = (struct cw_spool_folder){.fd = -1, .lock = -1};
    self->commit.cursor.fd = -1;
    self->random = (unsigned)cw_redis_now();
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        self->streams[i].cursor.fd = -1;
    }
}

static uint64_t
segment_bytes(const struct cw_redis *self)
{
    uint64_t bytes = self->spool_bytes / SEGMENTS;
    return bytes < SEGMENT_MIN ? SEGMENT_MIN : bytes;
}

static int
open_streams(struct cw_redis *self, const struct camwatch_redis_settings *settings,
             struct camwatch_error *error)
{
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        int status = cw_redis_stream_open(
            &self->streams[i],
            &(struct cw_redis_stream_settings){
                .folder = self->folder.fd,
                .name = camwatch_stream_text(i),
                .sensor = self->sensor,
                .maxlen = settings->maxlen[i] ? settings->maxlen[i] : MAXLENS[i],
                .max_age_s = settings->max_age_s[i],
                .segment_bytes = segment_bytes(self),
                .is_synced = self->fsync != CAMWATCH_FSYNC_NONE,
                .is_strict = self->fsync == CAMWATCH_FSYNC_STRICT,
            },
            error);
        if (status != CAMWATCH_OK) {
            return status;
        }
    }
    self->account.given = self->stats.recovered = count_pending(self);
    if (!self->awaits_commit) {
        cw_redis_commit_forget(self->folder.fd);
    } else if (!cw_redis_commit_open(&self->commit, self->folder.fd, self->streams)) {
        (void)snprintf(error->text, sizeof(error->text), "spool, commit: %s", strerror(errno));
        return CAMWATCH_EIO;
    }
    return CAMWATCH_OK;
}

/* A server that is away is waited for: events go to the spool, in memory or on disk. One that answers and
 * refuses is an error, and so is an absent one for a replay, which ends and has nothing to wait with. */
static int
start(struct cw_redis *self, const struct camwatch_redis_settings *settings,
      struct camwatch_error *error)
{
    int status = cw_redis_sender_start(self, error);
    if (status == CAMWATCH_EIO && (!self->wait || settings->spool_folder)) {
        cw_text_set(self->account.last_error, sizeof(self->account.last_error), error->text);
        cw_redis_notice(self, 3, "redis-away", error->text);
        self->is_away = true;
        error->text[0] = '\0';
        status = CAMWATCH_OK;
    }
    if (status != CAMWATCH_OK) {
        return status;
    }
    cw_spool_folder_sign(&self->folder, self->owner.token);
    return start_thread(self) ? CAMWATCH_OK : CAMWATCH_ENOMEM;
}

static int
open_sink(struct cw_redis *self, const struct camwatch_redis_settings *settings,
          struct camwatch_error *error)
{
    int status = cw_redis_route_init(settings, &self->route, error);
    if (status != CAMWATCH_OK) {
        return status;
    }
    self->encoded = malloc(CW_SPOOL_PAYLOAD_MAX);
    if (!self->encoded || !cw_redis_state_init(&self->state, CW_REDIS_STATE_BYTES)) {
        return CAMWATCH_ENOMEM;
    }
    status = cw_spool_folder_open(&self->folder, settings->spool_folder, self->sensor,
                                  self->owner.before, sizeof(self->owner.before), error);
    if (status == CAMWATCH_OK) {
        status = open_streams(self, settings, error);
    }
    return status == CAMWATCH_OK ? start(self, settings, error) : status;
}

/* Not one that has another meaning (docs/redis.md, Keys). */
static bool
list_is_good(const char *list)
{
    bool is_taken = strcmp(list, "index") == 0 || strcmp(list, "sensor") == 0 ||
                    strcmp(list, "owner") == 0;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        is_taken = is_taken || strcmp(list, camwatch_stream_text(i)) == 0;
    }
    return cw_redis_sensor_is_good(list) && !is_taken;
}

int
cw_redis_open(const struct camwatch_redis_settings *settings, struct cw_sink *out,
              struct camwatch_error *error)
{
    if (!settings->sensor || !cw_redis_sensor_is_good(settings->sensor)) {
        (void)snprintf(error->text, sizeof(error->text),
                       "name of the sensor: 1 to %d letters, digits and ._- for Redis",
                       CW_REDIS_SENSOR_MAX);
        return CAMWATCH_EINVAL;
    }
    if (settings->list && !list_is_good(settings->list)) {
        (void)snprintf(error->text, sizeof(error->text),
                       "list for Redis: letters, digits and ._-, and no other key of camwatch");
        return CAMWATCH_EINVAL;
    }
    struct cw_redis *self = calloc(1, sizeof(*self));
    if (!self) {
        return CAMWATCH_ENOMEM;
    }
    init_locks(self);
    init_settings(self, settings);
    init_owner(self, settings);
    int status = open_sink(self, settings, error);
    if (status != CAMWATCH_OK) {
        release(self);
        return status;
    }
    *out = (struct cw_sink){.ops = &OPS, .self = self};
    return CAMWATCH_OK;
}
