/* SPDX-License-Identifier: Apache-2.0
 *
 * One run of both sides over one timeline: monitor, publisher and their sinks.
 */
#ifndef HOST_SESSION_H
#define HOST_SESSION_H

#include <pthread.h>

#include "activity.h"
#include "replay.h"
#include "tally.h"

struct cw_session {
    struct camwatch_publisher *publisher;
    struct camwatch_monitor *monitors[CW_THREADS_MAX]; /* one a shard */
    struct camwatch_ring *rings[CW_THREADS_MAX];       /* where there are several shards */
    void *ring_blocks[CW_THREADS_MAX];
    unsigned n_monitors;
    pthread_mutex_t publishing; /* several shards: a full ring is drained by its writer */
    struct cw_tally *tally;
    struct cw_activity *activity; /* NULL: no report was asked for */
    char sensor[128];
    uint64_t filtered; /* frames that --bpf left out */
    int64_t tick_ns;   /* the publisher's clock: whole minutes of packet time */
    bool is_tick_due;  /* several shards: it moved, and the publisher is to be told */
    const struct camwatch_rules *rules;
    struct camwatch_monitor_settings monitor_settings;
    struct camwatch_publisher_settings publisher_settings;
};

/**
 * Open it.
 *
 * @param rules     borrowed until close
 * @param paths     captures, file 1 first; borrowed until close
 * @param json      where events go as NDJSON, or NULL
 * @param start_ns  time of the first frame: part of the default name of the sensor
 * @return false: error->text says why; nothing to close
 */
bool cw_session_open(struct cw_session *session, const struct cw_replay_settings *settings,
                     const struct camwatch_rules *rules, const struct cw_texts *paths,
                     const char *json, int64_t start_ns, struct camwatch_error *error);

/** With one shard. */
void cw_session_feed(struct cw_session *session, const struct camwatch_frame *frame);

/** With several: all of them have handled a round, and nothing else runs. */
void cw_session_end_round(struct cw_session *session);

/** With several: events of the round that ended last, while the next one goes on. */
void cw_session_publish(struct cw_session *session);

/** With several: the events that cw_session_publish had made by the end of the last round go to the outputs,
 *  while others do the above. */
void cw_session_deliver(struct cw_session *session);

/** Counters of all shards. */
void cw_session_stats(const struct cw_session *session, struct camwatch_monitor_stats *out);

/** The input waits: everything that is known goes out. user is the session. */
void cw_session_idle(void *user);

/** An output that cannot get what it should, for good (a reader of standard output that went
 *  away). */
bool cw_session_is_lost(const struct cw_session *session);

/** Everything that is left goes out, and the state file is saved. Several monitors were finished before.
 *  @return false: something of that could not be written */
bool cw_session_finish(struct cw_session *session);
void cw_session_close(struct cw_session *session);

#endif
