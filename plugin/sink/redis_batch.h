/* SPDX-License-Identifier: Apache-2.0
 *
 * One batch of one stream: MULTI, XADD..., EXEC, and the judgement of every reply. Behind it, in
 * the same pipeline, WATCH of stream and lease and GET of the lease, so that the next batch is
 * fenced without a round trip of its own. MULTI and XADDs of the next may follow at once: nothing of them is
 * applied before their EXEC, which is sent when all replies of the first were judged.
 */
#ifndef CW_SINK_REDIS_BATCH_H
#define CW_SINK_REDIS_BATCH_H

#include "sink/redis_error.h"
#include "sink/redis_id.h"
#include "sink/redis_owner.h"
#include "sink/spool_record.h"

/* What waits in a MULTI is held by the server word by word, 10 KB for an event of flows: more of them than these
 * fall out of its processor's L2 cache (docs/performance.md). */
#define CW_REDIS_BATCH_EVENTS 128u
#define CW_REDIS_BATCH_BYTES  (512u * 1024)

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

/** What waits in an open MULTI. */
struct cw_redis_queued {
    uint32_t n;       /* commands */
    uint32_t n_texts; /* for the list, where there is one */
};

/** Bytes that a buffer for cw_redis_batch_queue and _run must have. */
#define CW_REDIS_BATCH_ROOM                                                                    \
    (2 * (CW_REDIS_BATCH_BYTES + CW_SPOOL_PAYLOAD_MAX) + /* JSON in stream and list */         \
     (CW_REDIS_BATCH_EVENTS + 4) * (CW_REDIS_KEY_MAX + 256))

/** MULTI and what is not done yet, to the link's output; nothing is applied before EXEC.
 *  @param buffer  CW_REDIS_BATCH_ROOM bytes to work in
 *  @param renew   carry the renewal of the lease too
 *  @return false: no memory */
bool cw_redis_batch_queue(struct redisContext *link, const struct cw_redis_load *load,
                          struct cw_redis_owner *owner, bool renew, int64_t now_ns,
                          char *buffer, struct cw_redis_queued *out);

/** EXEC for what waits, and the arming of the next batch, to the link's output.
 *  @param watch  stream of the next batch */
bool cw_redis_batch_exec(struct redisContext *link, const struct cw_redis_owner *owner,
                         const char *watch);

/** Send the output and read every reply to the batch and to the arming. Blocks up to the time-out of the
 *  link for each. */
void cw_redis_batch_read(struct redisContext *link, struct cw_redis_load *load,
                         const struct cw_redis_queued *queued,
                         const struct cw_redis_owner *owner, struct cw_redis_batch *out);

/** Give up what waits in the open MULTI; nothing is watched any more.
 *  False: the connection broke, or the server would not: the link can only be closed. */
bool cw_redis_batch_discard(struct redisContext *link, const struct cw_redis_queued *queued);

/** All of it for one batch: queue, exec, read. */
void cw_redis_batch_run(struct redisContext *link, struct cw_redis_load *load,
                        struct cw_redis_owner *owner, bool renew, int64_t now_ns, char *buffer,
                        struct cw_redis_batch *out);

#endif
