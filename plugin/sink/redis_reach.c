/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <hiredis.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sink/redis_sender.h"

#define BACKOFF_MIN_MS 50u
#define BACKOFF_MAX_MS 5000u
#define HOLD_NS        (5 * NS_PER_S)
#define SPLIT_NS       (NS_PER_S / 5) /* keys of one stream on two nodes of a cluster */

/* Between half and the whole of it: sensors that lost the same server do not come back at once. */
void
cw_redis_back_off(struct cw_redis *self)
{
    uint32_t ms = self->backoff_ms ? self->backoff_ms * 2 : BACKOFF_MIN_MS;
    self->backoff_ms = ms > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : ms;
    self->random = self->random * 1103515245u + 12345u;
    uint32_t jitter = self->random / 65536u % (self->backoff_ms / 2 + 1);
    self->next_try_ns = cw_redis_now() + (self->backoff_ms - jitter) * NS_PER_MS;
}

void
cw_redis_hang_up(struct cw_redis *self)
{
    cw_redis_link_close(&self->link);
    self->owner.asks = false;
    self->is_armed = false;
    self->flights[0].is_queued = self->flights[1].is_queued = false;
}

void
cw_redis_disconnect(struct cw_redis *self)
{
    if (self->owner.asks) {
        cw_redis_route_forget(&self->route); /* who has the slot for good knows better by now */
    }
    cw_redis_hang_up(self);
    cw_redis_back_off(self);
}

bool
cw_redis_react(struct cw_redis *self, struct cw_redis_stream *stream, const char *key,
               enum cw_redis_error error, const char *said)
{
    cw_redis_count_error(self, error);
    bool is_redirect = error == CW_REDIS_ERROR_MOVED || error == CW_REDIS_ERROR_ASK;
    if (is_redirect && cw_redis_route_move(&self->route, said)) {
        cw_redis_hang_up(self); /* the whole batch goes there */
        self->owner.asks = error == CW_REDIS_ERROR_ASK;
        cw_text_set(self->owner.asked, sizeof(self->owner.asked), key);
        cw_redis_lock(self);
        self->stats.moved++;
        cw_redis_unlock(self);
        return true;
    }
    cw_redis_note_error(self, key, error, said);
    self->is_armed = false;
    if (error == CW_REDIS_ERROR_TRYAGAIN && stream) { /* others may be there already */
        stream->must_prove = true;
        stream->hold_until_ns = cw_redis_now() + SPLIT_NS;
        return true;
    }
    switch (cw_redis_error_reaction(error)) {
    case CW_REDIS_RECONNECT:
        cw_redis_disconnect(self);
        return false;
    case CW_REDIS_RETRY:
        cw_redis_back_off(self);
        return false;
    case CW_REDIS_HOLD:
    case CW_REDIS_REFUSE:
        break;
    }
    if (!stream) {
        cw_redis_disconnect(self);
        return false;
    }
    stream->must_prove = true;
    stream->hold_until_ns = cw_redis_now() + HOLD_NS;
    return true;
}

bool
cw_redis_take_lease(struct cw_redis *self)
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
            cw_redis_note_alert(self, 4, "redis-owner", said);
        }
        self->is_fenced = true;
        cw_redis_disconnect(self);
        return false;
    case CW_REDIS_CLAIM_ERROR:
        return cw_redis_react(self, NULL, self->owner.key, error, said);
    case CW_REDIS_CLAIM_CUT:
        break;
    }
    cw_redis_note(self, cw_redis_link_error(self->link));
    cw_redis_disconnect(self);
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
    cw_redis_lock(self);
    cw_redis_notice(self, 0, is_away ? "redis-away" : "redis-back", line);
    cw_redis_unlock(self);
}

bool
cw_redis_reach(struct cw_redis *self)
{
    struct camwatch_error error;
    enum cw_redis_error refused = CW_N_REDIS_ERRORS;
    if (cw_redis_route_connect(&self->route, &self->link, &refused, &error) != CAMWATCH_OK) {
        self->owner.asks = false;
        if (refused < CW_N_REDIS_ERRORS) {
            cw_redis_count_error(self, refused);
        }
        cw_redis_note(self, error.text);
        tell_reach(self, true, error.text);
        cw_redis_back_off(self);
        return false;
    }
    cw_redis_lock(self);
    self->stats.connects++;
    cw_redis_unlock(self);
    if (!cw_redis_take_lease(self)) {
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
