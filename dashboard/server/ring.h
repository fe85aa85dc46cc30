/* SPDX-License-Identifier: Apache-2.0
 *
 * The latest messages, numbered from 0 on: bounded in number and bytes, the oldest go first. Not
 * thread-safe.
 */
#ifndef SERVER_RING_H
#define SERVER_RING_H

#include "server/body.h"
#include "server/stream_id.h"

enum { CW_RING_SLOTS = 16384, CW_RING_BYTES = 8 * 1024 * 1024 };

enum cw_message_kind {
    CW_MESSAGE_ENTRY, /* id: its own; text: the entry */
    CW_MESSAGE_GAP,   /* entries behind id are missing; text: what */
    CW_MESSAGE_RESET, /* the same, and IDs of the stream begin again */
};

struct cw_message {
    enum cw_message_kind kind;
    unsigned feed; /* number of the sensor's feed (hub.h) */
    enum camwatch_stream stream;
    struct cw_stream_id id;
    struct cw_bytes text; /* JSON */
};

struct cw_ring {
    struct cw_message *slots; /* owned, with their texts */
    uint64_t first, next;     /* numbers of the oldest, and of the one to come */
    size_t bytes;
};

/** False for lack of memory. */
bool cw_ring_init(struct cw_ring *ring);
void cw_ring_fini(struct cw_ring *ring);

/** There must be room made for a text of len bytes: the oldest message that has to go, or NULL. */
const struct cw_message *cw_ring_must_go(const struct cw_ring *ring, size_t len);
void cw_ring_drop(struct cw_ring *ring);

/** Copies text. False for lack of memory. */
bool cw_ring_put(struct cw_ring *ring, const struct cw_message *message);

/** first <= number < next. Borrowed until it is dropped. */
const struct cw_message *cw_ring_get(const struct cw_ring *ring, uint64_t number);

#endif
