/* SPDX-License-Identifier: Apache-2.0
 *
 * Events as JSON (RFC 8259): the fields of fields.h in their order, empty ones left out.
 */
#ifndef CW_PUBLISH_ENCODE_H
#define CW_PUBLISH_ENCODE_H

#include "camwatch/event.h"

/**
 * Write an event as one line without the newline, and a NUL.
 *
 * LONG fields are numbers, LIST fields arrays, all others strings. Control characters (C0, DEL,
 * C1) and U+2028 and U+2029 are escaped; bytes that are no UTF-8 become U+FFFD each.
 *
 * @param out  CW_EVENT_JSON_MAX bytes (event_body.h) are always enough
 * @return length
 */
size_t cw_encode_json(const struct camwatch_event *event, char *out, size_t size);

#endif
