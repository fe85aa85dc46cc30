/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "share.h"

#include <stdlib.h>
#include <string.h>

#include "keyed_hash.h"

enum {
    PAIRS = 8192,          /* that are remembered; a power of two */
    ADDRESSES_OF_HOST = 4, /* at one MAC; of more it is a router's */
    FIRST_ROOM = 1024,
};

/* What a host is known by: its address, or its MAC and zeros. */
struct key {
    uint8_t bytes[16];
};

struct host {
    struct key key;
    uint32_t parent;     /* of its group; itself: the first of it */
    uint32_t mac;        /* of an address: the host that stands for its MAC, the latest */
    uint8_t n_addresses; /* of a MAC */
    uint8_t shard;       /* 1 + shard, of the group's first; 0: not dealt yet */
};

struct pair {
    struct cw_frame_ends ends;
    uint32_t host;
    bool is_used;
};

struct cw_share {
    struct cw_deal deal;
    struct cw_hash_key hash_key;
    uint64_t load[CW_SHARE_MAX]; /* frames */
    struct host *hosts;          /* [0] is nobody */
    uint32_t n_hosts, room;
    uint32_t *slots; /* 2 * room */
    struct pair pairs[PAIRS];
};

static void *
need(void *memory)
{
    if (!memory) {
        abort();
    }
    return memory;
}

struct cw_share *
cw_share_new(const char *const *home, unsigned shards)
{
    struct camwatch_error error;
    struct cw_share *s = need(calloc(1, sizeof(*s)));
    (void)cw_deal_open(&s->deal, home, shards, &error);
    (void)cw_hash_key_random(&s->hash_key); /* where there is none, floods may make it slow */
    s->room = FIRST_ROOM;
    s->n_hosts = 1;
    s->hosts = need(calloc(s->room, sizeof(*s->hosts)));
    s->slots = need(calloc(2 * (size_t)s->room, sizeof(*s->slots)));
    return s;
}

void
cw_share_free(struct cw_share *s)
{
    free(s->hosts);
    free(s->slots);
    free(s);
}

/* ---- hosts ---- */

static uint32_t *
slot_of(struct cw_share *s, const struct key *key)
{
    size_t mask = 2 * (size_t)s->room - 1;
    size_t at = cw_keyed_hash(&s->hash_key, key, sizeof(*key)) & mask;
    while (s->slots[at] != 0 && memcmp(&s->hosts[s->slots[at]].key, key, sizeof(*key)) != 0) {
        at = (at + 1) & mask;
    }
    return &s->slots[at];
}

static void
grow(struct cw_share *s)
{
    s->room *= 2;
    s->hosts = need(reallocarray(s->hosts, s->room, sizeof(*s->hosts)));
    free(s->slots);
    s->slots = need(calloc(2 * (size_t)s->room, sizeof(*s->slots)));
    for (uint32_t i = 1; i < s->n_hosts; i++) {
        *slot_of(s, &s->hosts[i].key) = i;
    }
}

/* Made when it is new; 0: there are too many. */
static uint32_t
host_of(struct cw_share *s, const struct key *key)
{
    uint32_t *slot = slot_of(s, key);
    if (*slot != 0 || s->n_hosts > CW_SHARE_HOSTS) {
        return *slot;
    }
    if (s->n_hosts == s->room) {
        grow(s);
        slot = slot_of(s, key);
    }
    uint32_t host = s->n_hosts++;
    *slot = host;
    s->hosts[host] = (struct host){.key = *key, .parent = host};
    return host;
}

static uint32_t
host_of_address(struct cw_share *s, const uint8_t address[16])
{
    struct key key;
    memcpy(key.bytes, address, sizeof(key.bytes));
    return cw_deal_is_home(&s->deal, address) ? host_of(s, &key) : 0;
}

/* No address looks like it: its last ten bytes are zero. */
static uint32_t
host_of_mac(struct cw_share *s, const uint8_t mac[6])
{
    static const uint8_t none[6];
    struct key key = {{0}};
    bool is_group = mac[0] & 1;
    memcpy(key.bytes, mac, sizeof(none));
    return is_group || memcmp(mac, none, sizeof(none)) == 0 ? 0 : host_of(s, &key);
}

/* ---- groups ---- */

static uint32_t
first_of(struct cw_share *s, uint32_t host)
{
    struct host *hosts = s->hosts;
    while (hosts[host].parent != host) {
        hosts[host].parent = hosts[hosts[host].parent].parent;
        host = hosts[host].parent;
    }
    return host;
}

static void
join(struct cw_share *s, uint32_t one, uint32_t other)
{
    if (one == 0 || other == 0) {
        return;
    }
    struct host *a = &s->hosts[first_of(s, one)], *b = &s->hosts[first_of(s, other)];
    bool may_meet = a->shard == 0 || b->shard == 0 || a->shard == b->shard;
    if (a != b && may_meet) {
        a->shard = a->shard ? a->shard : b->shard;
        b->parent = a->parent;
    }
}

/* Addresses at one MAC are one host, unless it is a router's. */
static void
join_mac(struct cw_share *s, uint32_t host, uint32_t mac)
{
    if (host == 0 || mac == 0 || s->hosts[host].mac == mac) {
        return;
    }
    s->hosts[host].mac = mac;
    if (s->hosts[mac].n_addresses < ADDRESSES_OF_HOST) {
        s->hosts[mac].n_addresses++;
        join(s, host, mac);
    }
}

/* Which of two hosts decides: the same whichever way a frame goes. */
static uint32_t
choose(const struct cw_share *s, uint32_t src, uint32_t dst, unsigned server)
{
    if (src == 0 || dst == 0) {
        return src ? src : dst;
    }
    if (server != CW_DEAL_NO_SERVER) {
        return server == CW_DEAL_SOURCE_SERVES ? dst : src;
    }
    const struct key *a = &s->hosts[src].key, *b = &s->hosts[dst].key;
    return memcmp(a, b, sizeof(*a)) <= 0 ? src : dst;
}

/* 0.0.0.0 and no IP at all: the device is known by its MAC alone. */
static bool
has_no_source(const struct cw_frame_ends *ends)
{
    static const uint8_t none[16], any[16] = {[10] = 0xff, [11] = 0xff};
    return memcmp(ends->src, none, sizeof(none)) == 0 ||
           memcmp(ends->src, any, sizeof(any)) == 0;
}

/* All may hear it: nobody is spoken with. */
static bool
is_broadcast(const struct cw_frame_ends *ends)
{
    return (ends->dst_mac[0] & 1) || (ends->dst[10] == 0xff && ends->dst[15] == 0xff);
}

static uint32_t
look(struct cw_share *s, const struct cw_frame_ends *ends)
{
    uint32_t src = host_of_address(s, ends->src);
    uint32_t dst = is_broadcast(ends) ? 0 : host_of_address(s, ends->dst);
    if (src != 0) {
        join_mac(s, src, host_of_mac(s, ends->src_mac));
    }
    if (dst != 0) {
        join_mac(s, dst, host_of_mac(s, ends->dst_mac));
    }
    join(s, src, dst);
    if (src == 0 && has_no_source(ends)) {
        src = host_of_mac(s, ends->src_mac);
    }
    return choose(s, src, dst, ends->server);
}

/* ---- frames ---- */

/* Fast rather than good: a place that two pairs take in turn costs a second look, no more. */
static struct pair *
pair_of(struct cw_share *s, const struct cw_frame_ends *ends)
{
    uint64_t words[sizeof(*ends) / 8], hash = 0;
    _Static_assert(sizeof(*ends) == 48, "hashed and compared as bytes: no holes");
    memcpy(words, ends, sizeof(words));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return &s->pairs[hash & (PAIRS - 1)];
}

uint32_t
cw_share_note(struct cw_share *s, const struct cw_frame_ends *ends)
{
    struct pair *pair = pair_of(s, ends);
    if (!pair->is_used || memcmp(&pair->ends, ends, sizeof(*ends)) != 0) {
        *pair = (struct pair){.ends = *ends, .host = look(s, ends), .is_used = true};
    }
    return pair->host;
}

static unsigned
least_loaded(const struct cw_share *s)
{
    unsigned best = 0;
    for (unsigned i = 1; i < s->deal.shards; i++) {
        best = s->load[i] < s->load[best] ? i : best;
    }
    return best;
}

unsigned
cw_share_of(struct cw_share *s, uint32_t host)
{
    unsigned shard = 0;
    if (host != 0) {
        struct host *first = &s->hosts[first_of(s, host)];
        if (first->shard == 0) {
            first->shard = (uint8_t)(1 + least_loaded(s));
        }
        shard = first->shard - 1u;
    }
    s->load[shard]++;
    return shard;
}
