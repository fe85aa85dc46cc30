/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames that the kernel received = handled + dropped by it + lost with a process. What a process handled is
 * in a page that outlives it; of the kernel only the supervisor asks, for each question sets its counters
 * back to zero.
 */
#define _GNU_SOURCE
#include <inttypes.h>

#include "clock.h"
#include "supervisor.h"

#define COUNT_NS (CW_SECOND / 10)

static uint64_t
difference(uint64_t more, uint64_t less)
{
    return more > less ? more - less : 0;
}

static unsigned
shard_of(const struct cw_supervisor *s, const struct cw_child *child)
{
    return child == &s->reader ? 0 : (unsigned)(child - s->monitors);
}

/* Of frames that the reader dealt out, by shard. */
static struct cw_tap_counts
dealt_to(const struct cw_supervisor *s, unsigned shard)
{
    struct cw_tap_counts counts;
    cw_frame_ring_count(&s->frames[shard], &counts);
    return counts;
}

static uint64_t
dealt(const struct cw_supervisor *s)
{
    uint64_t frames = 0;
    for (unsigned i = 0; i < s->settings->shards; i++) {
        frames += dealt_to(s, i).received;
    }
    return frames;
}

static bool
is_behind_reader(const struct cw_supervisor *s, const struct cw_child *child)
{
    return s->settings->has_reader && child != &s->reader;
}

/* What came to a process, without what was dropped before it. */
static struct cw_tap_counts
received_by(struct cw_supervisor *s, const struct cw_child *child)
{
    return is_behind_reader(s, child) ? dealt_to(s, shard_of(s, child))
                                      : cw_taps_count(&s->taps, shard_of(s, child), false);
}

static uint64_t
handled_by(const struct cw_supervisor *s, const struct cw_child *child)
{
    return child == &s->reader ? dealt(s) : camwatch_stats_handled(&child->own->stats);
}

void
cw_supervisor_settle(struct cw_supervisor *s, struct cw_child *child)
{
    struct cw_tap_counts counts = received_by(s, child);
    uint64_t received = difference(counts.received, counts.dropped);
    if (is_behind_reader(s, child)) { /* what still waits is its successor's */
        received = counts.handled;
    }
    uint64_t lost = difference(received, handled_by(s, child));
    if (lost > child->lost) {
        char name[32];
        cw_log(CW_LOG_WARNING, "%" PRIu64 " frames were lost with %s", lost - child->lost,
               cw_supervisor_name(s, child, name));
        child->lost = lost;
    }
}

void
cw_supervisor_tell_counts(struct cw_supervisor *s, const struct cw_child *child)
{
    unsigned shard = shard_of(s, child);
    struct camwatch_ring *ring;
    if (camwatch_ring_attach(s->rings[shard].block, s->rings[shard].size, &ring) !=
        CAMWATCH_OK) {
        return;
    }
    (void)camwatch_stats_tell(&child->own->stats, ring, (uint8_t)shard, cw_clock_wall());
    camwatch_ring_close(&ring);
}

static void
publish_losses(struct cw_supervisor *s, bool asks)
{
    struct camwatch_losses losses = {.size = sizeof(losses),
                                     .interface_drops = s->links.drops,
                                     .process_losses = s->reader.lost};
    for (unsigned i = 0; i < cw_supervisor_takers(s); i++) {
        losses.kernel_drops += cw_taps_count(&s->taps, i, asks).dropped;
    }
    for (unsigned i = 0; i < s->settings->shards; i++) {
        losses.process_losses += s->monitors[i].lost;
        losses.kernel_drops += s->settings->has_reader ? dealt_to(s, i).dropped : 0;
    }
    cw_metrics_page_set_losses(s->page, &losses);
}

void
cw_supervisor_count(struct cw_supervisor *s)
{
    int64_t now = cw_clock_steady();
    if (now - s->linked_ns >= CW_SECOND) {
        s->linked_ns = now;
        cw_link_watch_look(&s->links, &s->settings->interfaces);
    }
    if (now - s->counted_ns >= COUNT_NS) {
        s->counted_ns = now;
        publish_losses(s, true);
    }
}

static void
tell_account(struct cw_supervisor *s, const struct cw_child *child)
{
    struct cw_tap_counts counts = received_by(s, child);
    const struct camwatch_monitor_stats *stats = &child->own->stats;
    char name[32];
    if (child == &s->reader) {
        cw_log(CW_LOG_INFO,
               "reader: took %" PRIu64 " frames = dealt %" PRIu64
               " + dropped by the kernel %" PRIu64 " + lost with it %" PRIu64,
               counts.received, dealt(s), counts.dropped, child->lost);
        return;
    }
    uint64_t handled = camwatch_stats_handled(stats);
    cw_log(CW_LOG_INFO,
           "%s: received %" PRIu64 " frames = handled %" PRIu64
           " + dropped by the kernel %" PRIu64 " + lost with it %" PRIu64
           "; handled = parsed %" PRIu64 " + dropped with a reason %" PRIu64,
           cw_supervisor_name(s, child, name), counts.received, handled, counts.dropped,
           child->lost, stats->parsed, handled - stats->parsed);
}

/* What a reader dealt out and nobody took was not handled either. */
static void
settle_rest(struct cw_supervisor *s, struct cw_child *child)
{
    struct cw_tap_counts counts = received_by(s, child);
    uint64_t lost =
        difference(difference(counts.received, counts.dropped), handled_by(s, child));
    child->lost = lost > child->lost ? lost : child->lost;
}

void
cw_supervisor_settle_all(struct cw_supervisor *s)
{
    publish_losses(s, true);
    if (s->settings->has_reader) {
        settle_rest(s, &s->reader);
        tell_account(s, &s->reader);
    }
    for (unsigned i = 0; i < s->settings->shards; i++) {
        settle_rest(s, &s->monitors[i]);
        tell_account(s, &s->monitors[i]);
    }
    publish_losses(s, false);
}
