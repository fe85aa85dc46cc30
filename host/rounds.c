/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "rounds.h"

#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "share.h"
#include "stop.h"

enum {
    MOST_FRAMES = 4096,
    MOST_BYTES = 4 << 20,
    FEW = 64, /* frames for which nobody is woken */
    FLOWS_A_TURN = 512,
};

#define MINUTE_NS (INT64_C(60) * 1000000000)

/* Frames with their bytes, until their round is over. */
struct batch {
    size_t n, used;
    struct camwatch_frame frames[MOST_FRAMES];
    uint32_t host[MOST_FRAMES]; /* that decides which shard */
    uint8_t shard[MOST_FRAMES];
    bool is_dns[MOST_FRAMES];
    uint8_t *large; /* a frame that is longer than what is left; NULL: none */
    uint8_t bytes[MOST_BYTES];
};

struct rounds {
    const struct cw_rounds_input *in;
    struct cw_share *share;
    struct batch *now, *next;
    int64_t minute; /* of the last frame that was read */
    uint64_t n_read;
    bool is_over;
    bool has_more[CW_THREADS_MAX]; /* at the end: shards whose flows have not all ended */
};

/* ---- reading ---- */

static uint8_t *
room_for(struct batch *b, size_t size)
{
    if (size > MOST_BYTES - b->used) {
        b->large = malloc(size);
        if (!b->large) {
            abort();
        }
        return b->large;
    }
    uint8_t *to = b->bytes + b->used;
    b->used += size;
    return to;
}

static void
put(struct rounds *r, struct batch *b, const struct camwatch_frame *frame)
{
    struct cw_frame_ends ends;
    cw_frame_ends(frame, &ends);
    uint8_t *to = room_for(b, frame->captured);
    memcpy(to, frame->bytes, frame->captured);
    b->frames[b->n] = *frame;
    b->frames[b->n].bytes = to;
    b->host[b->n] = cw_share_note(r->share, &ends);
    b->is_dns[b->n++] = ends.is_dns;
}

static void
empty(struct batch *b)
{
    free(b->large);
    b->large = NULL;
    b->n = b->used = 0;
}

/* A round ends behind the first frame of another minute: then the publisher's timers run, as they do with
 * one thread. */
static bool
is_last(struct rounds *r, const struct batch *b, const struct camwatch_frame *frame)
{
    int64_t minute = frame->time_ns / MINUTE_NS;
    bool is_other = minute != r->minute;
    r->minute = minute;
    return is_other || b->large || b->n == MOST_FRAMES;
}

static void
deal(struct rounds *r, struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        b->shard[i] = (uint8_t)cw_share_of(r->share, b->host[i]);
    }
}

static void
read_next(struct rounds *r)
{
    const struct cw_rounds_input *in = r->in;
    struct camwatch_frame frame;
    empty(r->next);
    while (!r->is_over) {
        if (cw_stop_is_asked() || !cw_timeline_next(in->timeline, &frame)) {
            r->is_over = true;
            break;
        }
        if (in->filter && !cw_filter_passes(in->filter, &frame)) {
            in->session->filtered++;
            continue;
        }
        put(r, r->next, &frame);
        r->n_read++;
        if (is_last(r, r->next, &frame)) {
            break;
        }
    }
    deal(r, r->next);
}

/* ---- a round ---- */

/* Every shard sees the time of every frame, so that a flow ends at the same moment in any of them, and hears
 * what others are told by DNS. */
static void
handle(struct rounds *r, unsigned shard)
{
    struct camwatch_monitor *monitor = r->in->session->monitors[shard];
    const struct batch *b = r->now;
    for (size_t i = 0; i < b->n; i++) {
        if (b->shard[i] == shard) {
            camwatch_monitor_feed(monitor, &b->frames[i]);
        } else if (b->is_dns[i]) {
            camwatch_monitor_overhear(monitor, &b->frames[i]);
        } else {
            camwatch_monitor_pass(monitor, b->frames[i].time_ns);
        }
    }
}

/* The shards first, which take longest. */
static void
do_task(void *user, size_t index)
{
    struct rounds *r = user;
    unsigned shards = r->in->session->n_monitors;
    if (index < shards) {
        handle(r, (unsigned)index);
    } else if (index == shards) {
        cw_session_publish(r->in->session);
    } else if (index == shards + 1u) {
        cw_session_deliver(r->in->session);
    } else {
        read_next(r);
    }
}

static void
do_round(struct rounds *r, struct cw_crew *crew)
{
    size_t n = r->in->session->n_monitors + 3u;
    if (r->now->n >= FEW) {
        cw_crew_run(crew, n, do_task, r);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        do_task(r, i);
    }
}

/* ---- the end ---- */

/* Every shard ends some of the flows that are left, while what they left the turn before is published, and
 * what was published then is delivered. */
static void
do_last_task(void *user, size_t index)
{
    struct rounds *r = user;
    struct cw_session *session = r->in->session;
    if (index == 0) {
        cw_session_publish(session);
    } else if (index == 1) {
        cw_session_deliver(session);
    } else if (r->has_more[index - 2]) {
        r->has_more[index - 2] =
            camwatch_monitor_finish_some(session->monitors[index - 2], FLOWS_A_TURN);
    }
}

static bool
has_more(const struct rounds *r)
{
    bool any = false;
    for (unsigned i = 0; i < r->in->session->n_monitors; i++) {
        any = any || r->has_more[i];
    }
    return any;
}

static void
finish(struct rounds *r, struct cw_crew *crew)
{
    enum { TURNS_BEHIND = 2 }; /* records to publish, events to deliver */
    struct cw_session *session = r->in->session;
    for (unsigned i = 0; i < session->n_monitors; i++) {
        r->has_more[i] = true;
    }
    for (unsigned behind = 0; behind < TURNS_BEHIND;) {
        behind += !has_more(r);
        cw_crew_run(crew, session->n_monitors + 2u, do_last_task, r);
        cw_session_end_round(session);
    }
}

static void
swap(struct rounds *r)
{
    struct batch *now = r->now;
    r->now = r->next;
    r->next = now;
}

void
cw_rounds_run(const struct cw_rounds_input *in)
{
    struct rounds r = {.in = in, .minute = -1};
    struct cw_session *session = in->session;
    r.now = calloc(1, sizeof(*r.now));
    r.next = calloc(1, sizeof(*r.next));
    if (!r.now || !r.next) {
        abort();
    }
    struct cw_crew *crew = cw_crew_new(session->n_monitors);
    r.share = cw_share_new(session->monitor_settings.home_networks, session->n_monitors);
    read_next(&r);
    swap(&r);
    while (r.now->n > 0) {
        do_round(&r, crew);
        cw_session_end_round(session);
        cw_progress_show(in->progress, cw_timeline_taken(in->timeline), r.n_read);
        if (cw_session_is_lost(session)) {
            cw_stop_ask();
        }
        swap(&r);
    }
    finish(&r, crew);
    cw_crew_free(crew);
    empty(r.now);
    empty(r.next);
    cw_share_free(r.share);
    free(r.now);
    free(r.next);
}
