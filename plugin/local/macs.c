/* SPDX-License-Identifier: Apache-2.0 */
#include "local/macs.h"

#include <stdlib.h>

enum {
    EVICT_SCAN = 64,   /* MACs looked at to find one to forget */
    MAC_ADDRESSES = 4, /* local IPv4 addresses seen behind one MAC without proof */
    MAX_PROVEN = 32,   /* more proven addresses than that: proxy ARP, a gateway */
};

struct cw_mac_info {
    struct cw_mac mac;
    uint32_t next;
    bool is_gateway;
    bool is_recent; /* met since the hand passed */
    uint8_t n_addresses;
    uint8_t n_nets;
    uint8_t n_proven;
    uint8_t v4[MAC_ADDRESSES][4];
    uint8_t net[2][8]; /* distinct global /64s */
};

bool
cw_macs_init(struct cw_macs *macs, struct cw_hash_key key)
{
    macs->key = key;
    macs->infos = calloc(CW_MACS_MAX + 1, sizeof(*macs->infos));
    return macs->infos != NULL;
}

void
cw_macs_fini(struct cw_macs *macs)
{
    free(macs->infos);
    macs->infos = NULL;
}

static uint32_t
bucket_of(const struct cw_macs *m, const struct cw_mac *mac)
{
    return (uint32_t)cw_hash(m->key, mac, sizeof(*mac)) & (CW_MACS_BUCKETS - 1);
}

static void
unlink_mac(struct cw_macs *m, uint32_t at)
{
    uint32_t *link = &m->buckets[bucket_of(m, &m->infos[at].mac)];
    while (*link != at) {
        link = &m->infos[*link].next;
    }
    *link = m->infos[at].next;
}

/* One that was not met for a round of the hand; a gateway only where it meets no other, as its
 * prefix would prove the brand of those behind it until it is found out again. 0: all were met of
 * late. */
static uint32_t
choose_oldest(struct cw_macs *m)
{
    uint32_t gateway = 0;
    unsigned n_hosts = 0;
    for (unsigned i = 0; i < EVICT_SCAN; i++) {
        m->hand = m->hand % CW_MACS_MAX + 1;
        struct cw_mac_info *info = &m->infos[m->hand];
        if (!info->is_recent && !info->is_gateway) {
            return m->hand;
        }
        if (!info->is_recent && gateway == 0) {
            gateway = m->hand;
        }
        info->is_recent = false;
        n_hosts += !info->is_gateway;
    }
    return n_hosts == 0 ? gateway : 0;
}

static uint32_t
take_free(struct cw_macs *m)
{
    if (m->n_infos < CW_MACS_MAX) {
        return ++m->n_infos;
    }
    uint32_t at = choose_oldest(m);
    m->forgotten++;
    if (at != 0) {
        unlink_mac(m, at);
    }
    return at;
}

static struct cw_mac_info *
find_mac(struct cw_macs *m, const struct cw_mac *mac)
{
    uint32_t bucket = bucket_of(m, mac);
    uint32_t at = m->buckets[bucket];
    while (at != 0 && !cw_mac_equal(&m->infos[at].mac, mac)) {
        at = m->infos[at].next;
    }
    if (at == 0) {
        at = take_free(m);
        if (at == 0) {
            return NULL;
        }
        m->infos[at] = (struct cw_mac_info){.mac = *mac, .next = m->buckets[bucket]};
        m->buckets[bucket] = at;
    }
    m->infos[at].is_recent = true;
    return &m->infos[at];
}

/* VRRP (RFC 5798 7.3), HSRP and GLBP virtual routers. */
static bool
is_router_mac(const struct cw_mac *mac)
{
    static const uint8_t vrrp[5] = {0x00, 0x00, 0x5e, 0x00, 0x01},
                         vrrp6[5] = {0x00, 0x00, 0x5e, 0x00, 0x02};
    static const uint8_t hsrp[5] = {0x00, 0x00, 0x0c, 0x07, 0xac},
                         glbp[4] = {0x00, 0x07, 0xb4, 0x00};
    return memcmp(mac->b, vrrp, 5) == 0 || memcmp(mac->b, vrrp6, 5) == 0 ||
           memcmp(mac->b, hsrp, 5) == 0 || memcmp(mac->b, glbp, 4) == 0;
}

/* One more local IPv4 address behind a MAC; false when there are too many for one device. */
static bool
count_v4(struct cw_mac_info *m, const uint8_t v4[4])
{
    for (unsigned i = 0; i < m->n_addresses; i++) {
        if (memcmp(m->v4[i], v4, 4) == 0) {
            return true;
        }
    }
    if (m->n_addresses == MAC_ADDRESSES) {
        return false;
    }
    memcpy(m->v4[m->n_addresses++], v4, 4);
    return true;
}

/* One more global /64 behind a MAC: an on-link host has one or two (SLAAC), a gateway many. */
static bool
count_net(struct cw_mac_info *m, const uint8_t net[8])
{
    for (unsigned i = 0; i < m->n_nets; i++) {
        if (memcmp(m->net[i], net, 8) == 0) {
            return true;
        }
    }
    if (m->n_nets == 2) {
        return false;
    }
    memcpy(m->net[m->n_nets++], net, 8);
    return true;
}

static bool
looks_like_gateway(struct cw_mac_info *m, const struct cw_addr *addr, bool is_home)
{
    if (cw_addr_is_v4(addr)) {
        return !is_home ? cw_addr_is_global(addr) : !count_v4(m, addr->b + 12);
    }
    return !is_home && !count_net(m, addr->b);
}

static enum cw_mac_verdict
become_gateway(struct cw_mac_info *m)
{
    m->is_gateway = true;
    return CW_MAC_NEW_GATEWAY;
}

enum cw_mac_verdict
cw_macs_ask(struct cw_macs *macs, const struct cw_mac *mac)
{
    struct cw_mac_info *m = find_mac(macs, mac);
    if (!m || m->is_gateway) {
        return CW_MAC_GATEWAY;
    }
    return is_router_mac(mac) ? become_gateway(m) : CW_MAC_HOST;
}

enum cw_mac_verdict
cw_macs_learn(struct cw_macs *macs, const struct cw_mac *mac, const struct cw_addr *addr,
              bool is_home)
{
    enum cw_mac_verdict known = cw_macs_ask(macs, mac);
    if (known != CW_MAC_HOST) {
        return known;
    }
    struct cw_mac_info *m = find_mac(macs, mac);
    return looks_like_gateway(m, addr, is_home) ? become_gateway(m) : CW_MAC_HOST;
}

enum cw_mac_verdict
cw_macs_forwards(struct cw_macs *macs, const struct cw_mac *mac)
{
    enum cw_mac_verdict known = cw_macs_ask(macs, mac);
    return known == CW_MAC_HOST ? become_gateway(find_mac(macs, mac)) : known;
}

enum cw_mac_verdict
cw_macs_prove(struct cw_macs *macs, const struct cw_mac *mac)
{
    enum cw_mac_verdict known = cw_macs_ask(macs, mac);
    if (known != CW_MAC_HOST) {
        return known;
    }
    struct cw_mac_info *m = find_mac(macs, mac);
    if (m->n_proven >= MAX_PROVEN) {
        return become_gateway(m);
    }
    m->n_proven++;
    return CW_MAC_HOST;
}
