/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_queue.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
cw_redis_queue_init(struct cw_redis_queue *queue)
{
    *queue = (struct cw_redis_queue){0};
    queue->bytes = malloc(CW_REDIS_QUEUE_BYTES);
    queue->entries = malloc(CW_REDIS_QUEUE_EVENTS * sizeof(*queue->entries));
    return queue->bytes && queue->entries;
}

void
cw_redis_queue_fini(struct cw_redis_queue *queue)
{
    free(queue->bytes);
    free(queue->entries);
}

static struct cw_redis_entry *
entry_at(const struct cw_redis_queue *queue, uint32_t i)
{
    return &queue->entries[(queue->first + i) % CW_REDIS_QUEUE_EVENTS];
}

struct cw_resp
cw_redis_queue_room(struct cw_redis_queue *queue)
{
    if (queue->start > CW_REDIS_QUEUE_BYTES / 2) {
        memmove(queue->bytes, queue->bytes + queue->start, queue->end - queue->start);
        queue->end -= queue->start;
        queue->start = 0;
    }
    return (struct cw_resp){.bytes = queue->bytes + queue->end,
                            .size = CW_REDIS_QUEUE_BYTES - queue->end};
}

bool
cw_redis_queue_add(struct cw_redis_queue *queue, const struct cw_resp *command, const char *id)
{
    assert(command->bytes == queue->bytes + queue->end);
    if (command->is_full || queue->n == CW_REDIS_QUEUE_EVENTS) {
        return false;
    }
    struct cw_redis_entry *entry = entry_at(queue, queue->n);
    entry->len = (uint32_t)command->used;
    (void)snprintf(entry->id, sizeof(entry->id), "%s", id);
    queue->end += command->used;
    queue->n++;
    return true;
}

uint32_t
cw_redis_queue_batch(const struct cw_redis_queue *queue, uint32_t max_events, size_t max_bytes,
                     const char **bytes, size_t *len)
{
    uint32_t n = 0;
    size_t sum = 0;
    for (; n < queue->n && n < max_events; n++) {
        size_t next = entry_at(queue, n)->len;
        if (n > 0 && sum + next > max_bytes) {
            break;
        }
        sum += next;
    }
    *bytes = queue->bytes + queue->start;
    *len = sum;
    return n;
}

const char *
cw_redis_queue_id(const struct cw_redis_queue *queue, uint32_t i)
{
    assert(i < queue->n);
    return entry_at(queue, i)->id;
}

/* From the youngest of the n to the oldest: kept ones move up to those that wait behind them. */
void
cw_redis_queue_drop(struct cw_redis_queue *queue, uint32_t n, const bool *keep)
{
    assert(n <= queue->n);
    size_t from = queue->start;
    for (uint32_t i = 0; i < n; i++) {
        from += entry_at(queue, i)->len;
    }
    size_t to = from;
    uint32_t kept = n;
    for (uint32_t i = n; i-- > 0;) {
        struct cw_redis_entry entry = *entry_at(queue, i);
        from -= entry.len;
        if (keep && keep[i]) {
            to -= entry.len;
            memmove(queue->bytes + to, queue->bytes + from, entry.len);
            *entry_at(queue, --kept) = entry;
        }
    }
    queue->start = to;
    queue->first = (queue->first + kept) % CW_REDIS_QUEUE_EVENTS;
    queue->n -= kept;
    if (queue->n == 0) {
        queue->start = queue->end = 0;
    }
}
