/* SPDX-License-Identifier: Apache-2.0
 *
 * The streams' maximum age: XTRIM MINID, from time to time, of all that have one, also of those that
 * nothing is written to. In a transaction of its own, so that it is fenced like a batch and what is
 * watched is not touched by ourselves.
 */
#ifndef CW_SINK_REDIS_TRIM_H
#define CW_SINK_REDIS_TRIM_H

#include <stdbool.h>
#include <stdint.h>

#include "camwatch/event.h"
#include "sink/redis_error.h"

struct redisContext;

struct cw_redis_trim {
    const char *keys[CAMWATCH_N_STREAMS]; /* borrowed */
    uint64_t before_ms[CAMWATCH_N_STREAMS];
    unsigned n;
};

struct cw_redis_trimmed {
    uint64_t n; /* entries */
    bool has_error;
    bool is_unknown;           /* the server is older than 6.2 */
    enum cw_redis_error error; /* where has_error */
    char text[120];            /* its text, from the server */
};

/** Trim. Afterwards nothing is watched. False: the connection broke. */
bool cw_redis_trim_run(struct redisContext *link, const struct cw_redis_trim *trim,
                       struct cw_redis_trimmed *out);

#endif
