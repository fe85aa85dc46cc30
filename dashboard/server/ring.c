/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ring.h"

#include <assert.h>
#include <stdlib.h>

static struct cw_message *
slot(const struct cw_ring *ring, uint64_t number)
{
    return &ring->slots[number % CW_RING_SLOTS];
}

bool
cw_ring_init(struct cw_ring *ring)
{
    *ring = (struct cw_ring){.slots = calloc(CW_RING_SLOTS, sizeof(*ring->slots))};
    return ring->slots;
}

void
cw_ring_fini(struct cw_ring *ring)
{
    while (ring->first < ring->next) {
        cw_ring_drop(ring);
    }
    free(ring->slots);
    ring->slots = NULL;
}

const struct cw_message *
cw_ring_must_go(const struct cw_ring *ring, size_t len)
{
    bool is_full = ring->next - ring->first == CW_RING_SLOTS;
    bool is_heavy = ring->bytes + len > CW_RING_BYTES;
    return ring->first < ring->next && (is_full || is_heavy) ? slot(ring, ring->first) : NULL;
}

void
cw_ring_drop(struct cw_ring *ring)
{
    struct cw_message *message = slot(ring, ring->first++);
    ring->bytes -= message->text.len;
    free((void *)(uintptr_t)message->text.ptr);
    message->text = cw_bytes(NULL, 0);
}

bool
cw_ring_put(struct cw_ring *ring, const struct cw_message *message)
{
    assert(!cw_ring_must_go(ring, message->text.len));
    char *text = malloc(message->text.len + 1);
    if (!text) {
        return false;
    }
    memcpy(text, message->text.ptr, message->text.len);
    struct cw_message *to = slot(ring, ring->next++);
    *to = *message;
    to->text = cw_bytes(text, message->text.len);
    ring->bytes += message->text.len;
    return true;
}

const struct cw_message *
cw_ring_get(const struct cw_ring *ring, uint64_t number)
{
    assert(number >= ring->first && number < ring->next);
    return slot(ring, number);
}
