/* SPDX-License-Identifier: Apache-2.0
 *
 * GET /api/live?sensor=NAME[&sensor=NAME...][&from=PLACE]: Server-Sent Events.
 */
#ifndef SERVER_LIVE_H
#define SERVER_LIVE_H

#include "server/hub.h"

struct MHD_Connection;

/** Answer. The place comes from Last-Event-ID, else from the argument from, else it is now.
 *  False: the connection is to be closed. */
bool cw_live_answer(struct cw_hub *hub, struct MHD_Connection *connection, bool is_head);

/** Of the hub: go on with a connection. */
void cw_live_wake(void *connection);

#endif
