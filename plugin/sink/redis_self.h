/* SPDX-License-Identifier: Apache-2.0
 *
 * The Redis sink's own state, between its two threads: the publisher's, which appends events
 * (redis.c), and the sender's, which talks to the server (redis_sender.h).
 */
#ifndef CW_SINK_REDIS_SELF_H
#define CW_SINK_REDIS_SELF_H

#include <pthread.h>

#include "sink/redis.h"
#include "sink/redis_commit.h"
#include "sink/redis_route.h"
#include "sink/redis_state.h"
#include "sink/redis_stream.h"
#include "sink/spool_folder.h"

#define CW_REDIS_STATE_BYTES (1024u * 1024)
#define CW_REDIS_NOTICES     8u

/** A batch on its way, or the next one, which waits in an open MULTI. */
struct cw_redis_flight {
    bool
        is_queued; /* MULTI was sent, EXEC was not: nothing but EXEC or DISCARD may be said now */
    struct cw_redis_stream *stream;
    struct cw_redis_load
        load; /* of records, whose payloads are borrowed until they are queued */
    struct cw_redis_queued queued;
    struct cw_spool_record records[CW_REDIS_BATCH_EVENTS];
};

struct cw_redis {
    /* set at open, then read only */
    char sensor[CW_REDIS_SENSOR_MAX + 1];
    char boot_id[64];
    bool wait, with_json;
    bool has_list;
    char list_key[CW_REDIS_KEY_MAX];
    uint64_t list_max;
    uint32_t wait_ms; /* longest time without progress */
    uint64_t spool_bytes;
    enum camwatch_fsync fsync;
    bool awaits_commit; /* who gives events says when they may be sent */
    int64_t (*clock_ms)(void *user);
    void *clock_user;

    /* under the lock */
    pthread_mutex_t lock;
    pthread_cond_t work, progress; /* something to send; something was settled */
    struct cw_redis_stream streams[CAMWATCH_N_STREAMS];
    struct cw_redis_state state; /* of the present, as commands */
    struct camwatch_sink_account account;
    struct cw_redis_stats stats;
    struct camwatch_sink_notice notices[CW_REDIS_NOTICES];
    unsigned n_notices;
    int64_t event_ms; /* time of the latest event: the clock of those who give none */
    bool is_over;
    bool needs_room;        /* acknowledged batches are not worth keeping any more */
    bool is_high;           /* the spool is over its warning level, and that was told */
    unsigned n_unsignalled; /* events appended since the sender was woken */

    /* the publisher's thread */
    struct cw_spool_folder folder;
    struct cw_redis_commit commit;
    bool is_running; /* the thread was started */
    bool gave_up;    /* waited in vain: no more waiting until something goes through */
    pthread_t thread;
    char *encoded; /* owned, CW_SPOOL_PAYLOAD_MAX */

    /* the sender's thread */
    struct cw_redis_route route;
    struct cw_redis_owner owner;
    struct redisContext *link; /* NULL: not connected */
    bool is_armed;             /* the lease is ours and watched */
    bool is_away;              /* the server could not be reached, and that was told */
    bool is_fenced;            /* the lease is another one's, and that was told */
    uint32_t backoff_ms;
    unsigned random;     /* for the jitter of waiting */
    int64_t next_try_ns; /* CLOCK_MONOTONIC */
    int64_t confirm_at_ns, sync_at_ns, trim_at_ns;
    bool cannot_trim;                             /* the server is too old, and that was told */
    int64_t told_ns[CW_N_REDIS_ERRORS];           /* when each class was last told */
    char *batch_bytes, *read_bytes, *state_bytes; /* owned */
    struct cw_redis_flight flights[2]; /* the one under way and the one behind it, in turn */
    unsigned flight;                   /* which is the next to be executed */
};

/** Hand what was appended to the system, with the strict policy to the disk, and note up to where;
 *  then it may be sent. Takes the lock only for moments.
 *  @param note  kept with it where note is not NULL
 *  @return false: not everything could be written; what could not is not sent */
bool cw_redis_write_down(struct cw_redis *self, const void *note, size_t len);

/** ns of a clock that never goes back, for waiting; nothing to do with packets' time. */
int64_t cw_redis_now(void);

/** First connection: reach the server, take the lease and see that the streams can be used. Waits
 *  up to the length of a lease where a dead process may have held it.
 *  @retval CAMWATCH_EIO the server is away, or says that it cannot serve yet
 *  @retval CAMWATCH_EBUSY another publisher has the name; error names it */
int cw_redis_sender_start(struct cw_redis *self, struct camwatch_error *error);

/** Everything that can be done now. @return when to try again, monotonic ns; 0: there is more to do */
int64_t cw_redis_sender_step(struct cw_redis *self);

/** Give the lease back and hang up. */
void cw_redis_sender_stop(struct cw_redis *self);

/** Keep a notice for the publisher; the oldest go when nobody asks. Under the lock. */
void cw_redis_notice(struct cw_redis *self, unsigned severity, const char *name,
                     const char *reason);

#endif
