/* SPDX-License-Identifier: Apache-2.0 */
#include "local/hosts.h"

#include <assert.h>
#include <stdlib.h>

enum {
    BUCKETS = 1 << 14,
    MAX_MACS = 1 << 16,
    MAC_ADDRESSES = 4, /* local IPv4 addresses seen behind one MAC without proof */
    MAX_PROVEN = 32,   /* more proven addresses than that: proxy ARP, a gateway */
    EVICT_SCAN = 64,
};

struct mac_info {
    struct cw_mac mac;
    uint32_t next;
    bool is_gateway;
    uint8_t n_addresses;
    uint8_t n_nets;
    uint8_t n_proven;
    uint8_t v4[MAC_ADDRESSES][4];
    uint8_t net[2][8]; /* distinct global /64s */
};

struct binding {
    struct cw_addr addr;
    uint32_t host;
    uint32_t next;
    bool is_proven;
};

struct cw_hosts {
    struct cw_hosts_settings settings;
    struct cw_host *hosts; /* [max_hosts] */
    struct binding *bindings;
    struct mac_info *macs;
    uint32_t host_of_mac[BUCKETS];
    uint32_t binding_of[BUCKETS];
    uint32_t mac_of[BUCKETS];
    uint32_t free_bindings; /* chain by next */
    uint32_t max_bindings, n_bindings;
    uint32_t n_macs;
    uint32_t n_hosts, used_hosts;
    uint32_t free_hosts; /* chain by mac_next */
    uint32_t hand;       /* where the search for a host to forget goes on */
    uint64_t evicted;
};

struct cw_hosts *
cw_hosts_new(const struct cw_hosts_settings *settings)
{
    struct cw_hosts *h = calloc(1, sizeof(*h));
    if (!h) {
        return NULL;
    }
    h->settings = *settings;
    h->max_bindings = settings->max_hosts * 2;
    /* calloc of large blocks is lazily backed: pages that are never used cost nothing */
    h->hosts = calloc(settings->max_hosts + 1, sizeof(*h->hosts));
    h->bindings = calloc(h->max_bindings + 1, sizeof(*h->bindings));
    h->macs = calloc(MAX_MACS + 1, sizeof(*h->macs));
    if (!h->hosts || !h->bindings || !h->macs) {
        cw_hosts_free(h);
        return NULL;
    }
    return h;
}

void
cw_hosts_free(struct cw_hosts *h)
{
    if (!h) {
        return;
    }
    for (uint32_t i = 0; h->hosts && i <= h->used_hosts; i++) {
        free(h->hosts[i].facts);
    }
    free(h->hosts);
    free(h->bindings);
    free(h->macs);
    free(h);
}

static uint32_t
bucket_of(const struct cw_hosts *h, const void *data, size_t len)
{
    return (uint32_t)cw_hash(h->settings.key, data, len) & (BUCKETS - 1);
}

/* ---- bindings: address -> host ---- */

static struct binding *
find_binding(const struct cw_hosts *h, const struct cw_addr *addr)
{
    uint32_t at = h->binding_of[bucket_of(h, addr, sizeof(*addr))];
    while (at != 0 && !cw_addr_equal(&h->bindings[at].addr, addr)) {
        at = h->bindings[at].next;
    }
    return at == 0 ? NULL : &h->bindings[at];
}

static void
unbind(struct cw_hosts *h, const struct cw_addr *addr)
{
    uint32_t *link = &h->binding_of[bucket_of(h, addr, sizeof(*addr))];
    while (*link != 0 && !cw_addr_equal(&h->bindings[*link].addr, addr)) {
        link = &h->bindings[*link].next;
    }
    uint32_t at = *link;
    if (at != 0) {
        *link = h->bindings[at].next;
        h->bindings[at].next = h->free_bindings;
        h->free_bindings = at;
    }
}

static void
unbind_all(struct cw_hosts *h, struct cw_host *host)
{
    for (unsigned i = 0; i < host->n_addresses; i++) {
        struct binding *b = find_binding(h, &host->addresses[i]);
        if (b && b->host == host->handle) {
            unbind(h, &host->addresses[i]);
        }
    }
    host->n_addresses = 0;
}

/* Put an address first in the host's list; the oldest one is forgotten. */
static void
remember_address(struct cw_hosts *h, struct cw_host *host, const struct cw_addr *addr)
{
    unsigned at = 0;
    while (at < host->n_addresses && !cw_addr_equal(&host->addresses[at], addr)) {
        at++;
    }
    if (at == host->n_addresses) {
        if (host->n_addresses == CW_HOST_ADDRESSES) {
            at = CW_HOST_ADDRESSES - 1;
            struct binding *old = find_binding(h, &host->addresses[at]);
            if (old && old->host == host->handle) {
                unbind(h, &host->addresses[at]);
            }
        } else {
            host->n_addresses++;
        }
    }
    memmove(&host->addresses[1], &host->addresses[0], at * sizeof(*addr));
    host->addresses[0] = *addr;
}

static struct binding *
bind_address(struct cw_hosts *h, struct cw_host *host, const struct cw_addr *addr)
{
    struct binding *b = find_binding(h, addr);
    if (!b) {
        uint32_t at = h->free_bindings;
        if (at != 0) {
            h->free_bindings = h->bindings[at].next;
        } else if (h->n_bindings < h->max_bindings) {
            at = ++h->n_bindings;
        } else {
            return NULL;
        }
        uint32_t bucket = bucket_of(h, addr, sizeof(*addr));
        b = &h->bindings[at];
        *b = (struct binding){.addr = *addr, .next = h->binding_of[bucket]};
        h->binding_of[bucket] = at;
    }
    b->host = host->handle;
    remember_address(h, host, addr);
    return b;
}

/* ---- hosts ---- */

static void
unlink_mac(struct cw_hosts *h, struct cw_host *host)
{
    if (cw_mac_is_none(&host->mac)) {
        return;
    }
    uint32_t *link = &h->host_of_mac[bucket_of(h, &host->mac, sizeof(host->mac))];
    while (*link != 0 && *link != host->handle) {
        link = &h->hosts[*link].mac_next;
    }
    if (*link != 0) {
        *link = host->mac_next;
    }
    host->mac_next = 0;
    host->mac = (struct cw_mac){{0}};
}

static void
forget_host(struct cw_hosts *h, struct cw_host *host)
{
    uint32_t at = host->handle;
    unbind_all(h, host);
    unlink_mac(h, host);
    free(host->facts);
    *host = (struct cw_host){.mac_next = h->free_hosts};
    h->free_hosts = at;
    h->n_hosts--;
}

/* A host without flows and facts that was not seen for long; found by a hand that goes round. */
static uint32_t
evict_one(struct cw_hosts *h)
{
    uint32_t best = 0;
    for (unsigned i = 0; i < EVICT_SCAN && h->used_hosts > 0; i++) {
        h->hand = h->hand % h->used_hosts + 1;
        struct cw_host *host = &h->hosts[h->hand];
        bool is_free_to_go = host->handle != 0 && host->flows == 0 && !host->facts;
        if (is_free_to_go && (best == 0 || host->last_ns < h->hosts[best].last_ns)) {
            best = h->hand;
        }
    }
    if (best == 0) {
        return false;
    }
    forget_host(h, &h->hosts[best]);
    h->evicted++;
    return true;
}

static uint32_t
take_free(struct cw_hosts *h)
{
    if (h->free_hosts == 0 && h->used_hosts < h->settings.max_hosts) {
        return ++h->used_hosts;
    }
    if (h->free_hosts == 0 && !evict_one(h)) {
        return 0;
    }
    uint32_t at = h->free_hosts;
    h->free_hosts = h->hosts[at].mac_next;
    return at;
}

static struct cw_host *
new_host(struct cw_hosts *h, int64_t now_ns)
{
    uint32_t at = take_free(h);
    if (at == 0) {
        h->evicted++;
        return NULL;
    }
    struct cw_host *host = &h->hosts[at];
    *host = (struct cw_host){.handle = at, .first_ns = now_ns, .last_ns = now_ns};
    h->n_hosts++;
    return host;
}

static struct cw_host *
find_mac_host(const struct cw_hosts *h, const struct cw_mac *mac)
{
    uint32_t at = h->host_of_mac[bucket_of(h, mac, sizeof(*mac))];
    while (at != 0 && !cw_mac_equal(&h->hosts[at].mac, mac)) {
        at = h->hosts[at].mac_next;
    }
    return at == 0 ? NULL : &h->hosts[at];
}

static void
set_mac(struct cw_hosts *h, struct cw_host *host, const struct cw_mac *mac)
{
    uint32_t bucket = bucket_of(h, mac, sizeof(*mac));
    host->mac = *mac;
    host->mac_next = h->host_of_mac[bucket];
    h->host_of_mac[bucket] = host->handle;
}

/* ---- MACs ---- */

static struct mac_info *
find_mac(struct cw_hosts *h, const struct cw_mac *mac)
{
    uint32_t bucket = bucket_of(h, mac, sizeof(*mac));
    uint32_t at = h->mac_of[bucket];
    while (at != 0 && !cw_mac_equal(&h->macs[at].mac, mac)) {
        at = h->macs[at].next;
    }
    if (at == 0) {
        if (h->n_macs == MAX_MACS) {
            return NULL;
        }
        at = ++h->n_macs;
        h->macs[at] = (struct mac_info){.mac = *mac, .next = h->mac_of[bucket]};
        h->mac_of[bucket] = at;
    }
    return &h->macs[at];
}

/* Evidence that a host gathered before its MAC proved to be a gateway goes to its only address. */
static void
become_gateway(struct cw_hosts *h, struct mac_info *m)
{
    m->is_gateway = true;
    struct cw_host *host = find_mac_host(h, &m->mac);
    if (!host) {
        return;
    }
    bool was_one = host->n_addresses == 1;
    unlink_mac(h, host);
    host->is_mac_proven = false;
    host->mac_was_matched = false;
    if (!was_one) {
        unbind_all(h, host);
        host->is_gateway = true;
        host->is_device = false;
    }
    if (!was_one || !host->facts) {
        free(host->facts);
        host->facts = NULL;
        return;
    }
    struct cw_host_facts *f = host->facts;
    size_t kept = 0;
    for (size_t i = 0; i < f->n_evidence; i++) {
        unsigned kind = f->evidence[i].kind;
        if (kind != CAMWATCH_EVIDENCE_MAC_CAMERA && kind != CAMWATCH_EVIDENCE_MAC_GENERAL) {
            f->evidence[kept++] = f->evidence[i];
        }
    }
    f->n_evidence = kept;
    f->device = cw_verdict_weigh(f->evidence, kept, CW_SUBJECT_DEVICE);
    host->is_device = f->device.is_surveillance && f->device.band >= CAMWATCH_BAND_LIKELY;
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

static bool
is_proven_at(const struct cw_hosts *h, const struct cw_mac *mac, const struct cw_addr *addr)
{
    const struct binding *b = find_binding(h, addr);
    return b && b->is_proven && cw_mac_equal(&h->hosts[b->host].mac, mac);
}

/* One more local IPv4 address behind a MAC; false when there are too many for one device. */
static bool
count_v4(struct mac_info *m, const uint8_t v4[4])
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
count_net(struct mac_info *m, const uint8_t net[8])
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
looks_like_gateway(const struct cw_hosts *h, struct mac_info *m, const struct cw_addr *addr)
{
    if (is_router_mac(&m->mac)) {
        return true;
    }
    bool is_home = cw_home_has(h->settings.home, addr);
    if (cw_addr_is_v4(addr)) {
        return !is_home ? cw_addr_is_global(addr) : !count_v4(m, addr->b + 12);
    }
    return !is_home && !count_net(m, addr->b);
}

bool
cw_hosts_learn(struct cw_hosts *h, const struct cw_mac *mac, const struct cw_addr *addr)
{
    if (cw_mac_is_none(mac) || cw_mac_is_group(mac)) {
        return false;
    }
    struct mac_info *m = find_mac(h, mac);
    if (!m || m->is_gateway) {
        return false;
    }
    if (is_proven_at(h, mac, addr)) {
        return true;
    }
    if (looks_like_gateway(h, m, addr)) {
        become_gateway(h, m);
        return false;
    }
    return true;
}

/* Interface identifier made from the MAC (RFC 4291 appendix A): the address is the MAC's own. */
static bool
is_eui64_of(const struct cw_addr *addr, const struct cw_mac *mac)
{
    return addr->b[8] == (mac->b[0] ^ 0x02) && addr->b[9] == mac->b[1] &&
           addr->b[10] == mac->b[2] && addr->b[11] == 0xff && addr->b[12] == 0xfe &&
           addr->b[13] == mac->b[3] && addr->b[14] == mac->b[4] && addr->b[15] == mac->b[5];
}

bool
cw_hosts_is_local(const struct cw_hosts *h, const struct cw_addr *addr)
{
    if (cw_home_has(h->settings.home, addr)) {
        return true;
    }
    const struct binding *b = find_binding(h, addr);
    return b && (b->is_proven || is_eui64_of(addr, &h->hosts[b->host].mac));
}

/* Move what an address-only host knows to the host of the MAC, and drop the former. */
static struct cw_host *
join(struct cw_hosts *h, struct cw_host *from, struct cw_host *to)
{
    for (size_t i = 0; from->facts && i < from->facts->n_evidence; i++) {
        (void)cw_hosts_add_evidence(to, &from->facts->evidence[i]);
    }
    to->is_viewer |= from->is_viewer;
    while (from->n_addresses > 0) {
        struct cw_addr addr = from->addresses[--from->n_addresses];
        (void)bind_address(h, to, &addr);
    }
    if (from->flows == 0) {
        forget_host(h, from);
    }
    return to;
}

/* The address is at this MAC now: same host, an upgrade, or another device took the address. */
static struct cw_host *
settle_on_mac(struct cw_hosts *h, struct cw_host *host, const struct cw_mac *mac,
              const struct cw_addr *addr)
{
    if (cw_mac_equal(&host->mac, mac)) {
        return host;
    }
    struct cw_host *owner = find_mac_host(h, mac);
    if (cw_mac_is_none(&host->mac)) {
        if (owner) {
            return join(h, host, owner);
        }
        set_mac(h, host, mac);
        return host;
    }
    if (!owner) {
        owner = new_host(h, host->last_ns);
        if (!owner) {
            return host;
        }
        set_mac(h, owner, mac);
    }
    struct binding *b = bind_address(h, owner, addr);
    if (b) {
        b->is_proven = false;
    }
    return owner;
}

struct cw_host *
cw_hosts_of_address(struct cw_hosts *h, const struct cw_addr *addr, const struct cw_mac *mac,
                    int64_t now_ns)
{
    bool on_link = mac && cw_hosts_learn(h, mac, addr);
    struct binding *b = find_binding(h, addr);
    struct cw_host *host = b ? &h->hosts[b->host] : NULL;
    if (!host && on_link) {
        host = find_mac_host(h, mac);
    }
    if (!host) {
        host = new_host(h, now_ns);
        if (!host) {
            return NULL;
        }
    }
    if (on_link) {
        if (!b && cw_mac_is_none(&host->mac)) {
            set_mac(h, host, mac);
        }
        host = settle_on_mac(h, host, mac, addr);
    }
    if (host->n_addresses == 0 || !cw_addr_equal(&host->addresses[0], addr)) {
        (void)bind_address(h, host, addr);
    }
    host->last_ns = now_ns > host->last_ns ? now_ns : host->last_ns;
    return host;
}

struct cw_host *
cw_hosts_of_mac(struct cw_hosts *h, const struct cw_mac *mac, int64_t now_ns)
{
    if (cw_mac_is_none(mac) || cw_mac_is_group(mac)) {
        return NULL;
    }
    struct mac_info *m = find_mac(h, mac);
    if (!m || m->is_gateway) {
        return NULL;
    }
    struct cw_host *host = find_mac_host(h, mac);
    if (!host) {
        host = new_host(h, now_ns);
        if (!host) {
            return NULL;
        }
        set_mac(h, host, mac);
    }
    host->last_ns = now_ns > host->last_ns ? now_ns : host->last_ns;
    return host;
}

void
cw_hosts_prove(struct cw_hosts *h, const struct cw_mac *mac, const struct cw_addr *addr,
               int64_t now_ns)
{
    if (cw_mac_is_none(mac) || cw_mac_is_group(mac) || cw_addr_is_none(addr) ||
        cw_addr_is_group(addr)) {
        return;
    }
    struct mac_info *m = find_mac(h, mac);
    if (!m || m->is_gateway || is_router_mac(mac) || is_proven_at(h, mac, addr)) {
        return;
    }
    if (m->n_proven >= MAX_PROVEN) {
        become_gateway(h, m);
        return;
    }
    m->n_proven++;
    struct cw_host *host = cw_hosts_of_mac(h, mac, now_ns);
    if (!host) {
        return;
    }
    const struct binding *old = find_binding(h, addr);
    if (old && old->host != host->handle && cw_mac_is_none(&h->hosts[old->host].mac)) {
        host = join(h, &h->hosts[old->host], host);
    }
    struct binding *b = bind_address(h, host, addr);
    if (b) {
        b->is_proven = true;
    }
    host->is_mac_proven = true;
}

struct cw_host *
cw_hosts_get(struct cw_hosts *h, uint32_t handle)
{
    if (handle == 0 || handle > h->used_hosts || h->hosts[handle].handle != handle) {
        return NULL;
    }
    return &h->hosts[handle];
}

static struct cw_host_facts *
facts_of(struct cw_host *host)
{
    if (!host->facts) {
        host->facts = calloc(1, sizeof(*host->facts));
    }
    return host->facts;
}

bool
cw_hosts_add_evidence(struct cw_host *host, const struct cw_evidence *piece)
{
    struct cw_host_facts *f = facts_of(host);
    if (!f || !cw_evidence_add(f->evidence, &f->n_evidence, CW_HOST_EVIDENCE, piece)) {
        return false;
    }
    f->device = cw_verdict_weigh(f->evidence, f->n_evidence, CW_SUBJECT_DEVICE);
    host->is_device = f->device.is_surveillance && f->device.band >= CAMWATCH_BAND_LIKELY;
    return true;
}

bool
cw_hosts_note_pull(struct cw_host *host, const struct cw_addr *camera)
{
    struct cw_host_facts *f = facts_of(host);
    for (unsigned i = 0; f && i < f->n_pulls; i++) {
        if (cw_addr_equal(&f->pulls[i], camera)) {
            return false;
        }
    }
    if (!f || f->n_pulls == CW_HOST_PULLS) {
        return false;
    }
    f->pulls[f->n_pulls++] = *camera;
    return f->n_pulls == CW_HOST_PULLS;
}

void
cw_hosts_note_uid(struct cw_host *host, uint64_t uid_hash)
{
    struct cw_host_facts *f = facts_of(host);
    if (f) {
        f->uid = uid_hash;
    }
}

bool
cw_hosts_is_news(struct cw_host *host, uint64_t identity_hash)
{
    struct cw_host_facts *f = facts_of(host);

    enum { SLOTS = sizeof(f->identities) / sizeof(*f->identities) };

    if (!f) {
        return true;
    }
    for (unsigned i = 0; i < SLOTS; i++) {
        if (f->identities[i] == identity_hash) {
            return false;
        }
    }
    f->identities[f->next_identity++ % SLOTS] = identity_hash;
    return true;
}

uint32_t
cw_hosts_count(const struct cw_hosts *h)
{
    return h->n_hosts;
}

uint64_t
cw_hosts_evicted(const struct cw_hosts *h)
{
    return h->evicted;
}
