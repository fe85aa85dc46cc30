/* SPDX-License-Identifier: Apache-2.0
 *
 * What a sensor adds up for charts (sink/redis_series.h): hashes :minute:<unix minute> and
 * :top:<what>:<unix hour>, whose fields end in "|<boot>". Summed here over boots, and tops over
 * hours.
 */
#ifndef SERVER_TOPS_H
#define SERVER_TOPS_H

#include "server/query.h"

/**
 * "tops": {"countries": {"SG": bytes, ...}, "services": ..., "devices": ...} of the 24 hours, and
 * "minutes": [{"minute": unix minute, "events", "alerts", "bytes_out", "bytes_in"}, ...] of the
 * 6 hours, up to last_ms, packet time.
 */
enum cw_answer cw_put_tops(struct cw_source *source, const char *sensor, int64_t last_ms,
                           struct cw_body *out);

#endif
