/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "frame_ring.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LINE = 64, ENTRY_ALIGN = 8, FRAME_BYTES_MAX = 262144 };

/* Positions only grow; a place is a position modulo room. */
struct cw_frame_ring_block {
    alignas(LINE) _Atomic uint64_t head; /* the writer's: behind the last frame */
    _Atomic uint64_t offered, dropped;
    uint64_t woken;                      /* head at the last wake-up */
    alignas(LINE) _Atomic uint64_t tail; /* the reader's: what is before may be written over */
    _Atomic uint64_t taken;              /* behind the frame that is being handled */
    _Atomic uint64_t handled;
    alignas(LINE) uint8_t bytes[];
};

struct entry {
    uint32_t size;     /* with this head, a multiple of ENTRY_ALIGN */
    uint32_t captured; /* UINT32_MAX: nothing up to the end of the room */
    uint32_t wire_len, link_type, interface, spare;
    int64_t time_ns;
};

static uint64_t
room_of(const struct cw_frame_ring *ring)
{
    return ring->size - sizeof(struct cw_frame_ring_block);
}

bool
cw_frame_ring_open(struct cw_frame_ring *ring, size_t room)
{
    size_t size = sizeof(struct cw_frame_ring_block) + room / LINE * LINE;
    void *block = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    *ring = (struct cw_frame_ring){.block = NULL, .wakeup = -1};
    if (block == MAP_FAILED) {
        return false;
    }
    ring->wakeup = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (ring->wakeup < 0) {
        (void)munmap(block, size);
        return false;
    }
    ring->block = block; /* of zeros: empty */
    ring->size = size;
    return true;
}

void
cw_frame_ring_close(struct cw_frame_ring *ring)
{
    if (ring->block) {
        (void)munmap(ring->block, ring->size);
        (void)close(ring->wakeup);
        ring->block = NULL;
    }
}

/* ---- the writer ---- */

/* The end of the room is left out where an entry does not fit before it. @return NULL: no room */
static uint8_t *
reserve(struct cw_frame_ring *ring, uint32_t size, uint64_t *head)
{
    struct cw_frame_ring_block *b = ring->block;
    uint64_t room = room_of(ring);
    uint64_t left = room - *head % room;
    uint64_t skipped = left < size ? left : 0;
    if (*head + skipped + size - atomic_load_explicit(&b->tail, memory_order_acquire) > room) {
        return NULL;
    }
    if (skipped >= sizeof(struct entry)) {
        struct entry end = {.size = (uint32_t)skipped, .captured = UINT32_MAX};
        memcpy(b->bytes + *head % room, &end, sizeof(end));
    }
    *head += skipped;
    return b->bytes + *head % room;
}

void
cw_frame_ring_put(struct cw_frame_ring *ring, const struct camwatch_frame *frame)
{
    struct cw_frame_ring_block *b = ring->block;
    uint64_t head = atomic_load_explicit(&b->head, memory_order_relaxed);
    struct entry entry = {.captured = frame->captured,
                          .wire_len = frame->wire_len,
                          .link_type = frame->link_type,
                          .interface = frame->interface,
                          .time_ns = frame->time_ns};
    uint32_t most = FRAME_BYTES_MAX;
    entry.captured = entry.captured < most ? entry.captured : most;
    entry.size = ((uint32_t)sizeof(entry) + entry.captured + ENTRY_ALIGN - 1) / ENTRY_ALIGN *
                 ENTRY_ALIGN;
    uint8_t *at = reserve(ring, entry.size, &head);
    if (!at) {
        atomic_fetch_add_explicit(&b->dropped, 1, memory_order_relaxed);
        return;
    }
    memcpy(at, &entry, sizeof(entry));
    memcpy(at + sizeof(entry), frame->bytes, entry.captured);
    atomic_fetch_add_explicit(&b->offered, 1, memory_order_relaxed);
    atomic_store_explicit(&b->head, head + entry.size, memory_order_release);
}

void
cw_frame_ring_wake(struct cw_frame_ring *ring)
{
    uint64_t head = atomic_load_explicit(&ring->block->head, memory_order_relaxed);
    uint64_t one = 1;
    if (head != ring->block->woken) {
        ring->block->woken = head;
        (void)!write(ring->wakeup, &one, sizeof(one));
    }
}

/* ---- the reader ---- */

void
cw_frame_ring_begin(struct cw_frame_ring *ring)
{
    struct cw_frame_ring_block *b = ring->block;
    uint64_t taken = atomic_load_explicit(&b->taken, memory_order_relaxed);
    atomic_store_explicit(&b->tail, taken, memory_order_release);
    ring->handled_before = atomic_load(&b->handled);
    ring->dropped_before = atomic_load(&b->dropped);
}

/* A writer that lies is not followed: everything up to its head is left out. */
static bool
is_sound(const struct entry *entry, uint64_t at, uint64_t head, uint64_t room)
{
    return entry->size % ENTRY_ALIGN == 0 && entry->size >= sizeof(*entry) &&
           entry->size <= head - at && entry->size <= room - at % room &&
           (entry->captured == UINT32_MAX || entry->captured <= entry->size - sizeof(*entry));
}

static void
give_back(struct cw_frame_ring_block *b, uint64_t at)
{
    atomic_store_explicit(&b->taken, at, memory_order_relaxed);
    atomic_store_explicit(&b->tail, at, memory_order_release);
}

/* The entry at a position, or false: it is beyond the last one. Leaves out the end of the room. */
static bool
find(const struct cw_frame_ring *ring, uint64_t *at, struct entry *entry)
{
    const struct cw_frame_ring_block *b = ring->block;
    uint64_t room = room_of(ring);
    for (;;) {
        uint64_t head = atomic_load_explicit(&b->head, memory_order_acquire);
        if (*at == head) {
            return false;
        }
        uint64_t left = room - *at % room;
        if (left < sizeof(*entry)) {
            *at += left;
            continue;
        }
        memcpy(entry, b->bytes + *at % room, sizeof(*entry));
        if (!is_sound(entry, *at, head, room)) {
            *at = head;
            return false;
        }
        if (entry->captured != UINT32_MAX) {
            return true;
        }
        *at += entry->size;
    }
}

bool
cw_frame_ring_next(struct cw_frame_ring *ring, struct camwatch_frame *out)
{
    struct cw_frame_ring_block *b = ring->block;
    uint64_t at = atomic_load_explicit(&b->taken, memory_order_relaxed);
    struct entry entry;
    bool is_there = find(ring, &at, &entry);
    give_back(b, at);
    if (!is_there) {
        return false;
    }
    *out = (struct camwatch_frame){.time_ns = entry.time_ns,
                                   .bytes = b->bytes + at % room_of(ring) + sizeof(entry),
                                   .captured = entry.captured,
                                   .wire_len = entry.wire_len,
                                   .link_type = entry.link_type,
                                   .interface = entry.interface};
    atomic_store_explicit(&b->taken, at + entry.size, memory_order_relaxed);
    atomic_fetch_add_explicit(&b->handled, 1, memory_order_relaxed);
    return true;
}

void
cw_frame_ring_rest(struct cw_frame_ring *ring)
{
    uint64_t count;
    (void)!read(ring->wakeup, &count, sizeof(count));
}

void
cw_frame_ring_count(const struct cw_frame_ring *ring, struct cw_tap_counts *out)
{
    const struct cw_frame_ring_block *b = ring->block;
    uint64_t dropped = atomic_load(&b->dropped) - ring->dropped_before;
    *out = (struct cw_tap_counts){
        .received = atomic_load(&b->offered) - ring->handled_before + dropped,
        .handled = atomic_load(&b->handled) - ring->handled_before,
        .dropped = dropped,
    };
}
