/* SPDX-License-Identifier: Apache-2.0
 *
 * One stream on its way: the log of its events (spool.h), and how far they are known to have come.
 * The progress is kept next to the log, so that a process that was killed goes on where the last
 * one was: IDs are written down before they are sent.
 *
 * Talks to no server: the sender (redis_sender.c) does, and tells what it heard.
 */
#ifndef CW_SINK_REDIS_STREAM_H
#define CW_SINK_REDIS_STREAM_H

#include "sink/redis_batch.h"
#include "sink/redis_proof.h"
#include "sink/spool.h"
#include "sink/spool_cursor.h"

#define CW_REDIS_TAIL 384u

/** A batch that was acknowledged and may still be lost by a fail-over. */
struct cw_redis_tail {
    uint64_t at, number;       /* of its first record */
    struct cw_redis_id before; /* the stream's last ID then */
    struct cw_redis_id last;   /* and after it */
    uint64_t n;                /* records */
};

/** What is kept on disk. */
struct cw_redis_progress {
    uint64_t head, head_number; /* records before are done */
    uint64_t end, end_number;   /* of the batch that has IDs; end == head: there is none */
    struct cw_redis_id first;   /* ID of its first record */
    struct cw_redis_id last;    /* the stream's last ID, as far as known */
    struct cw_redis_id floor;   /* no ID up to here is ever given (again) */
    uint64_t added;    /* entries that the stream has counted by last; UINT64_MAX unknown */
    uint32_t is_known; /* last was heard from a server */
    uint32_t n_tail;
    bool done[CW_REDIS_BATCH_EVENTS]; /* records of the batch that are settled */
    struct cw_redis_tail tail[CW_REDIS_TAIL];
};

struct cw_redis_stream {
    char key[CW_REDIS_KEY_MAX];
    uint64_t maxlen;
    uint32_t max_age_s;     /* 0: none */
    bool is_strict;         /* what is written must be on disk */
    struct cw_spool *spool; /* owned */
    struct cw_spool_cursor cursor;
    struct cw_redis_progress progress;
    uint64_t ready, ready_number; /* records before may be sent: they survive what they must */
    int64_t tail_ns[CW_REDIS_TAIL]; /* when it was acknowledged, monotonic */
    uint64_t damaged; /* records that could no longer be read when their turn came */
    bool must_prove;
    int64_t hold_until_ns; /* the operator has to mend something first */
};

struct cw_redis_stream_settings {
    int folder; /* borrowed; -1: memory */
    const char *name, *sensor;
    uint64_t maxlen, segment_bytes;
    uint32_t max_age_s;
    bool is_synced, is_strict;
};

/** Open log and progress. @param stream zeroed; to be closed also after an error */
int cw_redis_stream_open(struct cw_redis_stream *stream,
                         const struct cw_redis_stream_settings *settings,
                         struct camwatch_error *error);
void cw_redis_stream_close(struct cw_redis_stream *stream);

/** Records that are not known to be in the stream, by their numbers. */
uint64_t cw_redis_stream_pending(const struct cw_redis_stream *stream);

/** Those of them that may be sent. */
uint64_t cw_redis_stream_ready(const struct cw_redis_stream *stream);

/** Those of them that were sent, or are about to be. */
uint64_t cw_redis_stream_in_flight(const struct cw_redis_stream *stream);

/**
 * The oldest records: those of the batch that has IDs already, else the next ones, which get them.
 *
 * @param buffer  for the records, size bytes; load points into it
 * @return number of records; 0: nothing waits, or no IDs are left (*is_exhausted)
 */
uint32_t cw_redis_stream_load(struct cw_redis_stream *stream, uint64_t now_ms, char *buffer,
                              size_t size, struct cw_spool_record *records,
                              struct cw_redis_load *load, bool *is_exhausted);

/** Records that may be sent behind the batch under way; 0 where there is a batch that is not. */
uint64_t cw_redis_stream_ready_next(const struct cw_redis_stream *stream, bool is_under_way);

/**
 * The batch behind the one under way, with the IDs that it gets if all of that one is delivered. Nothing is
 * changed: cw_redis_stream_begin does that.
 *
 * @return number of records; 0: none, or not to be told yet
 */
uint32_t cw_redis_stream_look_ahead(const struct cw_redis_stream *stream, uint64_t now_ms,
                                    char *buffer, size_t size, struct cw_spool_record *records,
                                    struct cw_redis_load *load);

/** The batch that was looked at is the one under way: all of the one before it was delivered. */
void cw_redis_stream_begin(struct cw_redis_stream *stream, const struct cw_redis_load *load);

/** Write the progress down; blocks for the disk where is_strict. For the one thread that changes the
 *  progress; others may append meanwhile. False when the disk refused. */
bool cw_redis_stream_save(struct cw_redis_stream *stream);

/** Delete segments that nothing needs any more, by the progress that was saved. */
void cw_redis_stream_release(struct cw_redis_stream *stream);

/** The batch was run: take its outcome over. */
void cw_redis_stream_settle(struct cw_redis_stream *stream, const struct cw_redis_load *load,
                            const struct cw_redis_batch *batch, int64_t now_ns);

enum cw_redis_finding {
    CW_REDIS_SAME,        /* it ends as we left it: what is under way was not applied */
    CW_REDIS_ARRIVED,     /* the batch under way was applied: n records */
    CW_REDIS_FOREIGN,     /* somebody else wrote: we go on above */
    CW_REDIS_ROLLED_BACK, /* acknowledged entries are gone: n are sent again, lost cannot be */
    CW_REDIS_GONE,        /* the whole stream is: n as above */
};

struct cw_redis_judgement {
    enum cw_redis_finding finding;
    uint64_t n, lost;
};

/** Take over what the server says of the stream's end. */
struct cw_redis_judgement cw_redis_stream_judge(struct cw_redis_stream *stream,
                                                const struct cw_redis_proof *proof,
                                                int64_t now_ns);

/** Forget acknowledged batches older than a time; INT64_MAX: all of them. */
void cw_redis_stream_confirm(struct cw_redis_stream *stream, int64_t older_than_ns);

#endif
