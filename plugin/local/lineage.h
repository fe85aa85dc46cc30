/* SPDX-License-Identifier: Apache-2.0
 *
 * Lineage: a local UDP socket that spoke to a rendezvous and then to a peer that the rendezvous
 * introduced. The far end of such a session is often a home address that no list knows.
 *
 * Rules of corrections.md: a valid exchange in both directions on that local port, a peer that was
 * introduced or speaks the same protocol, within 60 s, the socket idle for less than 120 s. The
 * caller never notes STUN, BitTorrent or QUIC here. Bounded; one shard; never allocates after new.
 */
#ifndef CW_LOCAL_LINEAGE_H
#define CW_LOCAL_LINEAGE_H

#include "base/addr.h"
#include "base/hash.h"
#include "base/labels.h"
#include "camwatch/terms.h"

#define CW_LINEAGE_PEERS 8

struct cw_lineage;

struct cw_lineage_hit {
    cw_label vendor;
    cw_label platform;
    cw_label rule;  /* of the rendezvous' signature */
    uint64_t frame; /* of the rendezvous */
    uint32_t file;
    uint8_t path; /* enum camwatch_path of the peer, as it was introduced; found only */
};

/** NULL for lack of memory; given. */
struct cw_lineage *cw_lineage_new(uint32_t max_sockets, struct cw_hash_key key);
void cw_lineage_free(struct cw_lineage *lineage);

/**
 * A rendezvous message was seen on a local socket.
 *
 * @param direction  0 sent by the socket, 1 received by it
 * @param what       labels and place of the rendezvous; copied
 */
void cw_lineage_note(struct cw_lineage *lineage, const struct cw_addr *local, uint16_t port,
                     unsigned direction, const struct cw_lineage_hit *what, int64_t now_ns);

/** The rendezvous introduced this peer to the socket.
 *  @param path  enum camwatch_path of what goes there: P2P_DIRECT, or RELAY or CLOUD of a server */
void cw_lineage_introduce(struct cw_lineage *lineage, const struct cw_addr *local,
                          uint16_t port, const struct cw_addr *peer, unsigned path,
                          int64_t now_ns);

/**
 * Does a conversation of this socket with this peer come out of a rendezvous?
 *
 * @param speaks_same  the conversation was recognised as the same protocol: no introduction needed
 * @param out          written only on true
 */
bool cw_lineage_find(const struct cw_lineage *lineage, const struct cw_addr *local,
                     uint16_t port, const struct cw_addr *peer, bool speaks_same,
                     int64_t now_ns, struct cw_lineage_hit *out);

#endif
