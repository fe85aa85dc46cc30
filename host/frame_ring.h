/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames from the reader to one monitor, in memory that both processes share: one writer, one reader, no
 * lock. It outlives both: whoever starts anew goes on where the other one was. What the writer put there is
 * checked before it is used.
 */
#ifndef HOST_FRAME_RING_H
#define HOST_FRAME_RING_H

#include <stdbool.h>

#include "camwatch/monitor.h"
#include "tap.h"

struct cw_frame_ring_block;

struct cw_frame_ring {
    struct cw_frame_ring_block *block; /* NULL: not open */
    size_t size;
    int wakeup; /* an eventfd: readable when frames came */
    /* What an earlier reader of it had taken, and what had been dropped by then. */
    uint64_t handled_before, dropped_before;
};

/** @param room  bytes for frames, at least 1 MiB. @return false with errno set */
bool cw_frame_ring_open(struct cw_frame_ring *ring, size_t room);
void cw_frame_ring_close(struct cw_frame_ring *ring);

/** The writer: copy a frame. Where there is no room it is counted as dropped. */
void cw_frame_ring_put(struct cw_frame_ring *ring, const struct camwatch_frame *frame);

/** The writer: tell the reader that something came; cheap where nothing did. */
void cw_frame_ring_wake(struct cw_frame_ring *ring);

/** The reader, once before the first frame: a frame at which another one died is not taken again. */
void cw_frame_ring_begin(struct cw_frame_ring *ring);

/** The reader: the next frame; its bytes are borrowed until the next call. False: none waits. */
bool cw_frame_ring_next(struct cw_frame_ring *ring, struct camwatch_frame *out);

/** The reader: forget wake-ups that came. */
void cw_frame_ring_rest(struct cw_frame_ring *ring);

/** Of this reader, or of all of them for who never began to read: received = handled + dropped + what waits. */
void cw_frame_ring_count(const struct cw_frame_ring *ring, struct cw_tap_counts *out);

#endif
