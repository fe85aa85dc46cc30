/* SPDX-License-Identifier: Apache-2.0
 *
 * One shard, live: its taps and its monitor. Packets in, records out.
 */
#ifndef HOST_PACKET_SIDE_H
#define HOST_PACKET_SIDE_H

#include <poll.h>

#include "clock.h"
#include "frame_ring.h"
#include "live.h"

struct cw_packet_side {
    struct cw_tap *const *taps; /* borrowed */
    size_t n_taps;
    struct cw_frame_ring *frames; /* borrowed; NULL: from taps. Set before the first read */
    struct camwatch_monitor *monitor;
    bool is_alone; /* it still has the right to open interfaces, and nobody else asks the kernel for counts */
    int64_t opened_ns;
    struct cw_forward_clock clock;
};

/**
 * @param rules,ring,taps  borrowed until close; taps may still be closed
 * @return false: error->text says why; nothing to close
 */
bool cw_packet_side_open(struct cw_packet_side *side,
                         const struct camwatch_monitor_settings *settings,
                         struct cw_tap *const *taps, size_t n_taps,
                         struct camwatch_error *error);
void cw_packet_side_close(struct cw_packet_side *side);

/** What to poll: at most CW_MAX_INTERFACES + 1. @return how many */
size_t cw_packet_side_poll(const struct cw_packet_side *side, struct pollfd *fds);

/**
 * Feed what waits, a bounded part of each interface's.
 *
 * @return frames fed; more may wait where it is not 0
 */
size_t cw_packet_side_read(struct cw_packet_side *side);

/** Is an interface gone? */
bool cw_packet_side_is_cut(const struct cw_packet_side *side);

/** Time goes on. Alone, the kernel's drops are counted, and interfaces that vanished are opened anew. */
void cw_packet_side_tick(struct cw_packet_side *side);

/** Let nothing new in, read what is left for at most limit_ns, end every flow. */
void cw_packet_side_finish(struct cw_packet_side *side, int64_t limit_ns);

/** handled = parsed + dropped(reason)? Alone, also received = handled + dropped by the kernel, and it is logged. */
bool cw_packet_side_closes(struct cw_packet_side *side);

#endif
