/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/fragment.h"

#include <stdlib.h>

#include "camwatch/drops.h"

#define WAYS      4
#define EXPIRY_NS (30 * INT64_C(1000000000)) /* Linux net.ipv4.ipfrag_time */

struct set {
    struct cw_fragment way[WAYS];
    int64_t evicted_ns;
    bool has_evicted;
};

struct cw_fragments {
    struct cw_hash_key hash_key;
    uint32_t mask;
    struct set sets[];
};

_Static_assert(sizeof(struct cw_fragment_key) == 40, "hashed and compared as bytes");

struct cw_fragments *
cw_fragments_new(uint32_t max, struct cw_hash_key key)
{
    uint32_t n = 1;
    while (n < max / WAYS && n < UINT32_C(1) << 20) {
        n *= 2;
    }
    struct cw_fragments *f = calloc(1, sizeof(*f) + n * sizeof(struct set));
    if (!f) {
        return NULL;
    }
    f->hash_key = key;
    f->mask = n - 1;
    return f;
}

void
cw_fragments_free(struct cw_fragments *fragments)
{
    free(fragments);
}

/* Both ways: packets of several captures need not be in order. */
static bool
is_near(int64_t a, int64_t b)
{
    return a > b ? (uint64_t)a - (uint64_t)b <= EXPIRY_NS
                 : (uint64_t)b - (uint64_t)a <= EXPIRY_NS;
}

static struct set *
set_of(struct cw_fragments *fragments, const struct cw_fragment_key *key)
{
    return &fragments->sets[cw_hash(fragments->hash_key, key, sizeof(*key)) & fragments->mask];
}

static struct cw_fragment *
find(struct set *set, const struct cw_fragment_key *key)
{
    for (size_t i = 0; i < WAYS; i++) {
        struct cw_fragment *f = &set->way[i];
        if (f->is_used && memcmp(&f->key, key, sizeof(*key)) == 0) {
            return f;
        }
    }
    return NULL;
}

static struct cw_fragment *
make_room(struct set *set, int64_t now_ns)
{
    struct cw_fragment *oldest = &set->way[0];
    for (size_t i = 0; i < WAYS; i++) {
        struct cw_fragment *f = &set->way[i];
        if (!f->is_used || !is_near(f->time_ns, now_ns)) {
            return f;
        }
        oldest = f->time_ns < oldest->time_ns ? f : oldest;
    }
    set->evicted_ns = now_ns;
    set->has_evicted = true;
    return oldest;
}

struct cw_fragment *
cw_fragments_add(struct cw_fragments *fragments, const struct cw_fragment_key *key,
                 int64_t now_ns)
{
    if (!fragments) {
        return NULL;
    }
    struct set *set = set_of(fragments, key);
    struct cw_fragment *f = find(set, key);
    if (!f) {
        f = make_room(set, now_ns);
    }
    *f = (struct cw_fragment){.key = *key, .time_ns = now_ns, .is_used = true};
    return f;
}

void
cw_fragment_learn(struct cw_fragment *fragment, const struct cw_packet *packet)
{
    if (!packet->is_ip) {
        return;
    }
    fragment->src = packet->src;
    fragment->dst = packet->dst;
    fragment->segment = packet->segment;
    fragment->src_port = packet->src_port;
    fragment->dst_port = packet->dst_port;
    fragment->tunnels = packet->tunnels;
    fragment->proto = packet->proto;
    fragment->icmp_type = packet->icmp_type;
    fragment->icmp_code = packet->icmp_code;
    fragment->on_link = packet->on_link;
    fragment->is_known = true;
}

unsigned
cw_fragments_apply(struct cw_fragments *fragments, const struct cw_fragment_key *key,
                   int64_t now_ns, struct cw_packet *out)
{
    if (!fragments) {
        return CAMWATCH_DROP_FRAGMENT_ORPHAN;
    }
    struct set *set = set_of(fragments, key);
    const struct cw_fragment *f = find(set, key);
    if (!f || !is_near(f->time_ns, now_ns)) {
        bool is_full = set->has_evicted && is_near(set->evicted_ns, now_ns);
        return is_full ? CAMWATCH_DROP_FRAGMENT_TABLE : CAMWATCH_DROP_FRAGMENT_ORPHAN;
    }
    if (!f->is_known) {
        return CAMWATCH_DROP_FRAGMENT_ORPHAN;
    }
    out->src = f->src;
    out->dst = f->dst;
    out->segment = f->segment;
    out->src_port = f->src_port;
    out->dst_port = f->dst_port;
    out->tunnels |= f->tunnels;
    out->proto = f->proto;
    out->icmp_type = f->icmp_type;
    out->icmp_code = f->icmp_code;
    out->on_link = f->on_link;
    return CAMWATCH_DROP_NONE;
}
