/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <hiredis.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "sink/redis_self.h"
#include "sink/redis_trim.h"

#define NS_PER_MS      INT64_C(1000000)
#define NS_PER_S       (1000 * NS_PER_MS)
#define BACKOFF_MIN_MS 50u
#define BACKOFF_MAX_MS 5000u
#define HOLD_NS        (5 * NS_PER_S)
#define SPLIT_NS       (NS_PER_S / 5)  /* keys of one stream on two nodes of a cluster */
#define TAIL_NS        (10 * NS_PER_S) /* as long as acknowledged batches can be sent again */
#define CONFIRM_NS     NS_PER_S
#define TRIM_NS        (10 * NS_PER_S)
#define TELL_NS        (60 * NS_PER_S)
#define AHEAD_EVENTS   (CW_REDIS_BATCH_EVENTS / 2) /* that are worth a MULTI of their own now */
#define WRITTEN_EVENTS (4 * CW_REDIS_BATCH_EVENTS) /* the batch under way, the next, and some */
#define READ_BYTES     (CW_REDIS_BATCH_BYTES + CW_SPOOL_PAYLOAD_MAX)

int64_t
cw_redis_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static void
lock(struct cw_redis *self)
{
    (void)pthread_mutex_lock(&self->lock);
}

static void
unlock(struct cw_redis *self)
{
    (void)pthread_mutex_unlock(&self->lock);
}

/* ---- words for the operator ---- */

void
cw_redis_notice(struct cw_redis *self, unsigned severity, const char *name, const char *reason)
{
    if (self->n_notices == CW_REDIS_NOTICES) {
        memmove(self->notices, self->notices + 1,
                (CW_REDIS_NOTICES - 1) * sizeof(self->notices[0]));
        self->n_notices--;
    }
    struct camwatch_sink_notice *notice = &self->notices[self->n_notices++];
    *notice = (struct camwatch_sink_notice){.size = sizeof(*notice), .severity = severity};
    cw_text_set(notice->name, sizeof(notice->name), name);
    cw_text_set(notice->reason, sizeof(notice->reason), reason);
}

static void
note(struct cw_redis *self, const char *text)
{
    lock(self);
    cw_text_set(self->account.last_error, sizeof(self->account.last_error), text);
    unlock(self);
}

static void
note_alert(struct cw_redis *self, unsigned severity, const char *name, const char *text)
{
    lock(self);
    cw_text_set(self->account.last_error, sizeof(self->account.last_error), text);
    cw_redis_notice(self, severity, name, text);
    unlock(self);
}

/* One line a class a minute; the counters tell the rest. */
static void
note_error(struct cw_redis *self, const char *key, enum cw_redis_error error, const char *said)
{
    char text[400];
    int64_t now = cw_redis_now();
    (void)snprintf(text, sizeof(text), "%.60s: %.60s: %s", key, said,
                   cw_redis_error_help(error));
    note(self, text);
    if (self->told_ns[error] == 0 || now - self->told_ns[error] > TELL_NS) {
        self->told_ns[error] = now;
        lock(self);
        cw_redis_notice(self, 0, cw_redis_error_name(error), text);
        unlock(self);
    }
}

static void
count_error(struct cw_redis *self, enum cw_redis_error error)
{
    lock(self);
    self->stats.errors[error]++;
    unlock(self);
}

/* ---- waiting and connecting ---- */

/* Twice as long each time, between half and the whole of it: sensors that lost the same server
 * do not come back all at once. */
static void
back_off(struct cw_redis *self)
{
    uint32_t ms = self->backoff_ms ? self->backoff_ms * 2 : BACKOFF_MIN_MS;
    self->backoff_ms = ms > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : ms;
    self->random = self->random * 1103515245u + 12345u;
    uint32_t jitter = self->random / 65536u % (self->backoff_ms / 2 + 1);
    self->next_try_ns = cw_redis_now() + (self->backoff_ms - jitter) * NS_PER_MS;
}

static void
hang_up(struct cw_redis *self)
{
    cw_redis_link_close(&self->link);
    self->owner.asks = false;
    self->is_armed = false;
    self->flights[0].is_queued = self->flights[1].is_queued = false;
}

static void
disconnect(struct cw_redis *self)
{
    if (self->owner.asks) {
        cw_redis_route_forget(&self->route); /* who has the slot for good knows better by now */
    }
    hang_up(self);
    back_off(self);
}

/* An error that is not of one entry. @return false: nothing more can be done now */
static bool
react(struct cw_redis *self, struct cw_redis_stream *stream, const char *key,
      enum cw_redis_error error, const char *said)
{
    count_error(self, error);
    bool is_redirect = error == CW_REDIS_ERROR_MOVED || error == CW_REDIS_ERROR_ASK;
    if (is_redirect && cw_redis_route_move(&self->route, said)) {
        hang_up(self); /* the whole batch goes there */
        self->owner.asks = error == CW_REDIS_ERROR_ASK;
        cw_text_set(self->owner.asked, sizeof(self->owner.asked), key);
        lock(self);
        self->stats.moved++;
        unlock(self);
        return true;
    }
    note_error(self, key, error, said);
    self->is_armed = false;
    if (error == CW_REDIS_ERROR_TRYAGAIN && stream) { /* others may be there already */
        stream->must_prove = true;
        stream->hold_until_ns = cw_redis_now() + SPLIT_NS;
        return true;
    }
    switch (cw_redis_error_reaction(error)) {
    case CW_REDIS_RECONNECT:
        disconnect(self);
        return false;
    case CW_REDIS_RETRY:
        back_off(self);
        return false;
    case CW_REDIS_HOLD:
    case CW_REDIS_REFUSE:
        break;
    }
    if (!stream) {
        disconnect(self);
        return false;
    }
    stream->must_prove = true;
    stream->hold_until_ns = cw_redis_now() + HOLD_NS;
    return true;
}

/* The lease is somebody else's, or the server refuses. */
static bool
claim(struct cw_redis *self)
{
    enum cw_redis_error error = CW_REDIS_ERROR_OTHER;
    char said[320];
    self->is_armed = false;
    switch (
        cw_redis_owner_claim(self->link, &self->owner, cw_redis_now(), NULL, &error, said)) {
    case CW_REDIS_CLAIM_OURS:
        return true;
    case CW_REDIS_CLAIM_THEIRS:
        (void)snprintf(said, sizeof(said), "another publisher has the name %.60s: %.120s",
                       self->sensor, self->owner.other);
        if (!self->is_fenced) {
            note_alert(self, 4, "redis-owner", said);
        }
        self->is_fenced = true;
        disconnect(self);
        return false;
    case CW_REDIS_CLAIM_ERROR:
        return react(self, NULL, self->owner.key, error, said);
    case CW_REDIS_CLAIM_CUT:
        break;
    }
    note(self, cw_redis_link_error(self->link));
    disconnect(self);
    return false;
}

/* One line when a server goes, one when it is back: not one for each attempt. */
static void
tell_reach(struct cw_redis *self, bool is_away, const char *text)
{
    char line[400];
    if (self->is_away == is_away) {
        return;
    }
    self->is_away = is_away;
    if (is_away) {
        (void)snprintf(line, sizeof(line), "%.300s; events wait for it", text);
    } else {
        (void)snprintf(line, sizeof(line),
                       "Redis at %.200s: connected; what waited is sent now",
                       self->route.target.address.shown);
    }
    lock(self);
    cw_redis_notice(self, 0, is_away ? "redis-away" : "redis-back", line);
    unlock(self);
}

static bool
connect_and_claim(struct cw_redis *self)
{
    struct camwatch_error error;
    enum cw_redis_error refused = CW_N_REDIS_ERRORS;
    if (cw_redis_route_connect(&self->route, &self->link, &refused, &error) != CAMWATCH_OK) {
        self->owner.asks = false;
        if (refused < CW_N_REDIS_ERRORS) {
            count_error(self, refused);
        }
        note(self, error.text);
        tell_reach(self, true, error.text);
        back_off(self);
        return false;
    }
    lock(self);
    self->stats.connects++;
    unlock(self);
    if (!claim(self)) {
        return false;
    }
    if (self->link) { /* not sent on to another node */
        tell_reach(self, false, NULL);
        self->is_fenced = false;
        for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
            self->streams[i].must_prove = true;
        }
    }
    return true;
}

/* What is known of a stream goes to the disk without the lock: only this thread changes it. */
static bool
save(struct cw_redis *self, struct cw_redis_stream *stream)
{
    bool is_saved = cw_redis_stream_save(stream);
    if (is_saved) {
        lock(self);
        cw_redis_stream_release(stream);
        unlock(self);
    }
    return is_saved;
}

/* ---- proof ---- */

static void
tell_judgement(struct cw_redis *self, const struct cw_redis_stream *stream,
               const struct cw_redis_judgement *j)
{
    static const char *const names[] = {
        [CW_REDIS_FOREIGN] = "redis-foreign-writer",
        [CW_REDIS_ROLLED_BACK] = "redis-rolled-back",
        [CW_REDIS_GONE] = "redis-stream-gone",
    };
    static const char *const what[] = {
        [CW_REDIS_FOREIGN] = "somebody else writes to the stream",
        [CW_REDIS_ROLLED_BACK] = "the server lost entries that it had acknowledged",
        [CW_REDIS_GONE] = "the stream was deleted, or the server lost it",
    };
    char text[250];
    (void)snprintf(text, sizeof(text),
                   "%.80s: %s; sent again: %" PRIu64 ", lost for good: %" PRIu64, stream->key,
                   what[j->finding], j->n, j->lost);
    cw_text_set(self->account.last_error, sizeof(self->account.last_error), text);
    cw_redis_notice(self, 3, names[j->finding], text);
}

static uint64_t
at_most(uint64_t n, uint64_t max)
{
    return n < max ? n : max;
}

/* Under the lock. */
static void
count_judgement(struct cw_redis *self, const struct cw_redis_stream *stream,
                const struct cw_redis_judgement *j)
{
    struct camwatch_sink_account *a = &self->account;
    switch (j->finding) {
    case CW_REDIS_SAME:
        return;
    case CW_REDIS_ARRIVED:
        a->delivered += j->n;
        self->stats.proved += j->n;
        return;
    case CW_REDIS_FOREIGN:
        self->stats.foreign++;
        break;
    case CW_REDIS_ROLLED_BACK:
    case CW_REDIS_GONE: {
        self->stats.rolled_back += j->finding == CW_REDIS_ROLLED_BACK;
        self->stats.gone += j->finding == CW_REDIS_GONE;
        self->stats.replayed += j->n;
        self->stats.lost_after_ack += j->lost;
        uint64_t lost = at_most(j->lost, a->delivered > j->n ? a->delivered - j->n : 0);
        uint64_t again = at_most(j->n, a->delivered);
        a->given += j->n - again; /* of the process before us: now ours */
        a->delivered -= again + lost;
        a->lost += lost;
        a->lost_after_ack += lost;
        break;
    }
    }
    tell_judgement(self, stream, j);
}

/* False when nothing more can be done now. */
static bool
prove(struct cw_redis *self, struct cw_redis_stream *stream)
{
    struct cw_redis_proof proof;
    cw_redis_prove(self->link, &self->owner, stream->key, &proof);
    switch (proof.end) {
    case CW_REDIS_PROOF_FOUND:
    case CW_REDIS_PROOF_MISSING:
        break;
    case CW_REDIS_PROOF_FENCED:
        return claim(self); /* it may have run out while we were away */
    case CW_REDIS_PROOF_ERROR:
        return react(self, stream, stream->key, proof.error, proof.text);
    case CW_REDIS_PROOF_CUT:
        note(self, cw_redis_link_error(self->link));
        disconnect(self);
        return false;
    }
    lock(self);
    struct cw_redis_judgement j = cw_redis_stream_judge(stream, &proof, cw_redis_now());
    count_judgement(self, stream, &j);
    (void)pthread_cond_broadcast(&self->progress);
    unlock(self);
    (void)save(self, stream);
    self->is_armed = true;
    self->backoff_ms = 0;
    return true;
}

/* ---- whose turn it is ---- */

/* Alerts first: the first stream that has something and is not on hold. */
static struct cw_redis_stream *
choose_stream(struct cw_redis *self, int64_t now)
{
    struct cw_redis_stream *found = NULL;
    lock(self);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS && !found; i++) {
        struct cw_redis_stream *stream = &self->streams[i];
        if (now >= stream->hold_until_ns && cw_redis_stream_ready(stream) > 0) {
            found = stream;
        }
    }
    unlock(self);
    return found;
}

/* Streams that have nothing to send are looked at too, after a connect: what they lost is known
 * at once and not with their next event. */
static struct cw_redis_stream *
choose_doubtful(struct cw_redis *self, int64_t now)
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

static uint64_t
wall_ms(struct cw_redis *self)
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
    if (!save(self, stream)) {
        lock(self);
        self->stats.unsaved++; /* a full disk: after a crash now, these may come twice */
        unlock(self);
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
    lock(self);
    uint64_t damaged = stream->damaged;
    uint32_t n = cw_redis_stream_load(stream, wall_ms(self), self->read_bytes, READ_BYTES,
                                      flight->records, &flight->load, &is_exhausted);
    self->account.lost += stream->damaged - damaged;
    self->stats.damaged += stream->damaged - damaged;
    unlock(self);
    if (is_exhausted) {
        (void)react(self, stream, stream->key, CW_REDIS_ERROR_ID_EXHAUSTED, "no IDs are left");
    }
    return n;
}

/* ---- the batch behind the one under way ---- */

/* Whose batch is the next, if nothing else has to be said first and it is worth the while. Where there
 * are few, more will have come when the one under way is done. */
static struct cw_redis_stream *
choose_next(struct cw_redis *self, const struct cw_redis_stream *now_sent, int64_t now)
{
    struct cw_redis_stream *found = NULL;
    bool is_busy = self->owner.asks || now >= self->confirm_at_ns || now >= self->trim_at_ns ||
                   choose_doubtful(self, now);
    uint64_t n = 0;
    lock(self);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS && n == 0 && !is_busy; i++) {
        struct cw_redis_stream *stream = &self->streams[i];
        bool is_under_way = stream == now_sent;
        n = is_under_way || now >= stream->hold_until_ns
                ? cw_redis_stream_ready_next(stream, is_under_way)
                : 0;
        found = n >= AHEAD_EVENTS ? stream : NULL;
    }
    unlock(self);
    return found;
}

/* Its MULTI and XADDs, so that the server has work while we read what it says. */
static void
queue_next(struct cw_redis *self, struct cw_redis_stream *stream, struct cw_redis_flight *next)
{
    next->stream = stream;
    lock(self);
    uint32_t n = cw_redis_stream_look_ahead(stream, wall_ms(self), self->read_bytes, READ_BYTES,
                                            next->records, &next->load);
    unlock(self);
    (void)(n > 0 && queue(self, next));
}

/* It was built on what did not come true. */
static void
drop_next(struct cw_redis *self)
{
    struct cw_redis_flight *next = &self->flights[self->flight];
    if (next->is_queued) {
        next->is_queued = false;
        self->is_armed = false;
        if (!cw_redis_batch_discard(self->link, &next->queued)) {
            hang_up(self); /* an ACL without DISCARD: a new connection has no open MULTI */
        }
        self->owner.renew_at_ns = 0; /* it may have carried the renewal */
        lock(self);
        self->stats.discards++;
        unlock(self);
    }
}

/* ---- how it ended ---- */

static void
finish_done(struct cw_redis *self, struct cw_redis_stream *stream,
            const struct cw_redis_load *load, const struct cw_redis_batch *batch)
{
    lock(self);
    cw_redis_stream_settle(stream, load, batch, cw_redis_now());
    self->account.delivered += batch->delivered;
    self->account.refused += batch->refused;
    self->stats.batches++;
    self->stats.list_failed += batch->list_failed;
    (void)pthread_cond_broadcast(&self->progress);
    unlock(self);
    if (batch->delivered > 0) {
        self->backoff_ms = 0;
        cw_redis_route_settle(&self->route);
    }
    stream->must_prove = batch->must_prove && batch->kept > 0;
    if (batch->has_error) {
        note_error(self, batch->is_of_list ? self->list_key : stream->key, batch->error,
                   batch->error_text);
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
    return react(self, stream, stream->key, batch->error, batch->error_text);
}

static void
count_errors(struct cw_redis *self, const struct cw_redis_batch *batch)
{
    lock(self);
    for (unsigned i = 0; i < CW_N_REDIS_ERRORS; i++) {
        bool is_told_later = batch->end == CW_REDIS_BATCH_ABORTED && batch->has_error &&
                             i == (unsigned)batch->error && batch->errors[i] > 0;
        self->stats.errors[i] += batch->errors[i] - is_told_later;
    }
    unlock(self);
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
    note(self, cw_redis_link_error(self->link));
    lock(self);
    self->stats.cuts++;
    unlock(self);
    disconnect(self);
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
        drop_next(self);
    }
    return finish(self, stream, &flight->load, &batch);
}

/* @return false: nothing more can be done now */
static bool
deliver_batch(struct cw_redis *self, struct cw_redis_stream *stream)
{
    struct cw_redis_flight *flight = &self->flights[self->flight];
    if (stream->must_prove || !self->is_armed) {
        return prove(self, stream);
    }
    if (load_batch(self, stream, flight) == 0) {
        return true;
    }
    (void)queue(self, flight); /* where that fails the link is broken, which execute meets */
    return execute(self, flight);
}

/* The one that waits in its MULTI; only now it has its IDs. */
static bool
deliver_next(struct cw_redis *self)
{
    struct cw_redis_flight *flight = &self->flights[self->flight];
    lock(self);
    cw_redis_stream_begin(flight->stream, &flight->load);
    self->stats.ahead++;
    unlock(self);
    return execute(self, flight);
}

/* ---- behind the streams ---- */

/* What is said of the present is lost where it cannot be said now. */
static void
send_state(struct cw_redis *self)
{
    lock(self);
    cw_redis_state_finish(&self->state, self->sensor, self->boot_id,
                          self->clock_ms ? self->clock_ms(self->clock_user) : 0);
    size_t len = self->state.out.used;
    unsigned n = self->state.n;
    memcpy(self->state_bytes, self->state.bytes, len);
    cw_redis_state_clear(&self->state);
    unlock(self);
    if (n == 0) {
        return;
    }
    unsigned failed = n;
    bool is_sent = cw_redis_link_send(self->link, self->state_bytes, len);
    for (unsigned i = 0; is_sent && i < n; i++) {
        redisReply *reply = cw_redis_link_reply(self->link);
        if (!reply) {
            note(self, cw_redis_link_error(self->link));
            disconnect(self);
            break;
        }
        if (reply->type == REDIS_REPLY_ERROR) {
            count_error(self, cw_redis_error_class(reply->str, reply->len));
        } else {
            failed--;
        }
        cw_redis_reply_free(reply);
    }
    lock(self);
    self->stats.state_failed += failed;
    unlock(self);
}

/* Acknowledged batches are safe when a replica has them too, or after a while. */
static void
confirm_tails(struct cw_redis *self, int64_t now)
{
    const char *const words[] = {"WAIT", "1", "10"};
    if (now < self->confirm_at_ns) {
        return;
    }
    self->confirm_at_ns = now + CONFIRM_NS;
    redisReply *reply = cw_redis_link_ask(self->link, words, 3);
    if (!reply) {
        note(self, cw_redis_link_error(self->link));
        disconnect(self);
        return;
    }
    bool is_copied = reply->type == REDIS_REPLY_INTEGER && reply->integer > 0;
    cw_redis_reply_free(reply);
    lock(self);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        cw_redis_stream_confirm(&self->streams[i], is_copied ? INT64_MAX : now - TAIL_NS);
    }
    unlock(self);
}

/* What is older than allowed; by the clock that gives the IDs. */
static void
list_old(struct cw_redis *self, struct cw_redis_trim *trim)
{
    lock(self);
    uint64_t now_ms = wall_ms(self);
    unlock(self);
    *trim = (struct cw_redis_trim){.n = 0};
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        uint64_t age_ms = UINT64_C(1000) * self->streams[i].max_age_s;
        if (age_ms > 0 && now_ms > age_ms) {
            trim->keys[trim->n] = self->streams[i].key;
            trim->before_ms[trim->n++] = now_ms - age_ms;
        }
    }
}

/* False: the connection broke. */
static bool
trim_by_age(struct cw_redis *self, int64_t now)
{
    struct cw_redis_trim trim;
    struct cw_redis_trimmed trimmed;
    if (now < self->trim_at_ns || self->owner.asks) {
        return true;
    }
    list_old(self, &trim);
    self->trim_at_ns = now + TRIM_NS;
    if (trim.n == 0 || self->cannot_trim) {
        return true;
    }
    self->is_armed = false; /* EXEC unwatches */
    if (!cw_redis_trim_run(self->link, &trim, &trimmed)) {
        note(self, cw_redis_link_error(self->link));
        disconnect(self);
        return false;
    }
    lock(self);
    self->stats.trimmed += trimmed.n;
    unlock(self);
    if (trimmed.is_unknown) {
        self->cannot_trim = true;
        note_alert(self, 3, "redis-max-age",
                   "the server cannot trim streams by age: Redis 6.2 or later can; they stay "
                   "bounded by their length");
    } else if (trimmed.has_error) {
        count_error(self, trimmed.error);
        note_error(self, trim.keys[0], trimmed.error, trimmed.text);
    }
    return true;
}

static void
sync_spool(struct cw_redis *self, int64_t now)
{
    if (self->fsync != CAMWATCH_FSYNC_INTERVAL || now < self->sync_at_ns) {
        return;
    }
    self->sync_at_ns = now + NS_PER_S;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct cw_spool_sync sync;
        lock(self);
        (void)cw_spool_sync_begin(self->streams[i].spool, true, &sync);
        unlock(self);
        (void)cw_spool_sync_finish(&sync);
        lock(self);
        cw_spool_sync_settle(self->streams[i].spool, &sync);
        unlock(self);
    }
}

/* Nobody commits: what was appended is written down here, once for many batches. */
static void
write_down_when_due(struct cw_redis *self)
{
    uint64_t pending = 0, ready = 0;
    bool needs_any = false;
    if (self->awaits_commit) {
        return;
    }
    lock(self);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        pending = cw_redis_stream_pending(&self->streams[i]);
        ready = cw_redis_stream_ready(&self->streams[i]);
        needs_any = needs_any || (pending > ready && ready < WRITTEN_EVENTS);
    }
    unlock(self);
    if (needs_any) {
        (void)cw_redis_write_down(self, NULL, 0);
    }
}

/* Acknowledged batches are kept only where there is room. */
static void
make_room(struct cw_redis *self)
{
    lock(self);
    bool is_needed = self->needs_room;
    self->needs_room = false;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS && is_needed; i++) {
        cw_redis_stream_confirm(&self->streams[i], INT64_MAX);
    }
    unlock(self);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS && is_needed; i++) {
        (void)save(self, &self->streams[i]);
    }
}

static void
save_all(struct cw_redis *self)
{
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        (void)save(self, &self->streams[i]);
    }
}

int64_t
cw_redis_sender_step(struct cw_redis *self)
{
    int64_t now = cw_redis_now();
    make_room(self);
    write_down_when_due(self);
    sync_spool(self, now);
    if (self->flights[self->flight].is_queued) {
        return deliver_next(self) ? 0 : self->next_try_ns;
    }
    if (now < self->next_try_ns) {
        return self->next_try_ns;
    }
    if (!self->link) {
        return connect_and_claim(self) ? 0 : self->next_try_ns;
    }
    struct cw_redis_stream *stream = choose_doubtful(self, now);
    if (stream) {
        return prove(self, stream) ? 0 : self->next_try_ns;
    }
    if (!trim_by_age(self, now)) {
        return self->next_try_ns;
    }
    stream = choose_stream(self, now);
    if (stream) {
        bool is_well = deliver_batch(self, stream);
        if (is_well && self->link && !self->flights[self->flight].is_queued) {
            confirm_tails(self, now);
        }
        return is_well ? 0 : self->next_try_ns;
    }
    send_state(self);
    if (self->link && now >= self->owner.renew_at_ns && !claim(self)) {
        return self->next_try_ns;
    }
    if (self->link && now >= self->confirm_at_ns) {
        confirm_tails(self, now);
        save_all(self);
    }
    return now + 50 * NS_PER_MS;
}

/* ---- the beginning and the end ---- */

/* A dead process may have the lease: wait until it runs out. One that lives renews it. */
static int
claim_first(struct cw_redis *self, struct camwatch_error *error)
{
    int64_t deadline = cw_redis_now() + (self->owner.lease_ms + 1000) * NS_PER_MS;
    int64_t least = INT64_MAX, ttl = 0;
    enum cw_redis_error class = CW_REDIS_ERROR_OTHER;
    enum cw_redis_claim end;
    char said[120] = "";
    bool is_soon;
    const struct timespec pause = {.tv_nsec = 100 * NS_PER_MS};
    while ((end = cw_redis_owner_claim(self->link, &self->owner, cw_redis_now(), &ttl, &class,
                                       said)) == CW_REDIS_CLAIM_THEIRS &&
           ttl <= least && cw_redis_now() < deadline) {
        least = ttl < 0 ? least : ttl;
        (void)nanosleep(&pause, NULL);
    }
    const char *shown = self->route.target.address.shown;
    switch (end) {
    case CW_REDIS_CLAIM_OURS:
        return CAMWATCH_OK;
    case CW_REDIS_CLAIM_THEIRS:
        (void)snprintf(
            error->text, sizeof(error->text),
            "Redis at %.200s: the sensor name %.100s is in use by another publisher: "
            "%.100s; stop it or choose another name",
            shown, self->sensor, self->owner.other);
        return CAMWATCH_EBUSY;
    case CW_REDIS_CLAIM_ERROR:
        if (class == CW_REDIS_ERROR_MOVED && cw_redis_route_move(&self->route, said)) {
            hang_up(self);
            return CAMWATCH_EAGAIN;
        }
        is_soon =
            class == CW_REDIS_ERROR_ASK || cw_redis_error_reaction(class) == CW_REDIS_RETRY;
        (void)snprintf(error->text, sizeof(error->text), "Redis at %.200s: %.80s: %.60s: %s",
                       shown, self->owner.key, said, cw_redis_error_help(class));
        return is_soon ? CAMWATCH_EIO : CAMWATCH_EREFUSED;
    case CW_REDIS_CLAIM_CUT:
        break;
    }
    (void)snprintf(error->text, sizeof(error->text), "Redis at %.200s: %.100s", shown,
                   cw_redis_link_error(self->link));
    return CAMWATCH_EIO;
}

/* What cannot be used is an error at once. */
static int
look_at_streams(struct cw_redis *self, struct camwatch_error *error)
{
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct cw_redis_stream *stream = &self->streams[i];
        struct cw_redis_proof proof;
        cw_redis_prove(self->link, &self->owner, stream->key, &proof);
        if (proof.end == CW_REDIS_PROOF_ERROR) {
            (void)snprintf(error->text, sizeof(error->text),
                           "Redis at %.200s: %.80s: %.60s: %s",
                           self->route.target.address.shown, stream->key, proof.text,
                           cw_redis_error_help(proof.error));
            return CAMWATCH_EREFUSED;
        }
    }
    return CAMWATCH_OK;
}

int
cw_redis_sender_start(struct cw_redis *self, struct camwatch_error *error)
{
    int status;
    enum cw_redis_error refused = CW_REDIS_ERROR_OTHER;
    self->batch_bytes = malloc(CW_REDIS_BATCH_ROOM);
    self->read_bytes = malloc(READ_BYTES);
    self->state_bytes = malloc(CW_REDIS_STATE_BYTES);
    if (!self->batch_bytes || !self->read_bytes || !self->state_bytes) {
        return CAMWATCH_ENOMEM;
    }
    do {
        status = cw_redis_route_connect(&self->route, &self->link, &refused, error);
        if (status == CAMWATCH_EREFUSED && cw_redis_error_reaction(refused) == CW_REDIS_RETRY) {
            status = CAMWATCH_EIO; /* it is there and cannot yet: LOADING */
        }
        if (status == CAMWATCH_OK) {
            self->stats.connects++;
            status = claim_first(self, error);
        }
    } while (status == CAMWATCH_EAGAIN);
    return status == CAMWATCH_OK ? look_at_streams(self, error) : status;
}

void
cw_redis_sender_stop(struct cw_redis *self)
{
    if (self->link) {
        drop_next(self);
    }
    if (self->link) {
        cw_redis_owner_release(self->link, &self->owner);
    }
    cw_redis_link_close(&self->link);
    cw_redis_route_wipe(&self->route);
    free(self->batch_bytes);
    free(self->read_bytes);
    free(self->state_bytes);
}
