/* SPDX-License-Identifier: Apache-2.0
 *
 * One file of a spool's log, or anonymous memory that stands for one.
 */
#ifndef CW_SINK_SPOOL_SEGMENT_H
#define CW_SINK_SPOOL_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CW_SPOOL_NAME_MAX 32

struct cw_spool_segment {
    uint64_t base; /* position of its first byte in the log */
    uint64_t size; /* bytes written */
    int fd;        /* owned */
    uint64_t written,
        synced; /* stamps of the last write, and of the last one that is on the disk */
};

/** Make an empty segment. folder -1: in memory. False: errno says why. */
bool cw_spool_segment_create(struct cw_spool_segment *segment, int folder, const char *name,
                             uint64_t base);

/** Open the segments of a log in order of their bases; at most max. False: errno says why (EMFILE:
 *  more than max); nothing is open then. */
bool cw_spool_segment_find(int folder, const char *name, struct cw_spool_segment *segments,
                           size_t max, size_t *n);

/** Close it and delete its file. */
void cw_spool_segment_delete(struct cw_spool_segment *segment, int folder, const char *name);

void cw_spool_segment_close(struct cw_spool_segment *segment);

/** Append; size grows by what was written, which is the result. Fewer bytes: errno says why. */
size_t cw_spool_segment_write(struct cw_spool_segment *segment, const char *bytes, size_t len);

/** Read at an offset; fewer bytes at the end or on an error. */
size_t cw_spool_segment_read(const struct cw_spool_segment *segment, uint64_t offset, char *out,
                             size_t len);

/** Forget what lies behind the first size bytes. */
void cw_spool_segment_cut(struct cw_spool_segment *segment, uint64_t size);

#endif
