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
 * What a sink did with what it was given: given = delivered + refused + lost + pending, where pending =
 * spooled + in_flight, and given includes what a spool held at the start.
 */
struct camwatch_sink_account {
    size_t size;
    uint64_t given, delivered, refused, lost, pending;
    char last_error[160]; /* "" when there was none */
    uint64_t in_flight;      /* of pending: sent, and not known to have arrived */
    uint64_t spool_full;     /* of lost: no room in the spool */
    uint64_t lost_after_ack; /* of lost: acknowledged, then lost by the server */
};

/** What a sink has to say: a line for the log, or with a severity (1 low .. 4 critical) a sensor-alert. */
struct camwatch_sink_notice {
    size_t size;
    unsigned severity;
    char name[32];
    char reason[256];
};

/**
 * The calls of a sink; all run in the publisher's thread.
 *
 * emit   one event, borrowed; may buffer. Loss is counted in the account, not returned.
 * flush  push what is buffered; CAMWATCH_EAGAIN when the other side is away
 * account  fill the account
 * close  release self
 * notice the next thing to tell the operator; false: none. NULL: never any
 */
struct camwatch_sink_ops {
    size_t size;
    const char *name;
    void (*emit)(void *self, const struct camwatch_event *event);
    int (*flush)(void *self);
    void (*account)(void *self, struct camwatch_sink_account *out);
    void (*close)(void *self);
    bool (*notice)(void *self, struct camwatch_sink_notice *out);
};

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
