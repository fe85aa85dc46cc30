/* SPDX-License-Identifier: Apache-2.0
 *
 * The log of one stream's events between emit and proof of delivery: records (spool_record.h) in
 * segments, appended at the end, released from the front. With a folder the segments are files
 * NAME.<position in hex>; without one they are anonymous memory with the same contents. Appends
 * are gathered in a buffer; what was written survives a crash of the process, what was synced also
 * one of the machine.
 *
 * Positions count bytes since the log began and never go back. Not for several threads at once.
 */
#ifndef CW_SINK_SPOOL_H
#define CW_SINK_SPOOL_H

#include <stdbool.h>

#include "camwatch/status.h"
#include "sink/spool_record.h"

struct cw_spool;

struct cw_spool_settings {
    int folder;             /* borrowed descriptor of a directory; -1: memory */
    const char *name;       /* of the stream; copied, at most 31 bytes */
    uint64_t segment_bytes; /* a segment ends with the record that reaches this */
    bool is_synced; /* segments that are full, and the names of new ones, go to the disk */
    uint64_t from, number; /* records before this position are done; number of the one there */
};

/**
 * Open a log and find its end. A torn tail is cut off; damage inside costs the records it hit.
 *
 * @param out written only on CAMWATCH_OK: given, release with cw_spool_close
 * @retval CAMWATCH_EIO error says which file and why
 * Cost: reads all records from `from` on.
 */
int cw_spool_open(const struct cw_spool_settings *settings, struct cw_spool **out,
                  struct camwatch_error *error);

/** What was appended is written first. Files stay. */
void cw_spool_close(struct cw_spool **spool);

/** Append; at and number of record are ignored. False when it could not be kept (disk full, too
 *  long, no more segments): the log is then as before. */
bool cw_spool_append(struct cw_spool *spool, const struct cw_spool_record *record);

/** Hand the buffer to the system. False when not everything could be written. */
bool cw_spool_write(struct cw_spool *spool);

/** The same, and have it on the disk. */
bool cw_spool_sync(struct cw_spool *spool);

#define CW_SPOOL_SEGMENTS_MAX 64u

/** A segment that goes to the disk. */
struct cw_spool_sync_file {
    int fd;                 /* owned until sync_finish */
    bool is_synced;         /* the disk has it */
    uint64_t base, written; /* which segment, and up to which write */
};

/** A sync in three steps, so that nobody waits for the disk who only wants to append or read. */
struct cw_spool_sync {
    struct cw_spool_sync_file files[CW_SPOOL_SEGMENTS_MAX];
    size_t n;
    uint64_t end, number; /* what the log ended with: that much will be on the disk */
};

/** Hand the buffer to the system and, with sync, note what has to go to the disk.
 *  @param out  also filled on failure; false: not everything could be written, end stands before
 *              it */
bool cw_spool_sync_begin(struct cw_spool *spool, bool sync, struct cw_spool_sync *out);

/** Wait for the disk; needs no lock of the spool. False: it refused. */
bool cw_spool_sync_finish(struct cw_spool_sync *sync);

/** Note what the disk has now. What it refused goes to it again with the next sync. */
void cw_spool_sync_settle(struct cw_spool *spool, const struct cw_spool_sync *sync);

/** Forget the records from a position on, which is that of a record; number: its number. Where no
 *  segment can be opened for what comes next, cw_spool_append tries again. */
void cw_spool_cut(struct cw_spool *spool, uint64_t at, uint64_t number);

/** Whole records from a position on, as many as fit into buffer, of one segment.
 *  @return number of records; *next is where to read on, also when it is 0: at the end. */
size_t cw_spool_read(struct cw_spool *spool, uint64_t at, char *buffer, size_t size,
                     struct cw_spool_record *records, size_t max, uint64_t *next);

/** Records before this position are done: segments that hold only such ones are deleted. */
void cw_spool_release(struct cw_spool *spool, uint64_t upto);

/** Behind the last record. */
uint64_t cw_spool_end(const struct cw_spool *spool);
uint64_t cw_spool_next_number(const struct cw_spool *spool);

/** Where the oldest segment begins: nothing before it can be read. */
uint64_t cw_spool_begin(const struct cw_spool *spool);

/** Whole records from `from` on that were there at open. */
uint64_t cw_spool_recovered(const struct cw_spool *spool);

/** Bytes that segments and buffer take. */
uint64_t cw_spool_bytes(const struct cw_spool *spool);

/** Records that were appended and can no longer be read: gaps in the numbers met so far. */
uint64_t cw_spool_damaged(const struct cw_spool *spool);

#endif
