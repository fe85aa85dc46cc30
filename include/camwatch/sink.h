/* SPDX-License-Identifier: Apache-2.0
 *
 * Where events go. camwatch has sinks for NDJSON and Redis; a host may add its own.
 */
#ifndef CAMWATCH_SINK_H
#define CAMWATCH_SINK_H

#include <stdbool.h>

#include "camwatch/event.h"
#include "camwatch/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/**
 * What a sink did with what it was given: given = delivered + refused + lost + pending, where
 * pending = spooled + in_flight, and given includes what a spool held at the start.
 */
struct camwatch_sink_account {
    size_t size;
    uint64_t given, delivered, refused, lost, pending;
    char last_error[160]; /* "" when there was none */
    uint64_t in_flight;      /* of pending: sent, and not known to have arrived */
    uint64_t spool_full;     /* of lost: no room in the spool */
    uint64_t lost_after_ack; /* of lost: acknowledged, then lost by the server */
};

/** What a sink has to say: a line for the log, or with a severity (1 low .. 4 critical) a
 *  sensor-alert. */
struct camwatch_sink_notice {
    size_t size;
    unsigned severity;
    char name[32];
    char reason[256];
};

/**
 * The calls of a sink; all run in the publisher's thread, but with defers_sinks emit and flush in
 * the one that delivers. No two run at the same time.
 *
 * emit   one event, borrowed; may buffer. Loss is counted in the account, not returned.
 * flush  push what is buffered; CAMWATCH_EAGAIN when the other side is away. NULL: nothing ever is
 * account  fill the account
 * close  release self. NULL: it is the host's
 * notice the next thing to tell the operator; false: none. NULL: never any
 *
 * A sink that keeps events over a crash has the next three too; they are used together. The giver
 * calls recall and begin once, before the first emit, and commit from time to time: what was given
 * before a commit is kept together with its note, or neither is.
 *
 * recall the note of the last commit, at most size bytes; returns its length, 0: there is none
 * begin  events that were given behind the last commit, by a process before: with redo they will be
 *        given again and are forgotten, else they stand
 * commit keep what was given so far, and the note, at most CAMWATCH_SINK_NOTE_MAX bytes. Anything
 *        but CAMWATCH_OK: not now; call again later
 */
#define CAMWATCH_SINK_NOTE_MAX 2048
struct camwatch_sink_ops {
    size_t size;
    const char *name;
    void (*emit)(void *self, const struct camwatch_event *event);
    int (*flush)(void *self);
    void (*account)(void *self, struct camwatch_sink_account *out);
    void (*close)(void *self);
    bool (*notice)(void *self, struct camwatch_sink_notice *out);
    size_t (*recall)(void *self, void *note, size_t size);
    void (*begin)(void *self, bool redo);
    int (*commit)(void *self, const void *note, size_t len);
};

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
