/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a stream begins and ends.
 */
#ifndef SERVER_ENDS_H
#define SERVER_ENDS_H

#include "server/query.h"

struct cw_stream_ends {
    uint64_t length;
    struct cw_stream_id first, last; /* of its entries; 0-0 when it has none */
    struct cw_stream_id
        generated; /* the last ID it ever gave; 0-0 for a stream that is not there */
};

/** XINFO STREAM. A stream that is not there is empty. */
enum cw_answer cw_ask_ends(struct cw_source *source, const char *sensor,
                           enum camwatch_stream stream, struct cw_stream_ends *out);

#endif
