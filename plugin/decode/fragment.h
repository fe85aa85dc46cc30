/* SPDX-License-Identifier: Apache-2.0
 *
 * What later fragments of a packet belong to. A bounded table without allocation, sets of four;
 * the oldest of a set makes room. Time is the packets'.
 */
#ifndef CW_DECODE_FRAGMENT_H
#define CW_DECODE_FRAGMENT_H

#include "base/hash.h"
#include "model/packet.h"

/* RFC 791 3.2, RFC 8200 4.5. 40 bytes without holes. IPv6 leaves proto 0: fragments may differ
 * in it. */
struct cw_fragment_key {
    struct cw_addr src;
    struct cw_addr dst;
    uint32_t id;
    uint8_t proto;
    uint8_t zero[3];
};

struct cw_fragment {
    struct cw_fragment_key key;
    int64_t time_ns;
    struct cw_addr src; /* of the innermost packet in the first fragment */
    struct cw_addr dst;
    uint32_t segment;
    uint16_t src_port;
    uint16_t dst_port;
    uint16_t tunnels;
    uint8_t proto;
    uint8_t icmp_type;
    uint8_t icmp_code;
    bool on_link;
    bool is_used;
    bool is_known; /* the first fragment was decoded to its end */
};

struct cw_fragments;

/** NULL only for lack of memory; given. max is rounded up to a power of two. */
struct cw_fragments *cw_fragments_new(uint32_t max, struct cw_hash_key key);
void cw_fragments_free(struct cw_fragments *fragments);

/** A place for a first fragment, not known yet; borrowed until the next call. NULL without a
 *  table. */
struct cw_fragment *cw_fragments_add(struct cw_fragments *fragments,
                                     const struct cw_fragment_key *key, int64_t now_ns);

/** Note what the first fragment turned out to be. */
void cw_fragment_learn(struct cw_fragment *fragment, const struct cw_packet *packet);

/** Give a later fragment its flow. @return 0, FRAGMENT_ORPHAN, or FRAGMENT_TABLE where a live
 *  fragment had to make room within the last 30 s. */
unsigned cw_fragments_apply(struct cw_fragments *fragments, const struct cw_fragment_key *key,
                            int64_t now_ns, struct cw_packet *out);

#endif
