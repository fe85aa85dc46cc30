/* SPDX-License-Identifier: Apache-2.0
 *
 * One batch of one stream: MULTI, XADD..., EXEC, and the judgement of every reply; and, after a
 * cut, the proof whether it had arrived.
 */
#ifndef CW_SINK_REDIS_BATCH_H
#define CW_SINK_REDIS_BATCH_H

#include <stdint.h>

#include "sink/redis_error.h"
#include "sink/redis_queue.h"

#define CW_REDIS_BATCH_EVENTS 256u
#define CW_REDIS_BATCH_BYTES  (1024u * 1024)

struct redisContext;

enum cw_redis_batch_end {
    CW_REDIS_BATCH_DONE, /* EXEC ran: delivered, refused and kept say what became of each event */
    CW_REDIS_BATCH_ABORTED, /* nothing was applied; error says why */
    CW_REDIS_BATCH_CUT,     /* the connection broke: it may have arrived or not */
};

struct cw_redis_batch {
    enum cw_redis_batch_end end;
    uint32_t n;                        /* events in it */
    uint32_t delivered, refused, kept; /* DONE: their sum is n */
    uint32_t last_delivered;           /* place of the last one delivered, where there is one */
    bool keep[CW_REDIS_BATCH_EVENTS];  /* DONE: events to be sent again */
    enum cw_redis_error error;         /* the first one; meaningful where has_error */
    bool has_error;
    char error_text[120];               /* its text, from the server */
    uint32_t errors[CW_N_REDIS_ERRORS]; /* replies by class */
};

/** Send the oldest events of the queue, which stays as it is, and read every reply. Blocks up to
 *  the time-out of the link for each. */
void cw_redis_batch_run(struct redisContext *link, const struct cw_redis_queue *queue,
                        struct cw_redis_batch *out);

enum cw_redis_last {
    CW_REDIS_LAST_FOUND, /* id holds event.id of the stream's last entry */
    CW_REDIS_LAST_EMPTY, /* no entry, or no stream */
    CW_REDIS_LAST_ERROR, /* the server did not say; batch-like error in *error */
    CW_REDIS_LAST_CUT,   /* the connection broke */
};

/** event.id of the last entry of a stream. An entry without one gives FOUND and "". */
enum cw_redis_last cw_redis_last_id(struct redisContext *link, const char *key,
                                    char id[CW_REDIS_ID_MAX], enum cw_redis_error *error);

#endif
