/* SPDX-License-Identifier: Apache-2.0
 *
 * Filling up a browser that was away: what it missed, from Redis, a page at a time.
 */
#ifndef SERVER_FILL_H
#define SERVER_FILL_H

#include "server/hub.h"
#include "server/source.h"

/** Fill up a client that is taken; stops when CW_CLIENT_BYTES are ready. False when Redis is
 *  away. */
bool cw_fill(struct cw_source *source, struct cw_client *client);

#endif
