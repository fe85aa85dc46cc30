/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters for charts, gathered between two sends so that a busy sensor costs a few commands and
 * not some for each event: :minute:<unix minute> (events, alerts, bytes_out, bytes_in) and, by bytes
 * of one hour, :top:countries|services|devices:<unix hour>. Each is a hash whose fields end in
 * "|<boot>": a restart begins fields of its own, and readers sum.
 */
#ifndef CW_SINK_REDIS_SERIES_H
#define CW_SINK_REDIS_SERIES_H

#include "camwatch/event.h"
#include "sink/resp.h"

#define CW_REDIS_SERIES_SLOTS 1024u

struct cw_redis_count {
    char suffix[48]; /* of the key; "" free */
    char field[80];
    uint64_t n;
};

struct cw_redis_series {
    struct cw_redis_count *counts; /* owned */
    unsigned n_used;
};

bool cw_redis_series_init(struct cw_redis_series *series);
void cw_redis_series_fini(struct cw_redis_series *series);

/** Count an event. False: the table is full, and something of it is not counted. */
bool cw_redis_series_add(struct cw_redis_series *series, const struct camwatch_event *event);

/**
 * Write what was gathered as HINCRBY and, for each key, EXPIREAT or, without a clock, EXPIRE; the
 * table is empty then.
 *
 * @param now_ms  wall clock, 0 where there is none
 * @return number of commands
 */
unsigned cw_redis_series_put(struct cw_redis_series *series, struct cw_resp *out,
                             const char *sensor, const char *boot_id, int64_t now_ms);

#endif
