/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink/redis.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hiredis.h>

#include "base/export.h"
#include "base/text.h"
#include "sink/redis_batch.h"
#include "sink/redis_keys.h"
#include "sink/redis_link.h"

#define NS_PER_MS      INT64_C(1000000)
#define BACKOFF_MIN_MS 50
#define BACKOFF_MAX_MS 5000
#define STATE_BYTES    (1024u * 1024)

struct stream {
    char key[CW_REDIS_KEY_MAX];
    uint64_t maxlen;
    struct cw_redis_queue queue;
    uint32_t in_doubt;             /* oldest events that were sent when the connection broke */
    char last_id[CW_REDIS_ID_MAX]; /* event.id of the last entry that is known to be in */
};

struct redis {
    struct cw_redis_target target;
    char sensor[CW_REDIS_SENSOR_MAX + 1];
    bool wait;
    bool gave_up; /* waited in vain: no more waiting until something goes through */
    uint32_t wait_ms;
    struct redisContext *link; /* NULL: not connected */
    uint32_t backoff_ms;
    int64_t next_try_ns; /* CLOCK_MONOTONIC */
    struct stream streams[CAMWATCH_N_STREAMS];
    char *state_bytes; /* owned */
    struct cw_resp state;
    unsigned n_state;
    struct camwatch_sink_account account;
    struct cw_redis_stats stats;
};

/* The sink's waiting is the only clock here: it has nothing to do with the packets' time. */
static int64_t
now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 * NS_PER_MS + t.tv_nsec;
}

static void
sleep_until(int64_t at_ns)
{
    int64_t ns = at_ns - now_ns();
    if (ns > 0) {
        const struct timespec t = {.tv_sec = (time_t)(ns / (1000 * NS_PER_MS)),
                                   .tv_nsec = (long)(ns % (1000 * NS_PER_MS))};
        (void)nanosleep(&t, NULL);
    }
}

static void
back_off(struct redis *self)
{
    self->backoff_ms = self->backoff_ms ? self->backoff_ms * 2 : BACKOFF_MIN_MS;
    if (self->backoff_ms > BACKOFF_MAX_MS) {
        self->backoff_ms = BACKOFF_MAX_MS;
    }
    self->next_try_ns = now_ns() + self->backoff_ms * NS_PER_MS;
}

static void
note(struct redis *self, const char *text)
{
    cw_text_set(self->account.last_error, sizeof(self->account.last_error), text);
}

static void
note_server_error(struct redis *self, const char *key, const struct cw_redis_batch *batch)
{
    char text[400];
    (void)snprintf(text, sizeof(text), "%.60s: %.60s: %s", key, batch->error_text,
                   cw_redis_error_help(batch->error));
    note(self, text);
}

static void
disconnect(struct redis *self)
{
    cw_redis_link_close(&self->link);
    back_off(self);
}

static bool
reconnect(struct redis *self)
{
    struct camwatch_error error;
    enum cw_redis_error refused = CW_N_REDIS_ERRORS;
    if (cw_redis_link_open(&self->target, &self->link, &refused, &error) == CAMWATCH_OK) {
        self->stats.connects++;
        return true;
    }
    if (refused < CW_N_REDIS_ERRORS) {
        self->stats.errors[refused]++;
    }
    note(self, error.text);
    back_off(self);
    return false;
}

static void
remember_last(struct stream *stream, const char *id)
{
    (void)snprintf(stream->last_id, sizeof(stream->last_id), "%s", id);
}

static void
succeed(struct redis *self, uint32_t delivered)
{
    self->account.delivered += delivered;
    self->backoff_ms = 0;
    self->next_try_ns = 0;
    self->gave_up = false;
}

/* What the last entry of the stream says of the events in doubt: EXEC is one act, so either all of
 * them went in, and the last is the stream's last, or none did. */
static void
settle_doubt(struct redis *self, struct stream *stream, enum cw_redis_last last, const char *id)
{
    uint32_t n = stream->in_doubt;
    const char *wanted = cw_redis_queue_id(&stream->queue, n - 1);
    bool is_telling = strcmp(wanted, stream->last_id) != 0; /* a replay sent twice ends alike */
    stream->in_doubt = 0;
    if (last == CW_REDIS_LAST_FOUND && is_telling && strcmp(id, wanted) == 0) {
        remember_last(stream, id);
        cw_redis_queue_drop(&stream->queue, n, NULL);
        succeed(self, n);
        return;
    }
    self->stats.resent += n;
    if (last == CW_REDIS_LAST_ERROR || !is_telling) {
        self->stats.doubtful += n;
    } else if (strcmp(id, stream->last_id) != 0) {
        self->stats.doubtful += n;
        self->stats.lost_after_ack++;
        note(self,
             "the stream's end is not what was delivered last: another writer, or the server "
             "lost data that it had acknowledged");
        remember_last(stream, id);
    }
}

/* False when the connection broke again. */
static bool
prove(struct redis *self, struct stream *stream)
{
    char id[CW_REDIS_ID_MAX];
    enum cw_redis_error error = CW_REDIS_ERROR_OTHER;
    if (stream->in_doubt == 0) {
        return true;
    }
    enum cw_redis_last last = cw_redis_last_id(self->link, stream->key, id, &error);
    if (last == CW_REDIS_LAST_CUT) {
        disconnect(self);
        return false;
    }
    if (last == CW_REDIS_LAST_ERROR) {
        self->stats.errors[error]++;
        if (cw_redis_error_reaction(error) != CW_REDIS_REFUSE) { /* it will say later */
            disconnect(self);
            return false;
        }
    }
    settle_doubt(self, stream, last, id);
    return true;
}

static void
finish_done(struct redis *self, struct stream *stream, const struct cw_redis_batch *batch)
{
    if (batch->delivered > 0) {
        remember_last(stream, cw_redis_queue_id(&stream->queue, batch->last_delivered));
        succeed(self, batch->delivered);
    }
    self->account.refused += batch->refused;
    self->stats.batches++;
    cw_redis_queue_drop(&stream->queue, batch->n, batch->keep);
    if (batch->kept > 0) {
        back_off(self);
    }
}

/* The transaction was not run: what now follows from the first error. */
static void
finish_aborted(struct redis *self, struct stream *stream, const struct cw_redis_batch *batch)
{
    enum cw_redis_reaction reaction =
        batch->has_error ? cw_redis_error_reaction(batch->error) : CW_REDIS_RECONNECT;
    switch (reaction) {
    case CW_REDIS_REFUSE:
        self->account.refused += batch->n;
        cw_redis_queue_drop(&stream->queue, batch->n, NULL);
        break;
    case CW_REDIS_RECONNECT:
        disconnect(self);
        break;
    case CW_REDIS_RETRY:
        back_off(self);
        break;
    }
}

/* One batch of one stream. False when there is nothing to do before the next try. */
static bool
deliver_batch(struct redis *self, struct stream *stream)
{
    struct cw_redis_batch batch;
    if (!prove(self, stream)) {
        return false;
    }
    if (stream->queue.n == 0) {
        return true;
    }
    cw_redis_batch_run(self->link, &stream->queue, &batch);
    for (unsigned i = 0; i < CW_N_REDIS_ERRORS; i++) {
        self->stats.errors[i] += batch.errors[i];
    }
    if (batch.has_error) {
        note_server_error(self, stream->key, &batch);
    }
    switch (batch.end) {
    case CW_REDIS_BATCH_DONE:
        finish_done(self, stream, &batch);
        return batch.kept == 0;
    case CW_REDIS_BATCH_ABORTED:
        finish_aborted(self, stream, &batch);
        return self->next_try_ns == 0;
    case CW_REDIS_BATCH_CUT:
        break;
    }
    stream->in_doubt = batch.n;
    note(self, cw_redis_link_error(self->link));
    disconnect(self);
    return false;
}

static uint64_t
count_pending(const struct redis *self)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        n += self->streams[i].queue.n;
    }
    return n;
}

/* Everything that can go now, alerts first. True when nothing is left. */
static bool
deliver_now(struct redis *self)
{
    if (now_ns() < self->next_try_ns || (!self->link && !reconnect(self))) {
        return false;
    }
    self->next_try_ns = 0;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        while (self->streams[i].queue.n > 0) {
            if (!deliver_batch(self, &self->streams[i])) {
                return false;
            }
        }
    }
    return true;
}

/* The same, waiting for the server where that was asked for. */
static bool
deliver(struct redis *self)
{
    int64_t deadline = now_ns() + self->wait_ms * NS_PER_MS;
    uint64_t before = count_pending(self);
    while (!deliver_now(self)) {
        if (!self->wait || self->gave_up) {
            return false;
        }
        uint64_t pending = count_pending(self);
        if (pending < before) { /* it moves: wait on */
            before = pending;
            deadline = now_ns() + self->wait_ms * NS_PER_MS;
        }
        if (now_ns() >= deadline) {
            self->gave_up = true;
            return false;
        }
        sleep_until(self->next_try_ns < deadline ? self->next_try_ns : deadline);
    }
    return true;
}

static void
drop_state(struct redis *self, bool is_lost)
{
    self->stats.state_failed += is_lost ? self->n_state : 0;
    self->n_state = 0;
    self->state = (struct cw_resp){.bytes = self->state_bytes, .size = STATE_BYTES};
}

/* State is of the present: what cannot be said now is not said later. */
static void
deliver_state(struct redis *self)
{
    if (self->n_state == 0) {
        return;
    }
    if (!self->link || !cw_redis_link_send(self->link, self->state.bytes, self->state.used)) {
        drop_state(self, true);
        return;
    }
    for (; self->n_state > 0; self->n_state--) {
        redisReply *reply = cw_redis_link_reply(self->link);
        if (!reply) {
            note(self, cw_redis_link_error(self->link));
            disconnect(self);
            drop_state(self, true);
            return;
        }
        if (reply->type == REDIS_REPLY_ERROR) {
            self->stats.errors[cw_redis_error_class(reply->str, reply->len)]++;
            self->stats.state_failed++;
        }
        cw_redis_reply_free(reply);
    }
    drop_state(self, false);
}

static void
add_state(struct redis *self, const struct camwatch_event *event)
{
    size_t before = self->state.used;
    unsigned n = cw_redis_put_state(&self->state, self->sensor, event);
    if (self->state.is_full) {
        self->state.used = before;
        drop_state(self, true);
        self->stats.state_failed += n;
        return;
    }
    self->n_state += n;
}

static bool
enqueue(struct stream *stream, const struct camwatch_event *event)
{
    struct cw_resp room = cw_redis_queue_room(&stream->queue);
    cw_redis_put_xadd(&room, stream->key, stream->maxlen, event);
    return cw_redis_queue_add(&stream->queue, &room,
                              camwatch_event_text(event, CAMWATCH_FIELD_EVENT_ID));
}

static void
emit(void *opaque, const struct camwatch_event *event)
{
    struct redis *self = opaque;
    struct stream *stream = &self->streams[camwatch_event_get_stream(event)];
    self->account.given++;
    bool is_in = enqueue(stream, event);
    if (!is_in) {
        (void)deliver(self);
        is_in = enqueue(stream, event);
    }
    if (!is_in) {
        self->account.lost++;
        return;
    }
    add_state(self, event);
    if (stream->queue.n % CW_REDIS_BATCH_EVENTS == 0) {
        (void)deliver_now(self);
    }
}

static int
flush(void *opaque)
{
    struct redis *self = opaque;
    bool is_done = deliver(self);
    if (is_done) {
        deliver_state(self);
    } else {
        drop_state(self, true);
    }
    return is_done ? CAMWATCH_OK : CAMWATCH_EAGAIN;
}

static void
account(void *opaque, struct camwatch_sink_account *out)
{
    const struct redis *self = opaque;
    *out = self->account;
    out->size = sizeof(*out);
    out->pending = count_pending(self);
}

static void
release(struct redis *self)
{
    cw_redis_link_close(&self->link);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        cw_redis_queue_fini(&self->streams[i].queue);
    }
    cw_redis_target_wipe(&self->target);
    free(self->state_bytes);
    free(self);
}

static void
close_sink(void *opaque)
{
    struct redis *self = opaque;
    self->wait = false;
    (void)flush(self);
    release(self);
}

static const struct camwatch_sink_ops OPS = {
    .size = sizeof(OPS),
    .name = "redis",
    .emit = emit,
    .flush = flush,
    .account = account,
    .close = close_sink,
};

static const uint64_t MAXLENS[CAMWATCH_N_STREAMS] = {
    [CAMWATCH_STREAM_ALERTS] = 100000,
    [CAMWATCH_STREAM_DEVICES] = 100000,
    [CAMWATCH_STREAM_FLOWS] = 1000000,
    [CAMWATCH_STREAM_STATS] = 100000,
};

CW_EXPORT void
camwatch_redis_settings_default(struct camwatch_redis_settings *settings)
{
    *settings = (struct camwatch_redis_settings){.size = sizeof(*settings),
                                                 .url = "redis://127.0.0.1",
                                                 .timeout_ms = 2000,
                                                 .wait_ms = 60000};
    memcpy(settings->maxlen, MAXLENS, sizeof(settings->maxlen));
}

static bool
init_streams(struct redis *self, const struct camwatch_redis_settings *settings)
{
    bool is_good = true;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct stream *stream = &self->streams[i];
        (void)cw_redis_key(self->sensor, camwatch_stream_text(i), stream->key);
        stream->maxlen = settings->maxlen[i] ? settings->maxlen[i] : MAXLENS[i];
        is_good = cw_redis_queue_init(&stream->queue) && is_good;
    }
    self->state_bytes = malloc(STATE_BYTES);
    drop_state(self, false);
    return is_good && self->state_bytes;
}

/* Where each stream ends now; the first that cannot be used is an error at once. */
static int
find_ends(struct redis *self, struct camwatch_error *error)
{
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct stream *stream = &self->streams[i];
        enum cw_redis_error class = CW_REDIS_ERROR_OTHER;
        enum cw_redis_last last =
            cw_redis_last_id(self->link, stream->key, stream->last_id, &class);
        if (last == CW_REDIS_LAST_CUT) {
            (void)snprintf(error->text, sizeof(error->text), "Redis at %.200s: %.100s",
                           self->target.address.shown, cw_redis_link_error(self->link));
            return CAMWATCH_EIO;
        }
        if (last == CW_REDIS_LAST_ERROR) {
            (void)snprintf(error->text, sizeof(error->text), "Redis at %.200s: %.200s: %s: %s",
                           self->target.address.shown, stream->key, cw_redis_error_name(class),
                           cw_redis_error_help(class));
            return CAMWATCH_EREFUSED;
        }
    }
    return CAMWATCH_OK;
}

static int
open_sink(struct redis *self, const struct camwatch_redis_settings *settings,
          struct camwatch_error *error)
{
    int status = cw_redis_target_init(settings, &self->target, error);
    if (status != CAMWATCH_OK) {
        return status;
    }
    if (!init_streams(self, settings)) {
        return CAMWATCH_ENOMEM;
    }
    status = cw_redis_link_open(&self->target, &self->link, NULL, error);
    self->stats.connects = 1;
    return status == CAMWATCH_OK ? find_ends(self, error) : status;
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
    struct redis *self = calloc(1, sizeof(*self));
    if (!self) {
        return CAMWATCH_ENOMEM;
    }
    (void)snprintf(self->sensor, sizeof(self->sensor), "%s", settings->sensor);
    self->wait = settings->wait;
    self->wait_ms = settings->wait_ms ? settings->wait_ms : 60000;
    int status = open_sink(self, settings, error);
    if (status != CAMWATCH_OK) {
        release(self);
        return status;
    }
    *out = (struct cw_sink){.ops = &OPS, .self = self};
    return CAMWATCH_OK;
}

void
cw_redis_get_stats(const void *self, struct cw_redis_stats *out)
{
    *out = ((const struct redis *)self)->stats;
}
