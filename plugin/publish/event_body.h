/* SPDX-License-Identifier: Apache-2.0
 *
 * What an event is made of: one text a field, all in one buffer. For the files of this folder
 * alone.
 */
#ifndef CW_PUBLISH_EVENT_BODY_H
#define CW_PUBLISH_EVENT_BODY_H

#include <stdbool.h>

#include "camwatch/event.h"

#define CW_EVENT_TEXT_MAX 16384
/* A byte of text becomes at most 6 of JSON; a field adds its name, quotes, brackets and a comma. */
#define CW_EVENT_JSON_MAX (6 * CW_EVENT_TEXT_MAX + 64 * CAMWATCH_N_FIELDS)

/* What follows from the kind of an event, by ECS 8.11:
 * X(symbol, stream, event.kind, event.category, event.type); lists are joined by ','. */
#define CW_EVENT_ROWS(X)                                                                       \
    X(POLICY_ALERT, ALERTS, "alert", "intrusion_detection,network", "info")                    \
    X(SENSOR_ALERT, ALERTS, "alert", "host", "info")                                           \
    X(DEVICE_NEW, DEVICES, "asset", "host", "info")                                            \
    X(DEVICE_IDENTIFIED, DEVICES, "asset", "host", "info")                                     \
    X(DEVICE_CHANGED, DEVICES, "asset", "host", "change")                                      \
    X(DEVICE_GONE, DEVICES, "asset", "host", "end")                                            \
    X(DEVICE_DESTINATION, DEVICES, "asset", "host,network", "info")                            \
    X(FLOW_CLASSIFIED, FLOWS, "event", "network", "connection,start")                          \
    X(FLOW_UPDATE, FLOWS, "event", "network", "connection,info")                               \
    X(FLOW_END, FLOWS, "event", "network", "connection,end")                                   \
    X(SENSOR_STATS, STATS, "metric", "host", "info")

struct cw_event_json {
    size_t len; /* 0: not encoded yet */
    char text[CW_EVENT_JSON_MAX];
};

struct camwatch_event {
    enum camwatch_event_kind kind;
    enum camwatch_stream stream;
    int64_t time_ns;
    bool is_cut;
    char former_id[192]; /* of the device; "" none */
    struct cw_event_json *json;          /* owned */
    uint64_t numbers[CAMWATCH_N_FIELDS]; /* of LONG fields */
    uint16_t
        texts[CAMWATCH_N_FIELDS]; /* place in buffer; 0 is the empty text that stands there */
    size_t used;                  /* of buffer */
    char buffer[CW_EVENT_TEXT_MAX];
};

/** Set a text as streams carry it, whatever the field's type; numbers[] is the caller's to set. */
void cw_event_put(struct camwatch_event *event, enum camwatch_field field, const char *text);

#endif
