/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/stream.h"

#include <assert.h>
#include <stdlib.h>

#include "camwatch/drops.h"

struct cw_streams {
    uint64_t *drops;
    size_t used;
    uint16_t fresh; /* buffers from here on were never taken, so their memory is untouched */
    uint16_t n_buffers;
    uint16_t n_free;
    uint16_t *free; /* stack of buffers that were given back */
    uint8_t (*buffers)[CW_STREAM_KEEP];
};

struct cw_streams *
cw_streams_new(uint16_t buffers, uint64_t *drops)
{
    assert(buffers > 0);
    struct cw_streams *pool = calloc(1, sizeof(*pool));
    if (!pool) {
        return NULL;
    }
    pool->drops = drops;
    pool->n_buffers = buffers;
    pool->free = calloc(buffers, sizeof(*pool->free));
    pool->buffers = calloc(buffers, sizeof(*pool->buffers));
    if (!pool->free || !pool->buffers) {
        cw_streams_free(pool);
        return NULL;
    }
    return pool;
}

void
cw_streams_free(struct cw_streams *pool)
{
    if (!pool) {
        return;
    }
    free(pool->free);
    free(pool->buffers);
    free(pool);
}

size_t
cw_streams_used(const struct cw_streams *pool)
{
    return pool->used;
}

/* Index + 1 of a free buffer, or 0. */
static uint16_t
take_buffer(struct cw_streams *pool)
{
    uint16_t buffer = 0;
    if (pool->n_free > 0) {
        buffer = pool->free[--pool->n_free];
    } else if (pool->fresh < pool->n_buffers) {
        buffer = ++pool->fresh;
    } else if (pool->drops) {
        pool->drops[CAMWATCH_DROP_STREAM_BUFFER]++;
    }
    pool->used += buffer != 0;
    return buffer;
}

static void
give_buffer(struct cw_streams *pool, uint16_t buffer)
{
    pool->free[pool->n_free++] = buffer;
    pool->used--;
}

static uint8_t *
bytes_of(struct cw_streams *pool, const struct cw_stream_side *side)
{
    return pool->buffers[side->buffer - 1];
}

void
cw_stream_done(struct cw_streams *pool, struct cw_stream *stream, unsigned direction)
{
    struct cw_stream_side *side = &stream->side[direction];
    if (side->buffer) {
        give_buffer(pool, side->buffer);
    }
    side->buffer = 0;
    side->is_done = true;
}

void
cw_stream_release(struct cw_streams *pool, struct cw_stream *stream)
{
    cw_stream_done(pool, stream, 0);
    cw_stream_done(pool, stream, 1);
}

/* A SYN tells the start, unless bytes came first. */
static void
note_start(struct cw_stream_side *side, const struct cw_stream_segment *segment)
{
    uint32_t first = segment->seq + segment->has_syn;
    if (segment->has_syn && (!side->has_base || (side->have == 0 && !side->buffer))) {
        side->base = first;
        side->has_base = true;
    }
    if (!side->has_base && segment->payload.len > 0) {
        side->base = first;
        side->has_base = true;
    }
    if (segment->has_syn && side->base == first) {
        side->has_syn = true;
    }
}

static void
remove_run(struct cw_stream_side *side, unsigned i)
{
    side->n_runs--;
    memmove(&side->run[i], &side->run[i + 1], (side->n_runs - i) * sizeof(side->run[0]));
}

/* Adds a run, joined with those that it touches. False when there is no place for one more. */
static bool
add_run(struct cw_stream_side *side, struct cw_stream_run run)
{
    for (unsigned i = 0; i < side->n_runs;) {
        const struct cw_stream_run *other = &side->run[i];
        if (other->to < run.from || run.to < other->from) {
            i++;
            continue;
        }
        run.from = other->from < run.from ? other->from : run.from;
        run.to = other->to > run.to ? other->to : run.to;
        remove_run(side, i);
    }
    if (run.from <= side->have) {
        side->have = run.to > side->have ? run.to : side->have;
        return true;
    }
    if (side->n_runs == CW_STREAM_HOLES) {
        return false;
    }
    side->run[side->n_runs++] = run;
    return true;
}

/* Puts bytes at an offset; what is joined already is not written again. */
static void
insert(struct cw_streams *pool, struct cw_stream_side *side, size_t offset,
       struct cw_bytes payload)
{
    if (offset < side->have) {
        payload = cw_bytes_from(payload, side->have - offset);
        offset = side->have;
    }
    if (offset >= CW_STREAM_KEEP || payload.len == 0) {
        return;
    }
    payload = cw_bytes_head(payload, CW_STREAM_KEEP - offset);
    struct cw_stream_run run = {(uint16_t)offset, (uint16_t)(offset + payload.len)};
    if (add_run(side, run)) {
        memcpy(bytes_of(pool, side) + offset, payload.ptr, payload.len);
    }
}

/* Bytes that do not follow at once, or follow bytes that were kept. */
static struct cw_bytes
join(struct cw_streams *pool, struct cw_stream *stream, unsigned direction, size_t offset,
     struct cw_bytes payload)
{
    struct cw_stream_side *side = &stream->side[direction];
    uint16_t before = side->have;
    if (!side->buffer) {
        side->buffer = take_buffer(pool);
    }
    if (side->buffer) {
        insert(pool, side, offset, payload);
    }
    if (side->have > before) {
        side->waited = 0;
        return cw_bytes(bytes_of(pool, side), side->have);
    }
    if (!side->buffer || ++side->waited >= CW_STREAM_PATIENCE) {
        cw_stream_done(pool, stream, direction);
    }
    return cw_bytes(NULL, 0);
}

struct cw_bytes
cw_stream_add(struct cw_streams *pool, struct cw_stream *stream, unsigned direction,
              const struct cw_stream_segment *segment)
{
    struct cw_stream_side *side = &stream->side[direction];
    struct cw_bytes payload = segment->payload;
    if (side->is_done) {
        return cw_bytes(NULL, 0);
    }
    note_start(side, segment);
    uint32_t ahead = segment->seq + segment->has_syn - side->base;
    if (ahead > INT32_MAX) { /* begins before the start */
        payload = cw_bytes_from(payload, 0 - ahead);
        ahead = 0;
    }
    if (payload.len == 0) {
        return cw_bytes(NULL, 0);
    }
    if (ahead == 0 && !side->buffer) {
        return payload;
    }
    return join(pool, stream, direction, ahead, payload);
}

void
cw_stream_keep(struct cw_streams *pool, struct cw_stream *stream, unsigned direction,
               struct cw_bytes start)
{
    struct cw_stream_side *side = &stream->side[direction];
    if (side->is_done) {
        return;
    }
    if (!side->buffer && start.len < CW_STREAM_KEEP) {
        side->buffer = take_buffer(pool);
        if (side->buffer) {
            insert(pool, side, 0, start);
        }
    }
    if (!side->buffer || side->have == CW_STREAM_KEEP) {
        cw_stream_done(pool, stream, direction);
    }
}
