/* SPDX-License-Identifier: Apache-2.0
 *
 * The first bytes of each direction of a TCP stream, joined. A segment that holds a whole
 * message is handed on as it is; only where a parser wants more a buffer is taken from a bounded
 * pool:
 *
 *     start = cw_stream_add(pool, &probe->stream, direction, &segment);
 *     if (start.len > 0) {
 *         ... parse start ...
 *         more wanted ? cw_stream_keep(pool, &probe->stream, direction, start)
 *                     : cw_stream_done(pool, &probe->stream, direction);
 *     }
 */
#ifndef CW_INSPECT_STREAM_H
#define CW_INSPECT_STREAM_H

#include "base/bytes.h"

#define CW_STREAM_KEEP     4096 /* bytes of a direction that are joined */
#define CW_STREAM_BUFFERS  4096 /* default size of a pool: 16 MB */
#define CW_STREAM_HOLES    4    /* runs of bytes behind a hole */
#define CW_STREAM_PATIENCE 16   /* segments that a hole may take to be filled */

struct cw_stream_run { /* bytes from..to of a buffer are there; relative to the start */
    uint16_t from, to;
};

struct cw_stream_side {
    uint32_t base;   /* sequence number of the first byte */
    uint16_t have;   /* joined bytes from the start */
    uint16_t buffer; /* index + 1, 0 none */
    uint8_t waited;  /* segments since the start grew */
    uint8_t n_runs;
    bool has_base : 1;
    bool has_syn : 1; /* base is the true start, not the first segment that was seen */
    bool is_done : 1;
    struct cw_stream_run run[CW_STREAM_HOLES];
};

/* Part of an undecided flow. Zeroed at first. */
struct cw_stream {
    struct cw_stream_side side[2];
};

struct cw_stream_segment {
    uint32_t seq;
    bool has_syn;
    struct cw_bytes payload; /* borrowed */
};

struct cw_streams; /* the pool */

/**
 * @param buffers  1 to 65535
 * @param drops    borrowed, by enum camwatch_drop: counts STREAM_BUFFER; NULL: not counted
 * @return given, cw_streams_free; NULL for lack of memory
 */
struct cw_streams *cw_streams_new(uint16_t buffers, uint64_t *drops);
void cw_streams_free(struct cw_streams *pool);

/** Buffers in use. */
size_t cw_streams_used(const struct cw_streams *pool);

/**
 * Add a segment. Show it every segment of the direction that has a SYN or a payload.
 *
 * A lost SYN: the start is the first segment seen. Bytes that are joined do not change any more.
 * Behind a hole up to CW_STREAM_HOLES runs wait; a hole that is not filled in time ends the
 * direction.
 *
 * @return the joined start when it grew, else empty; borrowed: good until the next call on this
 *         pool, or as long as the payload. Bytes past CW_STREAM_KEEP are joined only where they
 *         come in the first segment.
 */
struct cw_bytes cw_stream_add(struct cw_streams *pool, struct cw_stream *stream,
                              unsigned direction, const struct cw_stream_segment *segment);

/** Wait for more behind start, which cw_stream_add gave. Done, and counted, when no buffer is
 *  free. */
void cw_stream_keep(struct cw_streams *pool, struct cw_stream *stream, unsigned direction,
                    struct cw_bytes start);

/** No more of this direction is wanted; its buffer goes back. */
void cw_stream_done(struct cw_streams *pool, struct cw_stream *stream, unsigned direction);

/** Both directions done: before the flow's state goes. */
void cw_stream_release(struct cw_streams *pool, struct cw_stream *stream);

/** Bytes wait behind a hole, in either direction. */
static inline bool
cw_stream_waits(const struct cw_stream *stream)
{
    return stream->side[0].n_runs + stream->side[1].n_runs != 0;
}

/** The start of this direction is that of the stream: its SYN was seen. */
static inline bool
cw_stream_is_whole(const struct cw_stream *stream, unsigned direction)
{
    return stream->side[direction].has_syn;
}

#endif
