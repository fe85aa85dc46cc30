/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <hiredis.h>

#include "sink/redis_sender.h"

#define HOLD_NS      (5 * NS_PER_S)
#define AHEAD_EVENTS (CW_REDIS_BATCH_EVENTS / 2) /* that are worth a MULTI of their own now */

/* ---- whose turn it is ---- */

struct cw_redis_stream *
cw_redis_choose_stream(struct cw_redis *self, int64_t now)
{
    struct cw_redis_stream *found = NULL;
    cw_redis_lock(self);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS && !found; i++) {
        struct cw_redis_stream *stream = &self->streams[i];
        if (now >= stream->hold_until_ns && cw_redis_stream_ready(stream) > 0) {
            found = stream;
        }
    }
    cw_redis_unlock(self);
    return found;
}

struct cw_redis_stream *
cw_redis_choose_doubtful(struct cw_redis *self, int64_t now)
{
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct cw_redis_stream *stream = &self->streams[i];
        if (stream->must_prove && now >= stream->hold_until_ns) {
            return stream;
        }
    }
    return NULL;
}

/* ---- a batch ---- */

uint64_t
cw_redis_wall_ms(struct cw_redis *self)
{
    int64_t ms = self->clock_ms ? self->clock_ms(self->clock_user) : self->event_ms;
    return ms > 0 ? (uint64_t)ms : 0;
}

static void
set_list(const struct cw_redis *self, struct cw_redis_load *load)
{
    load->list_key = self->has_list ? self->list_key : NULL;
    load->list_max = self->list_max;
    load->with_json = self->with_json;
}

/* IDs are written down before EXEC is sent, without which none of them is given. */
static void
save_ids(struct cw_redis *self, struct cw_redis_stream *stream)
{
    if (!cw_redis_save_stream(self, stream)) {
        cw_redis_lock(self);
        self->stats.unsaved++; /* a full disk: after a crash now, these may come twice */
        cw_redis_unlock(self);
    }
}

static bool
queue(struct cw_redis *self, struct cw_redis_flight *flight)
{
    int64_t now = cw_redis_now();
    set_list(self, &flight->load);
    flight->is_queued = cw_redis_batch_queue(self->link, &flight->load, &self->owner,
                                             now >= self->owner.renew_at_ns, now,
                                             self->batch_bytes, &flight->queued);
    return flight->is_queued;
}

/* The oldest records with IDs; 0: there are none. */
static uint32_t
load_batch(struct cw_redis *self, struct cw_redis_stream *stream,
           struct cw_redis_flight *flight)
{
    bool is_exhausted;
    flight->stream = stream;
    cw_redis_lock(self);
    uint64_t damaged = stream->damaged;
    uint32_t n = cw_redis_stream_load(stream, cw_redis_wall_ms(self), self->read_bytes,
                                      CW_REDIS_READ_BYTES, flight->records, &flight->load,
                                      &is_exhausted);
    self->account.lost += stream->damaged - damaged;
    self->stats.damaged += stream->damaged - damaged;
    cw_redis_unlock(self);
    if (is_exhausted) {
        (void)cw_redis_react(self, stream, stream->key, CW_REDIS_ERROR_ID_EXHAUSTED,
                             "no IDs are left");
    }
    return n;
}

/* ---- the batch behind the one under way ---- */

/* Whose batch is the next, if nothing else has to be said first and it is worth the while. Where
 * there are few, more will have come when the one under way is done. */
static struct cw_redis_stream *
choose_next(struct cw_redis *self, const struct cw_redis_stream *now_sent, int64_t now)
{
    struct cw_redis_stream *found = NULL;
    bool is_busy = self->owner.asks || now >= self->confirm_at_ns || now >= self->trim_at_ns ||
                   cw_redis_choose_doubtful(self, now);
    uint64_t n = 0;
    cw_redis_lock(self);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS && n == 0 && !is_busy; i++) {
        struct cw_redis_stream *stream = &self->streams[i];
        bool is_under_way = stream == now_sent;
        n = is_under_way || now >= stream->hold_until_ns
                ? cw_redis_stream_ready_next(stream, is_under_way)
                : 0;
        found = n >= AHEAD_EVENTS ? stream : NULL;
    }
    cw_redis_unlock(self);
    return found;
}

/* Its MULTI and XADDs, so that the server has work while we read what it says. */
static void
queue_next(struct cw_redis *self, struct cw_redis_stream *stream, struct cw_redis_flight *next)
{
    next->stream = stream;
    cw_redis_lock(self);
    uint32_t n = cw_redis_stream_look_ahead(stream, cw_redis_wall_ms(self), self->read_bytes,
                                            CW_REDIS_READ_BYTES, next->records, &next->load);
    cw_redis_unlock(self);
    (void)(n > 0 && queue(self, next));
}

/* It was built on what did not come true. */
void
cw_redis_drop_ahead(struct cw_redis *self)
{
    struct cw_redis_flight *next = &self->flights[self->flight];
    if (next->is_queued) {
        next->is_queued = false;
        self->is_armed = false;
        if (!cw_redis_batch_discard(self->link, &next->queued)) {
            cw_redis_hang_up(
                self); /* an ACL without DISCARD: a new connection has no open MULTI */
        }
        self->owner.renew_at_ns = 0; /* it may have carried the renewal */
        cw_redis_lock(self);
        self->stats.discards++;
        cw_redis_unlock(self);
    }
}

/* ---- how it ended ---- */

static void
finish_done(struct cw_redis *self, struct cw_redis_stream *stream,
            const struct cw_redis_load *load, const struct cw_redis_batch *batch)
{
    cw_redis_lock(self);
    cw_redis_stream_settle(stream, load, batch, cw_redis_now());
    self->account.delivered += batch->delivered;
    self->account.refused += batch->refused;
    self->stats.batches++;
    self->stats.list_failed += batch->list_failed;
    (void)pthread_cond_broadcast(&self->progress);
    cw_redis_unlock(self);
    if (batch->delivered > 0) {
        self->backoff_ms = 0;
        cw_redis_route_settle(&self->route);
    }
    stream->must_prove = batch->must_prove && batch->kept > 0;
    if (batch->has_error) {
        cw_redis_note_error(self, batch->is_of_list ? self->list_key : stream->key,
                            batch->error, batch->error_text);
    }
    if (batch->kept > 0 && !batch->must_prove) {
        stream->hold_until_ns = cw_redis_now() + HOLD_NS;
    }
}

/* Nothing of it was applied. */
static bool
finish_aborted(struct cw_redis *self, struct cw_redis_stream *stream,
               const struct cw_redis_batch *batch)
{
    stream->must_prove = stream->must_prove || batch->must_prove;
    if (!batch->has_error) {
        return true; /* WATCH: prove, then again */
    }
    return cw_redis_react(self, stream, stream->key, batch->error, batch->error_text);
}

static void
count_errors(struct cw_redis *self, const struct cw_redis_batch *batch)
{
    cw_redis_lock(self);
    for (unsigned i = 0; i < CW_N_REDIS_ERRORS; i++) {
        bool is_told_later = batch->end == CW_REDIS_BATCH_ABORTED && batch->has_error &&
                             i == (unsigned)batch->error && batch->errors[i] > 0;
        self->stats.errors[i] += batch->errors[i] - is_told_later;
    }
    cw_redis_unlock(self);
}

/* @return false: nothing more can be done now */
static bool
finish(struct cw_redis *self, struct cw_redis_stream *stream, const struct cw_redis_load *load,
       const struct cw_redis_batch *batch)
{
    switch (batch->end) {
    case CW_REDIS_BATCH_DONE:
        finish_done(self, stream, load, batch);
        return true;
    case CW_REDIS_BATCH_ABORTED:
        return finish_aborted(self, stream, batch);
    case CW_REDIS_BATCH_CUT:
        break;
    }
    cw_redis_note(self, cw_redis_link_error(self->link));
    cw_redis_lock(self);
    self->stats.cuts++;
    cw_redis_unlock(self);
    cw_redis_disconnect(self);
    return false;
}

/* EXEC, then the next batch into the queue, then the replies. */
static bool
execute(struct cw_redis *self, struct cw_redis_flight *flight)
{
    struct cw_redis_batch batch = {.end = CW_REDIS_BATCH_CUT};
    struct cw_redis_stream *stream = flight->stream;
    struct cw_redis_stream *next = choose_next(self, stream, cw_redis_now());
    flight->is_queued = false;
    save_ids(self, stream);
    if (cw_redis_batch_exec(self->link, &self->owner, next ? next->key : stream->key) &&
        cw_redis_link_flush(self->link)) {
        self->flight ^= 1;
        if (next) {
            queue_next(self, next, &self->flights[self->flight]);
        }
        cw_redis_batch_read(self->link, &flight->load, &flight->queued, &self->owner, &batch);
    }
    count_errors(self, &batch);
    self->is_armed = batch.is_armed;
    bool is_clean = batch.end == CW_REDIS_BATCH_DONE && batch.is_armed && !batch.must_prove &&
                    !batch.has_error && batch.refused + batch.kept == 0;
    if (!is_clean && batch.end != CW_REDIS_BATCH_CUT) {
        cw_redis_drop_ahead(self);
    }
    return finish(self, stream, &flight->load, &batch);
}

bool
cw_redis_deliver(struct cw_redis *self, struct cw_redis_stream *stream)
{
    struct cw_redis_flight *flight = &self->flights[self->flight];
    if (stream->must_prove || !self->is_armed) {
        return cw_redis_prove_stream(self, stream);
    }
    if (load_batch(self, stream, flight) == 0) {
        return true;
    }
    (void)queue(self, flight); /* where that fails the link is broken, which execute meets */
    return execute(self, flight);
}

/* Only now it has its IDs. */
bool
cw_redis_deliver_ahead(struct cw_redis *self)
{
    struct cw_redis_flight *flight = &self->flights[self->flight];
    cw_redis_lock(self);
    cw_redis_stream_begin(flight->stream, &flight->load);
    self->stats.ahead++;
    cw_redis_unlock(self);
    return execute(self, flight);
}
