/* SPDX-License-Identifier: Apache-2.0
 *
 * What more than its type is known of a field: its closed vocabulary, its pattern, the streams that
 * always carry it. For the files that describe events.
 */
#ifndef CW_PUBLISH_VOCABULARY_H
#define CW_PUBLISH_VOCABULARY_H

#include <stdbool.h>

#include "camwatch/event.h"

struct cw_vocabulary {
    const char *(*text)(unsigned value); /* "" rows are left out: they are never written */
    unsigned n;                          /* 0: any text */
};

/** n is 0 for fields without one. */
struct cw_vocabulary cw_vocabulary_of(enum camwatch_field field);

/** ECMA 262 regular expression of the field's text, or of each item of a LIST; NULL none. */
const char *cw_field_pattern(enum camwatch_field field);

/** Every event of the stream has it. */
bool cw_field_is_required(enum camwatch_field field, enum camwatch_stream stream);

/** Stream of an event's kind. */
enum camwatch_stream cw_event_kind_stream(enum camwatch_event_kind kind);

#endif
