/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "sink/redis_sender.h"

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

bool
cw_redis_prove_stream(struct cw_redis *self, struct cw_redis_stream *stream)
{
    struct cw_redis_proof proof;
    cw_redis_prove(self->link, &self->owner, stream->key, &proof);
    switch (proof.end) {
    case CW_REDIS_PROOF_FOUND:
    case CW_REDIS_PROOF_MISSING:
        break;
    case CW_REDIS_PROOF_FENCED:
        return cw_redis_take_lease(self); /* it may have run out while we were away */
    case CW_REDIS_PROOF_ERROR:
        return cw_redis_react(self, stream, stream->key, proof.error, proof.text);
    case CW_REDIS_PROOF_CUT:
        cw_redis_note(self, cw_redis_link_error(self->link));
        cw_redis_disconnect(self);
        return false;
    }
    cw_redis_lock(self);
    struct cw_redis_judgement j = cw_redis_stream_judge(stream, &proof, cw_redis_now());
    count_judgement(self, stream, &j);
    (void)pthread_cond_broadcast(&self->progress);
    cw_redis_unlock(self);
    (void)cw_redis_save_stream(self, stream);
    self->is_armed = true;
    self->backoff_ms = 0;
    return true;
}
