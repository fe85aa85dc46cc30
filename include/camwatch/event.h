/* SPDX-License-Identifier: Apache-2.0
 *
 * A published event: one of the kinds of terms.h with the fields of fields.h. Sinks receive it
 * borrowed, for the length of the call.
 */
#ifndef CAMWATCH_EVENT_H
#define CAMWATCH_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "camwatch/fields.h"
#include "camwatch/terms.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

#define CAMWATCH_EVENT_VERSION 1
#define CAMWATCH_ECS_VERSION   "8.11.0"

struct camwatch_event;

enum camwatch_event_kind camwatch_event_get_kind(const struct camwatch_event *event);
enum camwatch_stream camwatch_event_get_stream(const struct camwatch_event *event);

/** When it happened, ns since the epoch. */
int64_t camwatch_event_time(const struct camwatch_event *event);

/** Of a device's event: the id that it was known by until now, where that changes; else "".
 *  Borrowed. */
const char *camwatch_event_former_id(const struct camwatch_event *event);

/**
 * Text of a field as streams carry it: "" unknown, numbers in decimal, lists joined by ','. Never
 * NULL; borrowed from the event.
 */
const char *camwatch_event_text(const struct camwatch_event *event, enum camwatch_field field);

/** A LONG field as a number; 0 when unknown (ask camwatch_event_text for "" to tell). */
uint64_t camwatch_event_number(const struct camwatch_event *event, enum camwatch_field field);

/** The event as one line of JSON without the newline; empty fields left out. Borrowed. Encoded at
 *  the first call. */
const char *camwatch_event_json(const struct camwatch_event *event, size_t *len);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
