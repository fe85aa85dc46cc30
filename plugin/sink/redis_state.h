/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands that keep the state keys: encoded as events come, sent in a pipeline of their own behind
 * the streams. They tell the present; what cannot be said now is not said later.
 */
#ifndef CW_SINK_REDIS_STATE_H
#define CW_SINK_REDIS_STATE_H

#include "sink/redis_keys.h"
#include "sink/redis_series.h"

struct cw_redis_state {
    char *bytes; /* owned */
    struct cw_resp out;
    unsigned n; /* commands in it */
    struct cw_redis_series series;
};

bool cw_redis_state_init(struct cw_redis_state *state, size_t size);
void cw_redis_state_fini(struct cw_redis_state *state);

/** Add what an event says. False: no room for all of it. */
bool cw_redis_state_add(struct cw_redis_state *state, const char *sensor,
                        const struct camwatch_event *event);

/** Write the gathered counters behind the commands. */
void cw_redis_state_finish(struct cw_redis_state *state, const char *sensor,
                           const char *boot_id, int64_t now_ms);

/** Empty it. */
void cw_redis_state_clear(struct cw_redis_state *state);

#endif
