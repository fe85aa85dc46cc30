/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the sender's thread: what it says (redis_words.c), how it comes to a server and a lease
 * (redis_reach.c), what the server really has (redis_judge.c), batches (redis_deliver.c), and what is
 * done beside them (redis_upkeep.c). redis_sender.c puts them in their order.
 *
 * All are called by that thread alone, without the lock, which they take for moments. Those that say so return
 * false when nothing more can be done before next_try_ns.
 */
#ifndef CW_SINK_REDIS_SENDER_H
#define CW_SINK_REDIS_SENDER_H

#include "sink/redis_self.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S  (1000 * NS_PER_MS)

/** Room for the records of a batch as they are read from the spool, of any batch that can have been made. More
 * would be read for nothing. */
#define CW_REDIS_READ_BYTES                                                                    \
    (CW_REDIS_BATCH_BYTES +                                                                    \
     CW_REDIS_BATCH_EVENTS * (CW_SPOOL_HEAD_BYTES + CW_SPOOL_RECORD_ALIGN))

_Static_assert(CW_REDIS_BATCH_BYTES >= CW_SPOOL_PAYLOAD_MAX, "one record always fits");

/** Between the publisher's thread and this one. */
static inline void
cw_redis_lock(struct cw_redis *self)
{
    (void)pthread_mutex_lock(&self->lock);
}

static inline void
cw_redis_unlock(struct cw_redis *self)
{
    (void)pthread_mutex_unlock(&self->lock);
}

/* ---- redis_words.c ---- */

/** The account's last error; the text is copied. */
void cw_redis_note(struct cw_redis *self, const char *text);

/** The same, and a notice that becomes a sensor-alert. */
void cw_redis_note_alert(struct cw_redis *self, unsigned severity, const char *name,
                         const char *text);

/** The server's words about a key, and what to do. One line a class a minute; the counters tell the rest. */
void cw_redis_note_error(struct cw_redis *self, const char *key, enum cw_redis_error error,
                         const char *said);

void cw_redis_count_error(struct cw_redis *self, enum cw_redis_error error);

/* ---- redis_reach.c ---- */

/** Wait longer before the next try: doubled each time, with jitter, until something goes through. */
void cw_redis_back_off(struct cw_redis *self);

/** Close the connection and forget what was open on it. */
void cw_redis_hang_up(struct cw_redis *self);

/** Hang up and back off. */
void cw_redis_disconnect(struct cw_redis *self);

/** An error that is not of one entry: follow the redirection, hold the stream, wait, or hang up.
 *  @param stream  that it is about; NULL: the connection. @return false: not now */
bool cw_redis_react(struct cw_redis *self, struct cw_redis_stream *stream, const char *key,
                    enum cw_redis_error error, const char *said);

/** Take or renew the lease. @return false: not now */
bool cw_redis_take_lease(struct cw_redis *self);

/** Connect, and take the lease; every stream is in doubt then. @return false: not now */
bool cw_redis_reach(struct cw_redis *self);

/* ---- redis_judge.c ---- */

/** Ask for the stream's last entries under WATCH, draw what follows, and count it. @return false: not now */
bool cw_redis_prove_stream(struct cw_redis *self, struct cw_redis_stream *stream);

/* ---- redis_deliver.c ---- */

/** By the clock that gives the IDs. Under the lock. */
uint64_t cw_redis_wall_ms(struct cw_redis *self);

/** The first stream, alerts before others, that has something to send and is not on hold; NULL: none. */
struct cw_redis_stream *cw_redis_choose_stream(struct cw_redis *self, int64_t now);

/** A stream that has to be proved; NULL: none. After a connect those without events too: what they
 *  lost is known at once and not with their next event. */
struct cw_redis_stream *cw_redis_choose_doubtful(struct cw_redis *self, int64_t now);

/** A batch of the stream, and perhaps the next one into its MULTI. @return false: not now */
bool cw_redis_deliver(struct cw_redis *self, struct cw_redis_stream *stream);

/** The batch that waits in its MULTI. @return false: not now */
bool cw_redis_deliver_ahead(struct cw_redis *self);

/** DISCARD it, if there is one. */
void cw_redis_drop_ahead(struct cw_redis *self);

/* ---- redis_upkeep.c ---- */

/** What is known of a stream goes to the disk, without the lock: only this thread changes it.
 *  @return false: it could not be written */
bool cw_redis_save_stream(struct cw_redis *self, struct cw_redis_stream *stream);
void cw_redis_save_streams(struct cw_redis *self);

/** The present: devices, tops, series, heartbeat. What cannot be said now is not said later. */
void cw_redis_send_state(struct cw_redis *self);

/** When due, let acknowledged batches go that a replica has, or that are old enough. */
void cw_redis_confirm_tails(struct cw_redis *self, int64_t now);

/** When due, XTRIM by age. @return false: the connection broke */
bool cw_redis_trim_by_age(struct cw_redis *self, int64_t now);

/** When due, fdatasync of the spool. */
void cw_redis_sync_spool(struct cw_redis *self, int64_t now);

/** Where nobody commits, write down what was appended, once for many batches. */
void cw_redis_write_down_when_due(struct cw_redis *self);

/** Let acknowledged batches go where the spool is short of room. */
void cw_redis_make_room(struct cw_redis *self);

#endif
