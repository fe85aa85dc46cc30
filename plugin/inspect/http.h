/* SPDX-License-Identifier: Apache-2.0
 *
 * The head of a message of HTTP/1 (RFC 9112), RTSP (RFC 2326, 7826), SIP (RFC 3261) or SSDP,
 * which all look alike. Credentials, cookies and query strings are never handed on.
 */
#ifndef CW_INSPECT_HTTP_H
#define CW_INSPECT_HTTP_H

#include "base/bytes.h"
#include "inspect/start.h"

enum cw_http_protocol {
    CW_HTTP_HTTP,
    CW_HTTP_RTSP,
    CW_HTTP_SIP,
};

/* All spans are borrowed from the input and empty where missing. They hold what a stranger sent:
 * copy them with cw_text_copy. */
struct cw_http_message {
    uint8_t protocol; /* enum cw_http_protocol */
    bool is_request;
    uint16_t status;            /* of a response */
    struct cw_bytes method;     /* of a request */
    struct cw_bytes path;       /* without query and whatever looks like a secret */
    struct cw_bytes host;       /* of Host, else of the URL; without port and user */
    struct cw_bytes server;     /* what a server says of itself */
    struct cw_bytes user_agent; /* what a client says of itself */
    struct cw_bytes content_type;
    struct cw_bytes realm; /* of WWW-Authenticate */
    bool has_basic;        /* a request that bears a Basic log-in (RFC 7617); never what it says */
};

/**
 * @param in   start of a stream, a segment, or a datagram; borrowed
 * @param out  FOUND and MORE: what the whole lines so far show; OTHER: left alone
 * FOUND: the empty line that ends the head was seen. Never allocates; linear for each header.
 */
enum cw_start cw_http_parse(struct cw_bytes in, struct cw_http_message *out);

/** "http", "rtsp", "sip"; "" out of range. */
const char *cw_http_protocol_text(unsigned protocol);

#endif
