/* SPDX-License-Identifier: Apache-2.0
 *
 * Several captures as one timeline: a heap of readers by the time of their next frame. A
 * capture is open from its first frame's time to its end only, so that a folder of any number
 * of files can be replayed.
 */
#ifndef HOST_TIMELINE_H
#define HOST_TIMELINE_H

#include "capture.h"
#include "option.h"

struct cw_timeline;

/** Told of every fault of an input; text is borrowed. */
typedef void (*cw_fault_fn)(void *user, const char *text);

/**
 * Open and look at every capture. Those that cannot be read are told of and left out.
 *
 * @param paths  borrowed until close; the first is file 1
 * @param idle   borrowed until close
 */
struct cw_timeline *cw_timeline_open(const struct cw_texts *paths, const struct cw_idle *idle,
                                     cw_fault_fn fault, void *user);

/** The next frame by time; equal times by the order of the files. Bytes are borrowed until the
 *  next call. False at the end of all. */
bool cw_timeline_next(struct cw_timeline *timeline, struct camwatch_frame *out);

/** Time of the frame that comes next; 0 when there is none. */
int64_t cw_timeline_peek(const struct cw_timeline *timeline);

/** No frame is left; right after opening: there was none. */
bool cw_timeline_is_over(const struct cw_timeline *timeline);

/** Packed bytes read so far. */
uint64_t cw_timeline_taken(const struct cw_timeline *timeline);

void cw_timeline_close(struct cw_timeline *timeline);

#endif
