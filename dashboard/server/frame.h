/* SPDX-License-Identifier: Apache-2.0
 *
 * Server-Sent Events (WHATWG HTML 9.2) for one browser, into what is made ready for it.
 */
#ifndef SERVER_FRAME_H
#define SERVER_FRAME_H

#include "server/hub.h"

/** A message of one of its sensors: left out where the browser has it already, else its place
 *  moves. */
void cw_frame_put(struct cw_client *client, struct cw_subscription *subscription,
                  const struct cw_message *message);

/** The browser's places alone: it has them before the first event, and misses nothing if it must
 *  come back. */
void cw_frame_place(struct cw_client *client);

/** retry hint; Redis away (why) and back (NULL); a comment that keeps the connection. */
void cw_frame_greet(struct cw_client *client);
void cw_frame_put_away(struct cw_client *client, const char *why);
void cw_frame_beat(struct cw_client *client);

/**
 * What a gap is told as: {"sensor", "stream", "reason", "after", "before"}.
 *
 * @param reason  "trimmed": entries between after and before have left Redis · "reset": the
 *                stream was deleted or rolled back and begins anew
 * @param before  the first that is there again; NULL: none yet
 */
void cw_frame_gap(struct cw_body *out, const char *sensor, enum camwatch_stream stream,
                  const char *reason, struct cw_stream_id after,
                  const struct cw_stream_id *before);

#endif
