/* SPDX-License-Identifier: Apache-2.0
 *
 * IDs of stream entries, "milliseconds-sequence", and a reader's place in the four streams of a
 * sensor: the last ID it has of each, which is also what a browser sends back as Last-Event-ID.
 */
#ifndef SERVER_STREAM_ID_H
#define SERVER_STREAM_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "camwatch/terms.h"

struct cw_stream_id {
    uint64_t ms, seq; /* 0-0 is before every entry */
};

enum { CW_STREAM_ID_MAX = 48, CW_PLACE_MAX = CAMWATCH_N_STREAMS * CW_STREAM_ID_MAX };

/** "1700000000000-3", or "1700000000000" for its first. False leaves out alone. */
bool cw_stream_id_parse(struct cw_bytes text, struct cw_stream_id *out);

/** Into out, which is returned. */
const char *cw_stream_id_text(struct cw_stream_id id, char out[CW_STREAM_ID_MAX]);

/** <0, 0, >0 as a is before, at or after b. */
int cw_stream_id_compare(struct cw_stream_id a, struct cw_stream_id b);

/** The ID right behind, and right before; both stop at the ends. */
struct cw_stream_id cw_stream_id_next(struct cw_stream_id id);
struct cw_stream_id cw_stream_id_previous(struct cw_stream_id id);

static inline bool
cw_stream_id_is_zero(struct cw_stream_id id)
{
    return id.ms == 0 && id.seq == 0;
}

/* By enum camwatch_stream. */
struct cw_place {
    struct cw_stream_id ids[CAMWATCH_N_STREAMS];
};

/** Four IDs joined by '_', in the order of the streams. False leaves out alone. */
bool cw_place_parse(struct cw_bytes text, struct cw_place *out);
const char *cw_place_text(const struct cw_place *place, char out[CW_PLACE_MAX]);

#endif
