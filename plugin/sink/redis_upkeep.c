/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <hiredis.h>

#include <string.h>

#include "sink/redis_sender.h"
#include "sink/redis_trim.h"

#define TAIL_NS        (10 * NS_PER_S) /* as long as acknowledged batches can be sent again */
#define CONFIRM_NS     NS_PER_S
#define TRIM_NS        (10 * NS_PER_S)
#define WRITTEN_EVENTS (4 * CW_REDIS_BATCH_EVENTS) /* the batch under way, the next, and some */

bool
cw_redis_save_stream(struct cw_redis *self, struct cw_redis_stream *stream)
{
    bool is_saved = cw_redis_stream_save(stream);
    if (is_saved) {
        cw_redis_lock(self);
        cw_redis_stream_release(stream);
        cw_redis_unlock(self);
    }
    return is_saved;
}

void
cw_redis_send_state(struct cw_redis *self)
{
    cw_redis_lock(self);
    cw_redis_state_finish(&self->state, self->sensor, self->boot_id,
                          self->clock_ms ? self->clock_ms(self->clock_user) : 0);
    size_t len = self->state.out.used;
    unsigned n = self->state.n;
    memcpy(self->state_bytes, self->state.bytes, len);
    cw_redis_state_clear(&self->state);
    cw_redis_unlock(self);
    if (n == 0) {
        return;
    }
    unsigned failed = n;
    bool is_sent = cw_redis_link_send(self->link, self->state_bytes, len);
    for (unsigned i = 0; is_sent && i < n; i++) {
        redisReply *reply = cw_redis_link_reply(self->link);
        if (!reply) {
            cw_redis_note(self, cw_redis_link_error(self->link));
            cw_redis_disconnect(self);
            break;
        }
        if (reply->type == REDIS_REPLY_ERROR) {
            cw_redis_count_error(self, cw_redis_error_class(reply->str, reply->len));
        } else {
            failed--;
        }
        cw_redis_reply_free(reply);
    }
    cw_redis_lock(self);
    self->stats.state_failed += failed;
    cw_redis_unlock(self);
}

void
cw_redis_confirm_tails(struct cw_redis *self, int64_t now)
{
    const char *const words[] = {"WAIT", "1", "10"};
    if (now < self->confirm_at_ns) {
        return;
    }
    self->confirm_at_ns = now + CONFIRM_NS;
    redisReply *reply = cw_redis_link_ask(self->link, words, 3);
    if (!reply) {
        cw_redis_note(self, cw_redis_link_error(self->link));
        cw_redis_disconnect(self);
        return;
    }
    bool is_copied = reply->type == REDIS_REPLY_INTEGER && reply->integer > 0;
    cw_redis_reply_free(reply);
    cw_redis_lock(self);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        cw_redis_stream_confirm(&self->streams[i], is_copied ? INT64_MAX : now - TAIL_NS);
    }
    cw_redis_unlock(self);
}

/* What is older than allowed; by the clock that gives the IDs. */
static void
list_old(struct cw_redis *self, struct cw_redis_trim *trim)
{
    cw_redis_lock(self);
    uint64_t now_ms = cw_redis_wall_ms(self);
    cw_redis_unlock(self);
    *trim = (struct cw_redis_trim){.n = 0};
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        uint64_t age_ms = UINT64_C(1000) * self->streams[i].max_age_s;
        if (age_ms > 0 && now_ms > age_ms) {
            trim->keys[trim->n] = self->streams[i].key;
            trim->before_ms[trim->n++] = now_ms - age_ms;
        }
    }
}

bool
cw_redis_trim_by_age(struct cw_redis *self, int64_t now)
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
        cw_redis_note(self, cw_redis_link_error(self->link));
        cw_redis_disconnect(self);
        return false;
    }
    cw_redis_lock(self);
    self->stats.trimmed += trimmed.n;
    cw_redis_unlock(self);
    if (trimmed.is_unknown) {
        self->cannot_trim = true;
        cw_redis_note_alert(
            self, 3, "redis-max-age",
            "the server cannot trim streams by age: Redis 6.2 or later can; they stay "
            "bounded by their length");
    } else if (trimmed.has_error) {
        cw_redis_count_error(self, trimmed.error);
        cw_redis_note_error(self, trim.keys[0], trimmed.error, trimmed.text);
    }
    return true;
}

void
cw_redis_sync_spool(struct cw_redis *self, int64_t now)
{
    if (self->fsync != CAMWATCH_FSYNC_INTERVAL || now < self->sync_at_ns) {
        return;
    }
    self->sync_at_ns = now + NS_PER_S;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        struct cw_spool_sync sync;
        cw_redis_lock(self);
        (void)cw_spool_sync_begin(self->streams[i].spool, true, &sync);
        cw_redis_unlock(self);
        (void)cw_spool_sync_finish(&sync);
        cw_redis_lock(self);
        cw_spool_sync_settle(self->streams[i].spool, &sync);
        cw_redis_unlock(self);
    }
}

void
cw_redis_write_down_when_due(struct cw_redis *self)
{
    uint64_t pending = 0, ready = 0;
    bool needs_any = false;
    if (self->awaits_commit) {
        return;
    }
    cw_redis_lock(self);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        pending = cw_redis_stream_pending(&self->streams[i]);
        ready = cw_redis_stream_ready(&self->streams[i]);
        needs_any = needs_any || (pending > ready && ready < WRITTEN_EVENTS);
    }
    cw_redis_unlock(self);
    if (needs_any) {
        (void)cw_redis_write_down(self, NULL, 0);
    }
}

void
cw_redis_make_room(struct cw_redis *self)
{
    cw_redis_lock(self);
    bool is_needed = self->needs_room;
    self->needs_room = false;
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS && is_needed; i++) {
        cw_redis_stream_confirm(&self->streams[i], INT64_MAX);
    }
    cw_redis_unlock(self);
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS && is_needed; i++) {
        (void)cw_redis_save_stream(self, &self->streams[i]);
    }
}

void
cw_redis_save_streams(struct cw_redis *self)
{
    for (unsigned i = 0; i < CAMWATCH_N_STREAMS; i++) {
        (void)cw_redis_save_stream(self, &self->streams[i]);
    }
}
