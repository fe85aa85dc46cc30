/* SPDX-License-Identifier: Apache-2.0
 *
 * A server that is none: it listens on a UNIX socket and answers each command from a list, the last answer
 * again and again, in a way that a test chooses.
 */
#ifndef SINK_FAKE_REDIS_H
#define SINK_FAKE_REDIS_H

#include <stdbool.h>
#include <stddef.h>

enum fake_manner {
    FAKE_WHOLE,   /* the answer at once */
    FAKE_DRIP,    /* a byte every 20 ms */
    FAKE_ENDLESS, /* the answer without end, as fast as it is read */
    FAKE_HALF,    /* half of it, then nothing more */
    FAKE_CUT,     /* half of it, then the connection is closed */
    FAKE_SILENT,  /* nothing; what is sent is not even read */
};

struct fake_answer {
    const char *bytes; /* borrowed */
    size_t len;
};

struct fake_redis;

/** @param answers  to the first, second ... command of each connection; borrowed */
struct fake_redis *fake_redis_start(const struct fake_answer *answers, size_t n,
                                    enum fake_manner manner);
const char *fake_redis_url(const struct fake_redis *fake);

/** Connections that were taken. */
unsigned fake_redis_connections(struct fake_redis *fake);
void fake_redis_stop(struct fake_redis *fake);

#endif
