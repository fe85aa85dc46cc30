/* SPDX-License-Identifier: Apache-2.0
 *
 * The one reader: XREAD of all streams that some browser wants, into the hub. Its thread also
 * keeps the time of the heartbeats.
 */
#ifndef SERVER_READER_H
#define SERVER_READER_H

#include "server/hub.h"
#include "server/source.h"

struct cw_reader {
    struct cw_hub *hub;      /* borrowed */
    struct cw_source source; /* owned */
    int64_t checked_ms;      /* when the streams were last known to be the same ones */
    bool was_connected;
};

/** One round: read what is there, or wait up to a quarter of a second for it. */
void cw_reader_run(struct cw_reader *reader);

#endif
