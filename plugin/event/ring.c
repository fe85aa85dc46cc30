/* SPDX-License-Identifier: Apache-2.0 */
#include "event/ring.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "camwatch/status.h"

#define MAGIC   UINT64_C(0x676e69725f776d63) /* "cmw_ring" in little-endian memory */
#define VERSION 2u

struct cw_ring_block {
    uint64_t magic;
    uint32_t version;
    uint32_t record_version;
    uint64_t capacity;
    uint64_t id;                                       /* random */
    alignas(CW_RING_CACHE_LINE) _Atomic uint64_t head; /* bytes ever written; the writer's */
    alignas(CW_RING_CACHE_LINE) _Atomic uint64_t tail; /* bytes ever released; the reader's */
    alignas(CW_RING_CACHE_LINE) uint8_t data[];
};

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "positions are shared between processes");

static uint64_t
largest_capacity(size_t bytes)
{
    uint64_t capacity = 1;
    while (capacity * 2 <= bytes - sizeof(struct cw_ring_block)) {
        capacity *= 2;
    }
    return capacity;
}

static bool
is_usable(const void *block, size_t bytes)
{
    return bytes >= CW_RING_BYTES_MIN && (uintptr_t)block % CW_RING_CACHE_LINE == 0;
}

static void
init_handle(struct camwatch_ring *ring, struct cw_ring_block *block, uint64_t capacity)
{
    *ring = (struct camwatch_ring){.block = block, .capacity = capacity};
    ring->written = atomic_load_explicit(&block->head, memory_order_acquire);
    ring->read = ring->released = atomic_load_explicit(&block->tail, memory_order_acquire);
    ring->free_to = ring->read + capacity;
    ring->bad_head = ring->read;
}

int
cw_ring_format(struct camwatch_ring *ring, void *block, size_t bytes)
{
    if (!is_usable(block, bytes)) {
        return CAMWATCH_EINVAL;
    }
    struct cw_ring_block *b = block;
    b->magic = MAGIC;
    b->version = VERSION;
    b->record_version = CW_RECORD_VERSION;
    b->capacity = largest_capacity(bytes);
    (void)!getrandom(&b->id, sizeof(b->id), 0);
    atomic_init(&b->head, 0);
    atomic_init(&b->tail, 0);
    init_handle(ring, b, b->capacity);
    return CAMWATCH_OK;
}

int
cw_ring_attach(struct camwatch_ring *ring, void *block, size_t bytes)
{
    if (!is_usable(block, bytes)) {
        return CAMWATCH_EINVAL;
    }
    struct cw_ring_block *b = block;
    uint64_t capacity = largest_capacity(bytes);
    if (b->magic != MAGIC || b->version != VERSION || b->record_version != CW_RECORD_VERSION ||
        b->capacity != capacity) {
        return CAMWATCH_ECORRUPT;
    }
    struct camwatch_ring handle;
    init_handle(&handle, b, capacity);
    if (handle.written - handle.read > capacity || handle.written % 8 != 0 ||
        handle.read % 8 != 0) {
        return CAMWATCH_ECORRUPT;
    }
    *ring = handle;
    return CAMWATCH_OK;
}

struct camwatch_ring *
cw_ring_new(size_t bytes)
{
    bytes = (bytes + CW_RING_CACHE_LINE - 1) / CW_RING_CACHE_LINE * CW_RING_CACHE_LINE;
    struct camwatch_ring *ring = aligned_alloc(CW_RING_CACHE_LINE, sizeof(*ring));
    void *block = bytes >= CW_RING_BYTES_MIN ? aligned_alloc(CW_RING_CACHE_LINE, bytes) : NULL;
    if (!ring || !block || cw_ring_format(ring, block, bytes) != CAMWATCH_OK) {
        free(block);
        free(ring);
        return NULL;
    }
    ring->owns_block = true;
    return ring;
}

void
cw_ring_free(struct camwatch_ring *ring)
{
    if (ring && ring->owns_block) {
        free(ring->block);
        free(ring);
    }
}

/* Bytes from a position to where the data wraps around. */
static size_t
until_wrap(const struct camwatch_ring *ring, uint64_t position, size_t size)
{
    uint64_t left = ring->capacity - (position & (ring->capacity - 1));
    return left < size ? (size_t)left : size;
}

static void
copy_in(struct camwatch_ring *ring, uint64_t position, const void *from, size_t size)
{
    size_t first = until_wrap(ring, position, size);
    memcpy(ring->block->data + (position & (ring->capacity - 1)), from, first);
    memcpy(ring->block->data, (const uint8_t *)from + first, size - first);
}

static void
copy_out(const struct camwatch_ring *ring, uint64_t position, void *to, size_t size)
{
    size_t first = until_wrap(ring, position, size);
    memcpy(to, ring->block->data + (position & (ring->capacity - 1)), first);
    memcpy((uint8_t *)to + first, ring->block->data, size - first);
}

/* Room for size bytes; asks for the tail only when what is known is not enough. */
static bool
has_room(struct camwatch_ring *ring, uint64_t size)
{
    if (ring->free_to - ring->written >= size) {
        return true;
    }
    uint64_t tail = atomic_load_explicit(&ring->block->tail, memory_order_acquire);
    if (ring->written - tail > ring->capacity) { /* the reader took a spoilt head for true */
        atomic_store_explicit(&ring->block->head, ring->written, memory_order_release);
        return false;
    }
    ring->free_to = tail + ring->capacity;
    return ring->free_to - ring->written >= size;
}

/* What is left to others: a flow is told again, and its totals are in the next record. */
static uint64_t
left_by(const struct camwatch_ring *ring, const struct cw_record *record)
{
    return record->type == CW_RECORD_FLOW ? ring->capacity / CW_RING_RESERVE : 0;
}

bool
cw_ring_push(struct camwatch_ring *ring, const struct cw_record *record)
{
    uint64_t size = record->size;
    assert(size >= sizeof(*record) && size <= CW_RECORD_MAX && size % 8 == 0);
    assert(record->version == CW_RECORD_VERSION);
    if (!has_room(ring, size + left_by(ring, record))) {
        ring->refused++;
        return false;
    }
    copy_in(ring, ring->written, record, size);
    ring->written += size;
    ring->pushed++;
    atomic_store_explicit(&ring->block->head, ring->written, memory_order_release);
    return true;
}

static void
move_tail(struct camwatch_ring *ring, uint64_t to)
{
    ring->released = to;
    atomic_store_explicit(&ring->block->tail, to, memory_order_release);
}

/* Read on behind something; where nothing is held back, it is given back at once. */
static void
leave_behind(struct camwatch_ring *ring, uint64_t to)
{
    bool holds = ring->released != ring->read;
    ring->read = to;
    ring->peeked = 0;
    if (!holds) {
        move_tail(ring, to);
    }
}

/* What is between here and the head cannot be told apart into records: leave it behind. */
static void
jump_to_head(struct camwatch_ring *ring, uint64_t head)
{
    uint64_t aligned = head & ~UINT64_C(7);
    uint64_t lost = aligned - ring->read;
    ring->lost_bytes += lost <= ring->capacity ? lost : ring->capacity;
    ring->resyncs++;
    ring->read = aligned;
    ring->peeked = 0;
    move_tail(ring, aligned);
}

/* Bytes that wait, or 0; an impossible head is counted once and jumped to. */
static uint64_t
check_head(struct camwatch_ring *ring)
{
    uint64_t head = atomic_load_explicit(&ring->block->head, memory_order_acquire);
    uint64_t waiting = head - ring->read;
    if (waiting <= ring->capacity && head % 8 == 0) {
        return waiting;
    }
    if (head != ring->bad_head) {
        ring->bad_head = head;
        ring->bad_records++;
        jump_to_head(ring, head);
    }
    return 0;
}

static bool
has_size(const struct cw_record *head, uint64_t waiting)
{
    return head->size >= sizeof(*head) && head->size <= CW_RECORD_MAX && head->size % 8 == 0 &&
           head->size <= waiting;
}

bool
cw_ring_peek(struct camwatch_ring *ring, union cw_record_any *out)
{
    uint64_t waiting;
    while ((waiting = check_head(ring)) > 0) {
        struct cw_record head = {0};
        if (waiting >= sizeof(head)) {
            copy_out(ring, ring->read, &head, sizeof(head));
        }
        if (!has_size(&head, waiting)) {
            ring->bad_records++;
            jump_to_head(ring, ring->read + waiting);
            return false;
        }
        copy_out(ring, ring->read, out, head.size);
        out->head.size =
            head.size; /* the size that was checked, whatever the block says by now */
        if (cw_record_accept(out)) {
            ring->peeked = head.size;
            return true;
        }
        ring->bad_records++;
        leave_behind(ring, ring->read + head.size);
    }
    return false;
}

void
cw_ring_release(struct camwatch_ring *ring)
{
    cw_ring_pass(ring);
    move_tail(ring, ring->read);
}

void
cw_ring_pass(struct camwatch_ring *ring)
{
    ring->read += ring->peeked;
    ring->peeked = 0;
}

uint64_t
cw_ring_position(const struct camwatch_ring *ring)
{
    return ring->read;
}

uint64_t
cw_ring_held(const struct camwatch_ring *ring)
{
    return ring->read - ring->released;
}

void
cw_ring_release_to(struct camwatch_ring *ring, uint64_t position)
{
    if (position - ring->released <= ring->read - ring->released) {
        move_tail(ring, position);
    }
}

bool
cw_ring_resume(struct camwatch_ring *ring, uint64_t position)
{
    uint64_t head = atomic_load_explicit(&ring->block->head, memory_order_acquire);
    if (position % 8 != 0 || head - ring->released > ring->capacity ||
        position - ring->released > head - ring->released) {
        return false;
    }
    ring->read = position;
    ring->peeked = 0;
    move_tail(ring, position);
    return true;
}

uint64_t
cw_ring_id(const struct camwatch_ring *ring)
{
    return ring->block->id;
}

uint64_t
cw_ring_waiting(const struct camwatch_ring *ring)
{
    uint64_t head = atomic_load_explicit(&ring->block->head, memory_order_acquire);
    uint64_t waiting = head - ring->read;
    return waiting <= ring->capacity ? waiting : 0;
}
