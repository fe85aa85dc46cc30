/* SPDX-License-Identifier: Apache-2.0
 *
 * Events of one stream that wait for Redis, oldest first, encoded as XADD commands that lie one
 * behind the other, so that a batch is one span of bytes.
 */
#ifndef CW_SINK_REDIS_QUEUE_H
#define CW_SINK_REDIS_QUEUE_H

#include <stdint.h>

#include "sink/resp.h"

#define CW_REDIS_QUEUE_BYTES  (8u * 1024 * 1024)
#define CW_REDIS_QUEUE_EVENTS 8192u
#define CW_REDIS_ID_MAX       96

struct cw_redis_entry {
    uint32_t len;             /* bytes of the command */
    char id[CW_REDIS_ID_MAX]; /* event.id */
};

struct cw_redis_queue {
    char *bytes;                    /* owned, CW_REDIS_QUEUE_BYTES */
    struct cw_redis_entry *entries; /* owned, a ring of CW_REDIS_QUEUE_EVENTS */
    size_t start, end;              /* bytes[start..end) waits */
    uint32_t first, n;              /* entries */
};

/** False for lack of memory. */
bool cw_redis_queue_init(struct cw_redis_queue *queue);
void cw_redis_queue_fini(struct cw_redis_queue *queue);

/** A buffer behind the last command to write the next one into; may move bytes. */
struct cw_resp cw_redis_queue_room(struct cw_redis_queue *queue);

/** Append what was written into it. False, and the queue as before, when it did not fit. */
bool cw_redis_queue_add(struct cw_redis_queue *queue, const struct cw_resp *command,
                        const char *id);

/** The oldest commands, at most max_events and, but for one alone, at most max_bytes. */
uint32_t cw_redis_queue_batch(const struct cw_redis_queue *queue, uint32_t max_events,
                              size_t max_bytes, const char **bytes, size_t *len);

/** event.id of the i-th oldest; borrowed. */
const char *cw_redis_queue_id(const struct cw_redis_queue *queue, uint32_t i);

/** Take the n oldest out, but keep those for which keep[i] is true, in their order. keep may be
 *  NULL. */
void cw_redis_queue_drop(struct cw_redis_queue *queue, uint32_t n, const bool *keep);

#endif
