/* SPDX-License-Identifier: Apache-2.0 */
#include "local/hosts.h"

#include <stdlib.h>

#include "local/bindings.h"
#include "local/macs.h"

enum {
    BUCKETS = 1 << 14,
    EVICT_SCAN = 64,
};

struct cw_hosts {
    struct cw_hosts_settings settings;
    struct cw_host *hosts; /* [max_hosts] */
    struct cw_bindings bindings;
    struct cw_macs macs;
    uint32_t host_of_mac[BUCKETS];
    uint32_t n_hosts, used_hosts;
    uint32_t free_hosts; /* chain by mac_next */
    uint32_t hand;       /* where the search for a host to forget goes on */
    uint64_t evicted;
    struct cw_mac new_gateway; /* not told yet; none */
};

struct cw_hosts *
cw_hosts_new(const struct cw_hosts_settings *settings)
{
    struct cw_hosts *h = calloc(1, sizeof(*h));
    if (!h) {
        return NULL;
    }
    h->settings = *settings;
    /* calloc of large blocks is lazily backed: pages that are never used cost nothing */
    h->hosts = calloc(settings->max_hosts + 1, sizeof(*h->hosts));
    bool has_tables = cw_bindings_init(&h->bindings, settings->max_hosts * 2, settings->key) &&
                      cw_macs_init(&h->macs, settings->key);
    if (!h->hosts || !has_tables) {
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
    cw_bindings_fini(&h->bindings);
    cw_macs_fini(&h->macs);
    free(h);
}

static uint32_t
bucket_of(const struct cw_hosts *h, const void *data, size_t len)
{
    return (uint32_t)cw_hash(h->settings.key, data, len) & (BUCKETS - 1);
}

static void
unbind_all(struct cw_hosts *h, struct cw_host *host)
{
    for (unsigned i = 0; i < host->n_addresses; i++) {
        cw_bindings_remove(&h->bindings, &host->addresses[i], host->handle);
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
            cw_bindings_remove(&h->bindings, &host->addresses[at], host->handle);
        } else {
            host->n_addresses++;
        }
    }
    memmove(&host->addresses[1], &host->addresses[0], at * sizeof(*addr));
    host->addresses[0] = *addr;
}

static struct cw_binding *
bind_address(struct cw_hosts *h, struct cw_host *host, const struct cw_addr *addr)
{
    struct cw_binding *b = cw_bindings_set(&h->bindings, addr, host->handle);
    if (b) {
        remember_address(h, host, addr);
    }
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

/* What is known of one that is no device is worth less than a new host, which may be one: a
 * stranger can make any number of the former. One without address and MAC is never met again. */
static bool
is_worth_keeping(const struct cw_host *host)
{
    bool can_be_met = host->n_addresses > 0 || !cw_mac_is_none(&host->mac);
    return host->facts && can_be_met;
}

static bool
goes_before(const struct cw_host *a, const struct cw_host *b)
{
    bool a_is_worth = is_worth_keeping(a), b_is_worth = is_worth_keeping(b);
    return a_is_worth != b_is_worth ? b_is_worth : a->last_ns < b->last_ns;
}

/* A host without flows that is no device, one of which nothing is known if there is any; found by a
 * hand that goes round. */
static bool
evict_one(struct cw_hosts *h)
{
    uint32_t best = 0;
    for (unsigned i = 0; i < EVICT_SCAN && h->used_hosts > 0; i++) {
        h->hand = h->hand % h->used_hosts + 1;
        const struct cw_host *host = &h->hosts[h->hand];
        bool is_free_to_go = host->handle != 0 && host->flows == 0 &&
                             !(host->is_device && is_worth_keeping(host));
        if (is_free_to_go && (best == 0 || goes_before(host, &h->hosts[best]))) {
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

/* Evidence that a host gathered before its MAC proved to be a gateway goes to its only address. */
static void
give_up_mac(struct cw_hosts *h, const struct cw_mac *mac)
{
    struct cw_host *host = find_mac_host(h, mac);
    if (!host) {
        return;
    }
    bool was_one = host->n_addresses == 1;
    if (host->is_announced) {
        h->new_gateway = *mac;
        host->is_announced = false;
    }
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

static bool
is_proven_at(const struct cw_hosts *h, const struct cw_mac *mac, const struct cw_addr *addr)
{
    const struct cw_binding *b = cw_bindings_find(&h->bindings, addr);
    return b && b->is_proven && cw_mac_equal(&h->hosts[b->host].mac, mac);
}

static bool
is_unicast(const struct cw_mac *mac)
{
    return !cw_mac_is_none(mac) && !cw_mac_is_group(mac);
}

/* True while the MAC is that of a host; a new gateway gives up what was known of it. */
static bool
accept_mac(struct cw_hosts *h, const struct cw_mac *mac, enum cw_mac_verdict verdict)
{
    if (verdict == CW_MAC_NEW_GATEWAY) {
        give_up_mac(h, mac);
    }
    return verdict == CW_MAC_HOST;
}

bool
cw_hosts_learn(struct cw_hosts *h, const struct cw_mac *mac, const struct cw_addr *addr)
{
    if (!is_unicast(mac)) {
        return false;
    }
    if (is_proven_at(h, mac, addr)) {
        return accept_mac(h, mac, cw_macs_ask(&h->macs, mac));
    }
    bool is_home = cw_home_has(h->settings.home, addr);
    return accept_mac(h, mac, cw_macs_learn(&h->macs, mac, addr, is_home));
}

void
cw_hosts_note_forwarded(struct cw_hosts *h, const struct cw_mac *mac,
                        const struct cw_addr *addr)
{
    if (!is_unicast(mac)) {
        return;
    }
    if (is_proven_at(h, mac, addr)) {
        h->hosts[cw_bindings_find(&h->bindings, addr)->host].is_shared = true;
        return;
    }
    (void)accept_mac(h, mac, cw_macs_forwards(&h->macs, mac));
}

bool
cw_hosts_take_gateway(struct cw_hosts *h, struct cw_mac *mac)
{
    *mac = h->new_gateway;
    h->new_gateway = (struct cw_mac){{0}};
    return !cw_mac_is_none(mac);
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
    const struct cw_binding *b = cw_bindings_find(&h->bindings, addr);
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
    struct cw_binding *b = bind_address(h, owner, addr);
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
    struct cw_binding *b = cw_bindings_find(&h->bindings, addr);
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
    if (!is_unicast(mac) || !accept_mac(h, mac, cw_macs_ask(&h->macs, mac))) {
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
    bool is_usable = is_unicast(mac) && !cw_addr_is_none(addr) && !cw_addr_is_group(addr);
    if (!is_usable || is_proven_at(h, mac, addr) ||
        !accept_mac(h, mac, cw_macs_prove(&h->macs, mac))) {
        return;
    }
    struct cw_host *host = cw_hosts_of_mac(h, mac, now_ns);
    if (!host) {
        return;
    }
    const struct cw_binding *old = cw_bindings_find(&h->bindings, addr);
    if (old && old->host != host->handle && cw_mac_is_none(&h->hosts[old->host].mac)) {
        host = join(h, &h->hosts[old->host], host);
    }
    struct cw_binding *b = bind_address(h, host, addr);
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

uint32_t
cw_hosts_count(const struct cw_hosts *h)
{
    return h->n_hosts;
}

uint64_t
cw_hosts_evicted(const struct cw_hosts *h)
{
    return h->evicted + h->macs.forgotten;
}
