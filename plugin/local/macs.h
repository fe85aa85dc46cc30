/* SPDX-License-Identifier: Apache-2.0
 *
 * Which MACs are gateways: those that carry addresses from elsewhere, or more than one device has.
 * Bounded; the caller's shard only; never allocates after init.
 */
#ifndef CW_LOCAL_MACS_H
#define CW_LOCAL_MACS_H

#include "base/addr.h"
#include "base/hash.h"

#define CW_MACS_BUCKETS (1u << 14)
#define CW_MACS_MAX     (1u << 16)

struct cw_mac_info;

struct cw_macs {
    struct cw_mac_info *infos;
    struct cw_hash_key key;
    uint32_t n_infos;
    uint32_t hand;      /* goes round to find one to forget */
    uint64_t forgotten; /* MACs given up, or not taken, for lack of room */
    uint32_t buckets[CW_MACS_BUCKETS];
};

enum cw_mac_verdict {
    CW_MAC_HOST,        /* the MAC of one host */
    CW_MAC_NEW_GATEWAY, /* just found out */
    CW_MAC_GATEWAY, /* or a MAC of which nothing can be remembered: its prefix proves nothing */
};

/** False for lack of memory. */
bool cw_macs_init(struct cw_macs *macs, struct cw_hash_key key);
void cw_macs_fini(struct cw_macs *macs);

/** What is known of a unicast MAC. */
enum cw_mac_verdict cw_macs_ask(struct cw_macs *macs, const struct cw_mac *mac);

/**
 * A source address was seen behind the MAC without proof that it is on-link.
 *
 * @param is_home  the address is in the home networks
 */
enum cw_mac_verdict cw_macs_learn(struct cw_macs *macs, const struct cw_mac *mac,
                                  const struct cw_addr *addr, bool is_home);

/** The MAC forwarded a packet of an address that is not proven to be its own: a gateway. */
enum cw_mac_verdict cw_macs_forwards(struct cw_macs *macs, const struct cw_mac *mac);

/** One more address is proven (ARP, ND, DHCP) to be at the MAC; with too many it is a gateway. */
enum cw_mac_verdict cw_macs_prove(struct cw_macs *macs, const struct cw_mac *mac);

#endif
