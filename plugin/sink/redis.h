/* SPDX-License-Identifier: Apache-2.0
 *
 * Events into Redis streams, one stream a purpose: camwatch:{SENSOR}:alerts|devices|flows|stats.
 *
 * Each stream has its own FIFO of events that are encoded already. A batch is MULTI, XADD..., EXEC
 * on one stream, one batch at a time; it leaves the FIFO when every reply, also those inside EXEC,
 * was read and judged (redis_error.h). After a cut the last entry of the stream tells whether the
 * batch had arrived: by its event.id. State keys (:device:ID, :index,
 * :sensor) follow in a pipeline of their own; they tell the present and are not kept for later.
 */
#ifndef CW_SINK_REDIS_H
#define CW_SINK_REDIS_H

#include "camwatch/publisher.h"
#include "sink/redis_error.h"
#include "sink/sink.h"

/**
 * Connect, authenticate and make the sink.
 *
 * @param settings  copied; sensor must be set; its name may hold letters, digits and ._-
 * @param out       written only on CAMWATCH_OK
 * @retval CAMWATCH_EINVAL bad URL, sensor name or password source
 * @retval CAMWATCH_EREFUSED the server says no (password, ACL, database)
 * @retval CAMWATCH_EIO not reachable
 * @retval CAMWATCH_EUNSUPPORTED rediss:// in a build without TLS
 * error never holds the URL or the password. Blocks up to the time-out.
 */
int cw_redis_open(const struct camwatch_redis_settings *settings, struct cw_sink *out,
                  struct camwatch_error *error);

/** More than the account says: for the summary and for tests. */
struct cw_redis_stats {
    uint64_t batches;        /* executed */
    uint64_t connects;       /* including the first */
    uint64_t resent;         /* events sent again after a cut */
    uint64_t doubtful;       /* events sent again without proof that they had not arrived */
    uint64_t lost_after_ack; /* times that the stream had lost its acknowledged end */
    uint64_t state_failed;   /* state commands refused or lost */
    uint64_t errors[CW_N_REDIS_ERRORS]; /* replies by class */
};

/** @param self of a sink that cw_redis_open gave */
void cw_redis_get_stats(const void *self, struct cw_redis_stats *out);

#endif
