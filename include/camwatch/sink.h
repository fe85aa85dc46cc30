/* SPDX-License-Identifier: Apache-2.0
 *
 * Where events go. camwatch has sinks for NDJSON and Redis; a host may add its own.
 */
#ifndef CAMWATCH_SINK_H
#define CAMWATCH_SINK_H

#include "camwatch/event.h"
#include "camwatch/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/** What a sink did with what it was given: given = delivered + refused + lost + pending. */
struct camwatch_sink_account {
    size_t size;
    uint64_t given, delivered, refused, lost, pending;
    char last_error[160]; /* "" when there was none */
};

/**
 * The calls of a sink; all run in the publisher's thread.
 *
 * emit   one event, borrowed; may buffer. Loss is counted in the account, not returned.
 * flush  push what is buffered; CAMWATCH_EAGAIN when the other side is away
 * account  fill the account
 * close  release self
 */
struct camwatch_sink_ops {
    size_t size;
    const char *name;
    void (*emit)(void *self, const struct camwatch_event *event);
    int (*flush)(void *self);
    void (*account)(void *self, struct camwatch_sink_account *out);
    void (*close)(void *self);
};

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
