/* SPDX-License-Identifier: Apache-2.0
 *
 * IDs of stream entries, "milliseconds-number": given by camwatch, so that after a cut the stream's
 * last ID tells what had arrived.
 */
#ifndef CW_SINK_REDIS_ID_H
#define CW_SINK_REDIS_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CW_REDIS_STREAM_ID_MAX 48

struct cw_redis_id {
    uint64_t ms, seq;
};

/** Below 0, 0 or above 0 as a is before, at or behind b. */
int cw_redis_id_compare(struct cw_redis_id a, struct cw_redis_id b);

/** The id n places behind another within its millisecond. */
struct cw_redis_id cw_redis_id_add(struct cw_redis_id id, uint64_t n);

/**
 * First of n IDs in one millisecond behind `last`: now where that is later, else the millisecond
 * of last. A clock that was set back, or a last ID in the future, thus costs nothing.
 *
 * @return false: no n IDs are left
 */
bool cw_redis_id_next(struct cw_redis_id last, uint64_t now_ms, uint64_t n,
                      struct cw_redis_id *out);

/** "1700000000123-4"; returns out. */
const char *cw_redis_id_format(struct cw_redis_id id, char out[CW_REDIS_STREAM_ID_MAX]);

/** False for anything but two numbers and a dash. */
bool cw_redis_id_parse(const char *text, size_t len, struct cw_redis_id *out);

#endif
