/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers over HTTP: the headers that all have, and errors as JSON {"error", "what_to_do"}.
 */
#ifndef SERVER_REPLY_H
#define SERVER_REPLY_H

#include <stdbool.h>

#include "server/body.h"

struct MHD_Connection;
struct MHD_Response;

#define CW_TYPE_JSON "application/json; charset=utf-8"

/** What every answer says: strict Content-Security-Policy, no sniffing, no referrer, not for
 *  other sites. */
void cw_reply_headers(struct MHD_Response *response, const char *type, const char *cache);

/** A JSON body; taken. NULL for lack of memory. */
struct MHD_Response *cw_reply_json(struct cw_body *body);

/** Queue a response, which is given away; may be NULL. False: the connection is to be closed. */
bool cw_reply_queue(struct MHD_Connection *connection, unsigned status,
                    struct MHD_Response *response);

/** Queue an error. False: the connection is to be closed. */
bool cw_reply_error(struct MHD_Connection *connection, unsigned status, const char *error,
                    const char *what_to_do);

/** The value of a header of the request; NULL where missing. */
const char *cw_request_header(struct MHD_Connection *connection, const char *name);

#endif
