/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes records: values that cross to the event side. Pure functions of the model's structs;
 * nothing allocates, nothing keeps a pointer.
 */
#ifndef CW_EVENT_MAKE_H
#define CW_EVENT_MAKE_H

#include "base/labels.h"
#include "model/cold.h"
#include "model/identity.h"
#include "model/record.h"

/** What the packet side knows of an end, for the record. */
struct cw_make_end {
    struct cw_mac mac; /* on-link, else none */
    bool is_local;
    bool is_device;
    bool is_shared; /* others are hidden behind its address */
};

struct cw_make_flow {
    const struct cw_flow *flow;
    const struct cw_flow_cold *cold; /* NULL: nothing known */
    const struct cw_verdict *device; /* of the device's side; NULL: nothing known */
    struct cw_make_end ends[2];      /* source, destination */
    unsigned device_side;            /* 0 source, 1 destination, 2 neither */
    unsigned kind;                   /* enum camwatch_event_kind */
    const struct cw_labels *labels;
    int64_t time_ns;
    uint8_t shard;
};

/** Fill a flow record whole. */
void cw_make_flow(const struct cw_make_flow *in, struct cw_record_flow *out);

/** Write evidence with its names as text. */
void cw_make_evidence(const struct cw_evidence *in, const struct cw_labels *labels,
                      struct cw_record_evidence *out);

/** Whom a piece of evidence names, as text. */
void cw_make_names(const struct cw_evidence *in, const struct cw_labels *labels,
                   struct cw_record_names *out);

/** Write a verdict with its names as text. */
void cw_make_verdict(const struct cw_verdict *in, const struct cw_labels *labels,
                     struct cw_record_verdict *out);

/** Outcome, direction: the network's point of view. source_local and destination_local as bits. */
unsigned cw_make_direction(bool source_local, bool destination_local);

#endif
