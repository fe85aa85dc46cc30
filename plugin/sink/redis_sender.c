/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <hiredis.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sink/redis_sender.h"

int64_t
cw_redis_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t
cw_redis_sender_step(struct cw_redis *self)
{
    int64_t now = cw_redis_now();
    cw_redis_make_room(self);
    cw_redis_write_down_when_due(self);
    cw_redis_sync_spool(self, now);
    if (self->flights[self->flight].is_queued) {
        return cw_redis_deliver_ahead(self) ? 0 : self->next_try_ns;
    }
    if (now < self->next_try_ns) {
        return self->next_try_ns;
    }
    if (!self->link) {
        return cw_redis_reach(self) ? 0 : self->next_try_ns;
    }
    struct cw_redis_stream *stream = cw_redis_choose_doubtful(self, now);
    if (stream) {
        return cw_redis_prove_stream(self, stream) ? 0 : self->next_try_ns;
    }
    if (!cw_redis_trim_by_age(self, now)) {
        return self->next_try_ns;
    }
    stream = cw_redis_choose_stream(self, now);
    if (stream) {
        bool is_well = cw_redis_deliver(self, stream);
        if (is_well && self->link && !self->flights[self->flight].is_queued) {
            cw_redis_confirm_tails(self, now);
        }
        return is_well ? 0 : self->next_try_ns;
    }
    cw_redis_send_state(self);
    if (self->link && now >= self->owner.renew_at_ns && !cw_redis_take_lease(self)) {
        return self->next_try_ns;
    }
    if (self->link && now >= self->confirm_at_ns) {
        cw_redis_confirm_tails(self, now);
        cw_redis_save_streams(self);
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
            cw_redis_hang_up(self);
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
    self->read_bytes = malloc(CW_REDIS_READ_BYTES);
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
        cw_redis_drop_ahead(self);
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
