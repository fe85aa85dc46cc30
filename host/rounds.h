/* SPDX-License-Identifier: Apache-2.0
 *
 * A replay on several threads, in rounds of a few thousand frames: while the shards handle one round, the
 * next is read and the events of the one before are published. Each of these is one task, for whichever
 * thread is free. What a shard does depends on the frames alone, and records are taken shard by shard at
 * the end of each round, so that the same captures with the same number of shards give the same output.
 */
#ifndef HOST_ROUNDS_H
#define HOST_ROUNDS_H

#include "capture.h"
#include "progress.h"
#include "session.h"
#include "timeline.h"

struct cw_rounds_input {
    struct cw_session *session;
    struct cw_timeline *timeline;
    struct cw_filter *filter; /* may be NULL */
    struct cw_progress *progress;
};

/** Feed everything until the input ends or the run is to stop, and finish the monitors. */
void cw_rounds_run(const struct cw_rounds_input *input);

#endif
