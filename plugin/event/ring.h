/* SPDX-License-Identifier: Apache-2.0
 *
 * The way from the packet side to the event side: one writer, one reader, records of variable size
 * in a block of memory that the caller gives (heap, or a mapping that two processes share and that
 * outlives both). The block holds no pointers. Neither side trusts the block: each keeps its own
 * position and the capacity in its handle, and publishes the position in the block only for the
 * other to read.
 *
 * One handle serves both sides in one process; the writer's and the reader's parts do not overlap.
 * Push is for the writer's thread alone, peek and release for the reader's.
 */
#ifndef CW_EVENT_RING_H
#define CW_EVENT_RING_H

#include <stdalign.h>

#include "event/record.h"

#define CW_RING_CACHE_LINE 64
#define CW_RING_RESERVE    8 /* an eighth is not for flows */
#define CW_RING_BYTES_MIN  (16u * 1024) /* block that holds a few of the largest records */

struct cw_ring_block; /* the shared memory's layout: ring.c's */

struct camwatch_ring {
    struct cw_ring_block *block; /* borrowed; taken where owns_block */
    uint64_t capacity;           /* bytes of records; a power of two */
    bool owns_block;

    alignas(CW_RING_CACHE_LINE) uint64_t written; /* writer: bytes ever pushed */
    uint64_t free_to;         /* writer: may write up to here without asking */
    uint64_t pushed, refused; /* writer: records */

    alignas(CW_RING_CACHE_LINE) uint64_t read; /* reader: bytes ever read */
    uint64_t released;    /* reader: of them, those that the writer may write over */
    uint64_t peeked;      /* reader: size of the record that waits for release */
    uint64_t bad_head;    /* reader: the last impossible head, counted once */
    uint64_t bad_records; /* reader: refused by cw_record_accept; one for each resync */
    uint64_t resyncs;     /* reader: times that it had to jump to the head */
    uint64_t lost_bytes;  /* reader: bytes jumped over */
};

/**
 * Make a block into an empty ring and a handle on it.
 *
 * @param block  borrowed until the handle is done with; aligned to 64 bytes
 * @param bytes  at least CW_RING_BYTES_MIN; the largest power of two that fits is used
 * @retval CAMWATCH_EINVAL too small or not aligned; ring is left alone
 */
int cw_ring_format(struct camwatch_ring *ring, void *block, size_t bytes);

/**
 * A handle on a block that cw_ring_format made, in this process or another, keeping what waits in
 * it.
 *
 * @retval CAMWATCH_ECORRUPT magic, version, size or positions are impossible; ring is left alone
 */
int cw_ring_attach(struct camwatch_ring *ring, void *block, size_t bytes);

/** A ring on the heap; given, free with cw_ring_free. NULL for lack of memory or too few bytes. */
struct camwatch_ring *cw_ring_new(size_t bytes);
void cw_ring_free(struct camwatch_ring *ring);

/** Copy a record in. False when there is no room for it; counted. Never blocks; O(size).
 *  Flows leave 1 / CW_RING_RESERVE of the ring to what is said once: devices, alerts, counts.
 *  The record must pass cw_record_accept: its head.size comes from cw_record_size(). */
bool cw_ring_push(struct camwatch_ring *ring, const struct cw_record *record);

/**
 * Copy the oldest record into out, then check it there. Bad ones are counted and left behind;
 * where not even their size can be believed, everything up to the head is. The record stays in the
 * ring until cw_ring_release(), so that a reader that dies before delivery finds it again.
 *
 * @return false when nothing waits; out is then undefined
 */
bool cw_ring_peek(struct camwatch_ring *ring, union cw_record_any *out);

/** The record of the last peek is delivered. Without one: nothing. */
void cw_ring_release(struct camwatch_ring *ring);

/**
 * The record of the last peek was read, but stays in the block until cw_ring_release_to(): a reader
 * that dies before what it made of it is safe finds it again.
 */
void cw_ring_pass(struct camwatch_ring *ring);

/** Where the next record is read: bytes since the ring was made. */
uint64_t cw_ring_position(const struct camwatch_ring *ring);

/** Bytes that were read and not released. */
uint64_t cw_ring_held(const struct camwatch_ring *ring);

/** Give back what lies before a position that cw_ring_position() gave. */
void cw_ring_release_to(struct camwatch_ring *ring, uint64_t position);

/** Read on from a position that a reader before noted. False: it is not between what was released
 *  and what was written; nothing changes then. */
bool cw_ring_resume(struct camwatch_ring *ring, uint64_t position);

/** A number that this ring has had since it was formatted, and no other one. */
uint64_t cw_ring_id(const struct camwatch_ring *ring);

/** Bytes that wait, as the reader sees it. */
uint64_t cw_ring_waiting(const struct camwatch_ring *ring);

#endif
