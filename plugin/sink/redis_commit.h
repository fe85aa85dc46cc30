/* SPDX-License-Identifier: Apache-2.0
 *
 * Up to where the logs of all streams belong together, and what the giver of the events noted with
 * that: one small file that changes at once (spool_cursor.h). After a crash the giver either gives what
 * came behind it again, and the logs forget it, or what they have stands.
 */
#ifndef CW_SINK_REDIS_COMMIT_H
#define CW_SINK_REDIS_COMMIT_H

#include "camwatch/sink.h"
#include "sink/redis_stream.h"

/** What is kept on disk. */
struct cw_redis_commit_point {
    struct {
        uint64_t at, number; /* end of the log */
    } ends[CAMWATCH_N_STREAMS];

    uint32_t is_there, len;
    char note[CAMWATCH_SINK_NOTE_MAX];
};

struct cw_redis_commit {
    struct cw_spool_cursor cursor;
    struct cw_redis_commit_point point;
};

/** Read the last point and make ready what lies before it; without one, everything.
 *  @param folder  borrowed; -1: memory. False: errno says why the file cannot be used */
bool cw_redis_commit_open(struct cw_redis_commit *commit, int folder,
                          struct cw_redis_stream *streams);
void cw_redis_commit_close(struct cw_redis_commit *commit);

/** Nobody commits from now on: no point is kept. */
void cw_redis_commit_forget(int folder);

/** Records behind the point are to be given again: forget them. @return how many */
uint64_t cw_redis_commit_undo(struct cw_redis_stream *streams);

/** Records behind the point stand. */
void cw_redis_commit_keep(struct cw_redis_stream *streams);

/** Write the point that syncs describe, one a stream; with sync it is on the disk afterwards. */
bool cw_redis_commit_save(struct cw_redis_commit *commit, const struct cw_spool_sync *syncs,
                          const void *note, size_t len, bool sync);

#endif
