/* SPDX-License-Identifier: Apache-2.0
 *
 * Values by name out of JSON, XML, key=value text and HTTP-like messages, in place. Nothing
 * here needs a whole document: what was cut off is not found, and a value that was cut is no
 * value. Nothing allocates; every search is one pass over the input.
 */
#ifndef CW_WIRE_TEXT_SCAN_H
#define CW_WIRE_TEXT_SCAN_H

#include "base/bytes.h"

/** A message of the HTTP family (RFC 9112 2, RFC 2326 4, RFC 3261 7). Spans are borrowed. */
struct cw_text_message {
    bool is_request;
    struct cw_bytes method;  /* requests */
    struct cw_bytes target;  /* requests */
    struct cw_bytes version; /* "HTTP/1.1", "RTSP/1.0", "SIP/2.0" */
    uint32_t status;         /* answers, 100..999 */
    struct cw_bytes headers; /* whole lines only */
    struct cw_bytes body;    /* what is there of it */
};

/** Parse the first line and split the rest. False where the first line is not whole or of no
 * such form; out is then left alone. */
bool cw_scan_message(struct cw_bytes in, struct cw_text_message *out);

/** True when text stands somewhere in it (case-sensitive). */
bool cw_scan_has(struct cw_bytes in, const char *text);

/** Value of the first member called key at any depth: a string without its quotes and with
 * escapes left as they are, or the text of a number or word. Keys within strings are not seen.
 * Empty where missing, cut off, an object or an array. RFC 8259. */
struct cw_bytes cw_scan_json(struct cw_bytes in, const char *key);

/** What follows the key called so, from its colon on: for members of an inner object. */
struct cw_bytes cw_scan_json_from(struct cw_bytes in, const char *key);

/** Text of the first element with this local name, under any prefix, trimmed. Empty where
 * missing, cut off, or when the element holds elements. */
struct cw_bytes cw_scan_xml(struct cw_bytes in, const char *name);

/** Value after key and '=' up to '&', blank, line end or comma; the key starts the text or
 * follows one of "?&;,", a blank or a line end. Quotes around the value go. Empty where
 * missing. */
struct cw_bytes cw_scan_param(struct cw_bytes in, const char *key);

#endif
