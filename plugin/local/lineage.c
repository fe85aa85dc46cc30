/* SPDX-License-Identifier: Apache-2.0 */
#include "local/lineage.h"

#include <stdlib.h>

#define SECOND 1000000000LL

enum { WAYS = 4 };

static const int64_t INTRODUCTION_NS = 60 * SECOND; /* how long an introduction counts */
static const int64_t SOCKET_IDLE_NS =
    120 * SECOND; /* how long a quiet socket is the same socket */

struct socket_entry {
    struct cw_addr local;
    uint16_t port;
    uint8_t directions; /* bits seen */
    uint8_t n_peers;
    int64_t last_ns;
    struct cw_lineage_hit what;

    struct {
        struct cw_addr addr;
        int64_t at_ns;
        uint8_t path;
    } peers[CW_LINEAGE_PEERS];
};

/* Set-associative: WAYS places for each hash; the longest idle one is reused. */
struct cw_lineage {
    struct cw_hash_key key;
    uint32_t n_sets;
    struct socket_entry *entries;
};

struct cw_lineage *
cw_lineage_new(uint32_t max_sockets, struct cw_hash_key key)
{
    struct cw_lineage *l = calloc(1, sizeof(*l));
    if (!l) {
        return NULL;
    }
    l->key = key;
    l->n_sets = max_sockets / WAYS + 1;
    l->entries = calloc((size_t)l->n_sets * WAYS, sizeof(*l->entries));
    if (!l->entries) {
        free(l);
        return NULL;
    }
    return l;
}

void
cw_lineage_free(struct cw_lineage *l)
{
    if (l) {
        free(l->entries);
        free(l);
    }
}

static struct socket_entry *
set_of(const struct cw_lineage *l, const struct cw_addr *local, uint16_t port)
{
    uint8_t key[18];
    memcpy(key, local->b, 16);
    memcpy(key + 16, &port, 2);
    return &l->entries[(cw_hash(l->key, key, sizeof(key)) % l->n_sets) * WAYS];
}

static bool
is_of(const struct socket_entry *e, const struct cw_addr *local, uint16_t port)
{
    return e->last_ns != 0 && e->port == port && cw_addr_equal(&e->local, local);
}

static struct socket_entry *
find_entry(const struct cw_lineage *l, const struct cw_addr *local, uint16_t port)
{
    struct socket_entry *set = set_of(l, local, port);
    for (unsigned i = 0; i < WAYS; i++) {
        if (is_of(&set[i], local, port)) {
            return &set[i];
        }
    }
    return NULL;
}

static struct socket_entry *
make_entry(struct cw_lineage *l, const struct cw_addr *local, uint16_t port)
{
    struct socket_entry *set = set_of(l, local, port), *oldest = set;
    for (unsigned i = 1; i < WAYS; i++) {
        if (set[i].last_ns < oldest->last_ns) {
            oldest = &set[i];
        }
    }
    *oldest = (struct socket_entry){.local = *local, .port = port};
    return oldest;
}

void
cw_lineage_note(struct cw_lineage *l, const struct cw_addr *local, uint16_t port,
                unsigned direction, const struct cw_lineage_hit *what, int64_t now_ns)
{
    struct socket_entry *e = find_entry(l, local, port);
    if (!e || now_ns - e->last_ns > SOCKET_IDLE_NS) {
        e = e ? e : make_entry(l, local, port);
        *e = (struct socket_entry){.local = *local, .port = port};
    }
    e->directions |= (uint8_t)(1u << (direction & 1));
    e->what = *what;
    e->last_ns = now_ns;
}

void
cw_lineage_introduce(struct cw_lineage *l, const struct cw_addr *local, uint16_t port,
                     const struct cw_addr *peer, unsigned path, int64_t now_ns)
{
    struct socket_entry *e = find_entry(l, local, port);
    if (!e || cw_addr_is_none(peer)) {
        return;
    }
    unsigned at = 0, oldest = 0;
    while (at < e->n_peers && !cw_addr_equal(&e->peers[at].addr, peer)) {
        oldest = e->peers[at].at_ns < e->peers[oldest].at_ns ? at : oldest;
        at++;
    }
    if (at == CW_LINEAGE_PEERS) {
        at = oldest;
    } else if (at == e->n_peers) {
        e->n_peers++;
    }
    e->peers[at].addr = *peer;
    e->peers[at].at_ns = now_ns;
    e->peers[at].path = (uint8_t)path;
}

/* The path of a peer that was introduced in time, else NONE. */
static unsigned
introduced_path(const struct socket_entry *e, const struct cw_addr *peer, int64_t now_ns)
{
    for (unsigned i = 0; i < e->n_peers; i++) {
        if (cw_addr_equal(&e->peers[i].addr, peer)) {
            bool is_fresh = now_ns - e->peers[i].at_ns <= INTRODUCTION_NS;
            return is_fresh ? e->peers[i].path : CAMWATCH_PATH_NONE;
        }
    }
    return CAMWATCH_PATH_NONE;
}

bool
cw_lineage_find(const struct cw_lineage *l, const struct cw_addr *local, uint16_t port,
                const struct cw_addr *peer, bool speaks_same, int64_t now_ns,
                struct cw_lineage_hit *out)
{
    const struct socket_entry *e = find_entry(l, local, port);
    if (!e || e->directions != 3 || now_ns - e->last_ns > SOCKET_IDLE_NS) {
        return false;
    }
    unsigned path = introduced_path(e, peer, now_ns);
    if (!speaks_same && path == CAMWATCH_PATH_NONE) {
        return false;
    }
    *out = e->what;
    out->path = (uint8_t)path;
    return true;
}
