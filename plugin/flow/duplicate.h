/* SPDX-License-Identifier: Apache-2.0
 *
 * Spans that show every packet twice. A second copy is dropped only while most packets of the span
 * have one, at a constant lag of at most 2 ms: retransmissions can be equal to the bit, with IP
 * identification 0 (corrections.md, rules of evidence). Equal means the IP packet without what a
 * router or a switch changes: link layer, VLAN, TTL and header checksum are left out.
 */
#ifndef CW_FLOW_DUPLICATE_H
#define CW_FLOW_DUPLICATE_H

#include "base/hash.h"
#include "model/packet.h"

#define CW_DUPLICATE_WINDOW 64  /* packets after which the span is judged */
#define CW_DUPLICATE_PLACES 512 /* packets remembered; a power of two */
#define CW_DUPLICATE_LAG_NS 2000000

struct cw_duplicate_place {
    uint64_t hash;
    int64_t time_ns; /* 0 free */
};

/* Zeroed at first, then key set. */
struct cw_duplicates {
    struct cw_hash_key key;
    struct cw_duplicate_place places[CW_DUPLICATE_PLACES];
    int64_t lag_ns;     /* of the last copy */
    uint16_t n_packets; /* of this window */
    uint16_t n_copies;  /* among them, at the same lag as the copy before */
    bool is_doubling;   /* most packets of the last window came twice */
};

/**
 * Note an IP packet. Never allocates; hashes at most 96 bytes.
 *
 * @return true: a second copy on a span that repeats each packet
 */
bool cw_duplicates_note(struct cw_duplicates *d, const struct cw_packet *packet);

#endif
