/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "packet_side.h"

#include <inttypes.h>

enum { FRAMES_IN_TURN = 2048 };

#define SECOND 1000000000LL
/* A packet waits in the kernel's block for up to this; time must not overtake it. */
#define TICK_BEHIND_NS (SECOND / 2)
#define LAST_LOOK_NS   (SECOND / 4)

bool
cw_packet_side_open(struct cw_packet_side *side,
                    const struct camwatch_monitor_settings *settings,
                    struct cw_tap *const *taps, size_t n_taps, struct camwatch_error *error)
{
    *side = (struct cw_packet_side){.taps = taps, .n_taps = n_taps};
    return camwatch_monitor_open(settings, &side->monitor, error) == CAMWATCH_OK;
}

void
cw_packet_side_close(struct cw_packet_side *side)
{
    camwatch_monitor_close(&side->monitor);
}

size_t
cw_packet_side_poll(const struct cw_packet_side *side, struct pollfd *fds)
{
    size_t n = 0;
    for (size_t i = 0; i < side->n_taps; i++) {
        if (cw_tap_is_open(side->taps[i])) {
            fds[n++] = (struct pollfd){.fd = cw_tap_fd(side->taps[i]), .events = POLLIN};
        }
    }
    if (side->frames) {
        fds[n++] = (struct pollfd){.fd = side->frames->wakeup, .events = POLLIN};
    }
    return n;
}

static size_t
read_ring(struct cw_packet_side *side)
{
    struct camwatch_frame frame;
    size_t n = 0;
    cw_frame_ring_rest(side->frames); /* before looking: what comes later wakes again */
    while (n < FRAMES_IN_TURN && cw_frame_ring_next(side->frames, &frame)) {
        camwatch_monitor_feed(side->monitor, &frame);
        n++;
    }
    return n;
}

size_t
cw_packet_side_read(struct cw_packet_side *side)
{
    size_t frames = side->frames ? read_ring(side) : 0;
    for (size_t i = 0; i < side->n_taps; i++) {
        struct camwatch_error error = {""};
        int n = cw_tap_read(side->taps[i], side->monitor, FRAMES_IN_TURN, &error);
        if (n < 0) {
            cw_log(CW_LOG_WARNING, "%s; waiting for it to come back", error.text);
        } else {
            frames += (size_t)n;
        }
    }
    return frames;
}

bool
cw_packet_side_is_cut(const struct cw_packet_side *side)
{
    for (size_t i = 0; i < side->n_taps; i++) {
        if (!cw_tap_is_open(side->taps[i])) {
            return true;
        }
    }
    return false;
}

static void
reopen(struct cw_packet_side *side)
{
    int64_t now = cw_clock_steady();
    if (now - side->opened_ns < SECOND) {
        return;
    }
    side->opened_ns = now;
    for (size_t i = 0; i < side->n_taps; i++) {
        struct camwatch_error error;
        if (!cw_tap_is_open(side->taps[i]) && cw_tap_open(side->taps[i], &error)) {
            cw_log(CW_LOG_NOTICE, "%s is back", cw_tap_name(side->taps[i]));
        }
    }
}

static void
count_taps(const struct cw_packet_side *side, struct cw_tap_counts *out)
{
    *out = (struct cw_tap_counts){0};
    for (size_t i = 0; i < side->n_taps; i++) {
        struct cw_tap_counts one;
        cw_tap_count(side->taps[i], &one);
        out->received += one.received;
        out->handled += one.handled;
        out->dropped += one.dropped;
        out->reopened += one.reopened;
    }
}

void
cw_packet_side_tick(struct cw_packet_side *side)
{
    struct cw_tap_counts counts;
    if (side->is_alone) {
        reopen(side);
        count_taps(side, &counts);
        camwatch_monitor_set_kernel_drops(side->monitor, counts.dropped);
    }
    int64_t now = cw_clock_forward(&side->clock, cw_clock_wall(), cw_clock_steady());
    camwatch_monitor_tick(side->monitor, now - TICK_BEHIND_NS);
}

static void
wait_a_little(const struct cw_packet_side *side)
{
    struct pollfd fds[CW_MAX_INTERFACES + 1];
    (void)poll(fds, cw_packet_side_poll(side, fds), 20);
}

void
cw_packet_side_finish(struct cw_packet_side *side, int64_t limit_ns)
{
    int64_t begin = cw_clock_steady();
    int64_t now = begin, last = begin;
    for (size_t i = 0; i < side->n_taps; i++) {
        cw_tap_stop(side->taps[i]);
    }
    do { /* who was kept from running looks once more, however late it is */
        wait_a_little(side);
        size_t frames = cw_packet_side_read(side);
        now = cw_clock_steady();
        last = frames > 0 ? now : last;
    } while (now - last < LAST_LOOK_NS && now - begin < limit_ns);
    cw_packet_side_tick(side);
    camwatch_monitor_finish(side->monitor);
}

bool
cw_packet_side_closes(struct cw_packet_side *side)
{
    struct camwatch_monitor_stats stats = {.size = sizeof(stats)};
    struct cw_tap_counts counts;
    camwatch_monitor_get_stats(side->monitor, &stats);
    uint64_t dropped = camwatch_stats_handled(&stats) - stats.parsed;
    bool closes = stats.frames == stats.parsed + dropped;
    if (!side->is_alone) {
        return closes;
    }
    count_taps(side, &counts);
    cw_log(CW_LOG_INFO,
           "received %" PRIu64 " frames = handled %" PRIu64 " + dropped by the kernel %" PRIu64
           "; handled = parsed %" PRIu64 " + dropped with a reason %" PRIu64,
           counts.received, counts.handled, counts.dropped, stats.parsed, dropped);
    return closes && stats.frames == counts.handled;
}
