/* SPDX-License-Identifier: Apache-2.0
 *
 * Local hosts: who is on this side of the network, at which MAC and which addresses, and what is
 * known of it. One entry a device where its MAC is on-link, else one an address.
 *
 * A MAC is on-link for an address when ARP, ND or DHCP said so, or when it carries only a few local
 * addresses. A MAC that carries addresses from elsewhere is a gateway: it keeps no addresses, and
 * no evidence is ever its own (corrections.md, rules of evidence).
 *
 * Belongs to one shard; not thread-safe. Allocates in slabs up to its limit; never per packet.
 */
#ifndef CW_LOCAL_HOSTS_H
#define CW_LOCAL_HOSTS_H

#include "base/hash.h"
#include "local/home.h"
#include "model/verdict.h"

#define CW_HOST_EVIDENCE  10
#define CW_HOST_ADDRESSES 8
#define CW_HOST_PULLS     2

/* What is known of a host that has shown anything; most hosts never do. */
struct cw_host_facts {
    struct cw_evidence evidence[CW_HOST_EVIDENCE];
    size_t n_evidence;
    struct cw_verdict device;
    struct cw_addr pulls[CW_HOST_PULLS]; /* cameras that it takes media from */
    uint8_t n_pulls;
    uint64_t uid;           /* hash of the UID that it registers with, 0 none */
    uint64_t identities[8]; /* hashes of what was already told to the inventory */
    unsigned next_identity;
};

struct cw_host {
    uint32_t handle; /* index + 1; 0 while free */
    uint32_t mac_next;
    uint32_t flows; /* references; a host with flows is never forgotten */
    uint32_t interface;
    struct cw_mac mac; /* on-link, else none */
    uint16_t vlan;
    bool is_mac_proven; /* by ARP, ND or DHCP */
    bool is_gateway;
    bool is_viewer;       /* behaves as an app or client of a service */
    bool is_device;       /* a surveillance device, at least likely */
    bool is_announced;    /* the inventory has heard of it */
    bool mac_was_matched; /* the rules were asked for its MAC */
    bool is_shared;       /* others are hidden behind its address (NAT): they send from it too */
    uint8_t n_addresses;
    struct cw_addr addresses[CW_HOST_ADDRESSES]; /* latest first */
    int64_t first_ns;
    int64_t last_ns;
    struct cw_host_facts *facts; /* NULL: nothing known */
};

_Static_assert(sizeof(struct cw_host) + sizeof(struct cw_host_facts) <= 1536,
               "a device takes less than 2 KB on the packet side");

struct cw_hosts;

struct cw_hosts_settings {
    uint32_t max_hosts;
    struct cw_hash_key key;
    const struct cw_home *home; /* borrowed until free */
};

/** NULL for lack of memory; given, free with cw_hosts_free. */
struct cw_hosts *cw_hosts_new(const struct cw_hosts_settings *settings);
void cw_hosts_free(struct cw_hosts *hosts);

/** Is this unicast address local: in the home networks, or proven to be on-link? */
bool cw_hosts_is_local(const struct cw_hosts *hosts, const struct cw_addr *addr);

/**
 * A packet came from this on-link MAC with this source address: learn which MACs are gateways.
 * Returns false when the MAC is a gateway, so the address is not its own.
 */
bool cw_hosts_learn(struct cw_hosts *hosts, const struct cw_mac *mac,
                    const struct cw_addr *addr);

/**
 * A packet with this local source address came from this on-link MAC, but was forwarded on its way.
 * The MAC is a gateway; where the address is proven to be the MAC's own, it hides others (NAT).
 */
void cw_hosts_note_forwarded(struct cw_hosts *hosts, const struct cw_mac *mac,
                             const struct cw_addr *addr);

/** A MAC that the inventory knows as a host's proved to be a gateway's since the last call. */
bool cw_hosts_take_gateway(struct cw_hosts *hosts, struct cw_mac *mac);

/** ARP, ND or DHCP said that the address is at this MAC. */
void cw_hosts_prove(struct cw_hosts *hosts, const struct cw_mac *mac,
                    const struct cw_addr *addr, int64_t now_ns);

/**
 * The host of a local address; made when it is new.
 *
 * @param mac  where the packet came from when it is on-link, else NULL
 * @return borrowed until the next call that makes a host; NULL when the limit is reached
 */
struct cw_host *cw_hosts_of_address(struct cw_hosts *hosts, const struct cw_addr *addr,
                                    const struct cw_mac *mac, int64_t now_ns);

/** The host of an on-link MAC (frames without IP); made when it is new. NULL for gateways and
 *  groups. */
struct cw_host *cw_hosts_of_mac(struct cw_hosts *hosts, const struct cw_mac *mac,
                                int64_t now_ns);

/** By handle; NULL for 0 and for handles that are gone. */
struct cw_host *cw_hosts_get(struct cw_hosts *hosts, uint32_t handle);

/** Add a piece of evidence and weigh again. True when the verdict or the list changed. */
bool cw_hosts_add_evidence(struct cw_host *host, const struct cw_evidence *piece);

/** The host takes media from a camera at this address. True when it now does so from
 *  CW_HOST_PULLS. */
bool cw_hosts_note_pull(struct cw_host *host, const struct cw_addr *camera);

/** The host registers with a UID (by hash, not 0). */
void cw_hosts_note_uid(struct cw_host *host, uint64_t uid_hash);

/** True the first time that this host says exactly this (by hash). */
bool cw_hosts_is_news(struct cw_host *host, uint64_t identity_hash);

uint32_t cw_hosts_count(const struct cw_hosts *hosts);
uint64_t cw_hosts_evicted(const struct cw_hosts *hosts);

#endif
