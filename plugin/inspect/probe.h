/* SPDX-License-Identifier: Apache-2.0
 *
 * What an undecided flow needs beside its counters. Taken from a bounded pool when the flow is
 * worth a look, given back when it is decided or ends.
 */
#ifndef CW_INSPECT_PROBE_H
#define CW_INSPECT_PROBE_H

#include "inspect/ndpi.h"
#include "inspect/stream.h"

#define CW_PROBES_DEFAULT 65536

struct cw_flow_probe {
    struct cw_ndpi_flow *ndpi; /* NULL: not shown to nDPI yet, or no more (cw_probe_dpi) */
    struct cw_stream stream;
    uint16_t packets[2]; /* with payload, shown so far */
    uint8_t is_dns : 1;  /* free for the caller's use */
    uint8_t is_tls : 1;
    uint8_t is_http : 1;
    uint8_t has_names : 1; /* names.h was asked */
    uint8_t
        start_is_read : 2; /* bits of the directions whose start names and banners were read */
    uint8_t is_dpi_over : 1;         /* nDPI has said all, or is not asked */
    uint8_t is_dpi_spent : 1;        /* it was not sure of anything within its budget */
    uint16_t dpi_packets;            /* shown to it */
    struct cw_flow_probe *next_free; /* the pool's own */
};

struct cw_probe_settings {
    uint32_t max;               /* probes at the same time */
    size_t extra_size;          /* bytes behind each probe, zeroed (cw_probe_extra) */
    struct cw_ndpi *ndpi;       /* borrowed; NULL: without nDPI */
    struct cw_streams *streams; /* borrowed */
    uint64_t *drops; /* borrowed, by enum camwatch_drop: no probe free is DPI_MEMORY */
};

struct cw_probes; /* the pool */

/** Memory for all probes is taken here, touched only when used. NULL for lack of memory. */
struct cw_probes *cw_probes_new(const struct cw_probe_settings *settings);

/** Every probe must have been freed. NULL is fine. */
void cw_probes_free(struct cw_probes *pool);

/** A zeroed probe. NULL, and counted, when none is free. */
struct cw_flow_probe *cw_probe_new(struct cw_probes *pool);

/** nDPI's state for the flow, made when it is first asked for: flows that are settled before cost
 *  none. NULL when it is over, when its memory cap allows none (counted), or without nDPI. */
struct cw_ndpi_flow *cw_probe_dpi(struct cw_probes *pool, struct cw_flow_probe *probe);

/** nDPI is not asked any more; its state is freed. */
void cw_probe_end_dpi(struct cw_flow_probe *probe);

/** Gives back all that the probe holds. Does not ask nDPI for its last word. NULL is fine. */
void cw_probe_free(struct cw_probes *pool, struct cw_flow_probe *probe);

/** extra_size bytes behind the probe, aligned for any type. */
void *cw_probe_extra(struct cw_flow_probe *probe);

/** Probes in use. */
size_t cw_probes_used(const struct cw_probes *pool);

#endif
