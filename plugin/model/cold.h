/* SPDX-License-Identifier: Apache-2.0
 *
 * The cold part of a flow: what is known of one that is worth an event. Only such flows have it.
 */
#ifndef CW_MODEL_COLD_H
#define CW_MODEL_COLD_H

#include "model/flow.h"
#include "model/identity.h"
#include "model/verdict.h"

#define CW_COLD_EVIDENCE 6

/* A message of a signature that is not confirmed yet: what its sender says of itself waits. */
struct cw_flow_pending {
    struct cw_identity identity;
    uint8_t signature; /* index + 1 into the table, 0 nothing waits */
    uint8_t direction; /* of the message */
    uint8_t sender;    /* enum cw_wire_sender */
    bool has_identity, is_evidence, is_camera_fact;
    bool is_relay; /* it set a relay up, or went through one */
    uint32_t file;
    uint64_t frame;
    int64_t time_ns;
    char detail[48];
    const char *vendor; /* as in struct cw_wire_match; static, NULL: the signature's */
};

struct cw_flow_cold {
    struct cw_flow_cold *next_free;
    struct cw_evidence evidence[CW_COLD_EVIDENCE];
    size_t n_evidence;
    struct cw_verdict service;
    uint8_t path;          /* enum camwatch_path, by phases, peers and lineage */
    uint8_t activity;      /* enum camwatch_activity of the last window */
    uint8_t told_activity; /* the one that the last event told */
    uint8_t domain_source;
    uint8_t side; /* enum camwatch_side of the local end, by messages */
    uint8_t
        lan_side; /* both ends are local: 1 + the end that is the device (0 source), 0 not known */
    bool was_server;   /* the far end acted as a server of the vendor: data to it is relayed */
    uint8_t cleartext; /* enum camwatch_cleartext: a log-in that all can read was seen */
    uint8_t signature; /* confirmed wire signature, index + 1 into its table, 0 none */
    struct cw_flow_pending pending;
    char domain[256]; /* of the far end, lower case */
    char server_name[256];
    char ja3[40];

    /* events */
    uint64_t told_bytes[2]; /* totals at the last event */
    int64_t told_ns;        /* when that was */

    /* activity: a window of the packets' time */
    int64_t window_ns;        /* its start */
    uint64_t window_bytes[2]; /* totals at its start */
};

#endif
