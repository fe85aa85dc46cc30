/* SPDX-License-Identifier: Apache-2.0
 *
 * One batch of one stream: MULTI, XADD..., EXEC, and the judgement of every reply. Behind it, in
 * the same pipeline, WATCH of stream and lease and GET of the lease, so that the next batch is
 * fenced without a round trip of its own.
 */
#ifndef CW_SINK_REDIS_BATCH_H
#define CW_SINK_REDIS_BATCH_H

#include "sink/redis_error.h"
#include "sink/redis_id.h"
#include "sink/redis_owner.h"
#include "sink/spool_record.h"

#define CW_REDIS_BATCH_EVENTS 256u
#define CW_REDIS_BATCH_BYTES  (1024u * 1024)

struct redisContext;

enum cw_redis_batch_end {
    CW_REDIS_BATCH_DONE,    /* EXEC ran: done says what became of each event */
    CW_REDIS_BATCH_ABORTED, /* nothing was applied; error says why, where has_error */
    CW_REDIS_BATCH_CUT,     /* the connection broke: it may have arrived or not */
};

/** What to send. The i-th record has the ID first + i, also where earlier ones are left out. */
struct cw_redis_load {
    const char *key;
    uint64_t maxlen;
    const char *list_key; /* NULL: none; else records end with their JSON, which goes there */
    uint64_t list_max;
    bool with_json; /* and into the stream: meaningful where there is a list */
    struct cw_redis_id first;
    const struct cw_spool_record *records;
    uint32_t n;                       /* at most CW_REDIS_BATCH_EVENTS */
    bool done[CW_REDIS_BATCH_EVENTS]; /* not to be sent; grows by what is settled */
};

struct cw_redis_batch {
    enum cw_redis_batch_end end;
    uint32_t delivered, refused, kept; /* DONE: of those sent */
    uint32_t list_failed;              /* DONE: the list did not take them */
    struct cw_redis_id last;    /* DONE: ID of the last one delivered, where there is one */
    bool is_armed;              /* the lease is ours and watched: the next batch may go */
    bool must_prove;            /* the stream or the lease is not as it was believed to be */
    bool has_error, is_of_list; /* the first one is the list's */
    enum cw_redis_error error;  /* the first one; meaningful where has_error */
    char error_text[120];       /* its text, from the server */
    uint32_t errors[CW_N_REDIS_ERRORS]; /* replies by class */
};

/** Bytes that a buffer for cw_redis_batch_run must have. */
#define CW_REDIS_BATCH_ROOM                                                                    \
    (2 * (CW_REDIS_BATCH_BYTES + CW_SPOOL_PAYLOAD_MAX) + /* JSON in stream and list */         \
     (CW_REDIS_BATCH_EVENTS + 4) * (CW_REDIS_KEY_MAX + 256))

/** Send what is not done yet and read every reply. Blocks up to the time-out of the link for each.
 *  @param buffer  CW_REDIS_BATCH_ROOM bytes to work in
 *  @param renew   carry the renewal of the lease too */
void cw_redis_batch_run(struct redisContext *link, struct cw_redis_load *load,
                        struct cw_redis_owner *owner, bool renew, int64_t now_ns, char *buffer,
                        struct cw_redis_batch *out);

#endif
