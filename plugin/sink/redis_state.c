/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_state.h"

#include <stdlib.h>

bool
cw_redis_state_init(struct cw_redis_state *state, size_t size)
{
    state->bytes = malloc(size);
    state->out = (struct cw_resp){.bytes = state->bytes, .size = size};
    return cw_redis_series_init(&state->series) && state->bytes;
}

void
cw_redis_state_fini(struct cw_redis_state *state)
{
    free(state->bytes);
    state->bytes = NULL;
    cw_redis_series_fini(&state->series);
}

bool
cw_redis_state_add(struct cw_redis_state *state, const char *sensor,
                   const struct camwatch_event *event)
{
    size_t before = state->out.used;
    unsigned n = cw_redis_put_state(&state->out, sensor, event);
    bool is_counted = cw_redis_series_add(&state->series, event);
    if (state->out.is_full) {
        state->out.used = before;
        state->out.is_full = false;
        return false;
    }
    state->n += n;
    return is_counted;
}

void
cw_redis_state_finish(struct cw_redis_state *state, const char *sensor, const char *boot_id,
                      int64_t now_ms)
{
    size_t before = state->out.used;
    unsigned n = cw_redis_series_put(&state->series, &state->out, sensor, boot_id, now_ms);
    if (state->out.is_full) {
        state->out.used = before;
        state->out.is_full = false;
        return;
    }
    state->n += n;
}

void
cw_redis_state_clear(struct cw_redis_state *state)
{
    state->n = 0;
    state->out.used = 0;
    state->out.is_full = false;
}
