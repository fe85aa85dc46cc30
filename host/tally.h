/* SPDX-License-Identifier: Apache-2.0
 *
 * A sink that adds up flow-end events: one row a local end and destination. The summary, --csv
 * and --explain are written from it.
 */
#ifndef HOST_TALLY_H
#define HOST_TALLY_H

#include <stdint.h>

#include "camwatch/sink.h"

/** All texts are "" where not known and live as long as the tally. */
struct cw_destination {
    const char *device_id, *local_ip, *local_mac;
    const char *vendor, *platform, *role, *side, *domain, *ip, *port, *transport, *protocol;
    const char *country, *asn, *as_org, *path, *direction;
    uint64_t bytes_out, bytes_in; /* out is sent by the local end */
    uint64_t flows, established, attempted, refused, streaming;
    uint64_t looked_up, blocked; /* DNS questions; blocked: no such name, or sinkholed */
    int64_t first_ns, last_ns;
    /* of its flow with the highest confidence */
    unsigned confidence;
    const char *band, *evidence, *file;
    uint64_t frame;
};

struct cw_tally;

struct cw_tally *cw_tally_new(void);
void cw_tally_free(struct cw_tally *tally);

/** The calls for camwatch_publisher_add_sink(); close leaves the tally to its owner. */
const struct camwatch_sink_ops *cw_tally_ops(void);

/** Rows in the order in which they were first met. */
const struct cw_destination *cw_tally_rows(const struct cw_tally *tally, size_t *n);

/** Flows that found no room for a row of their own (1,000,000 rows). */
uint64_t cw_tally_left_out(const struct cw_tally *tally);

/** Policy and sensor alerts seen. */
uint64_t cw_tally_alerts(const struct cw_tally *tally);

#endif
