/* SPDX-License-Identifier: Apache-2.0
 *
 * The hash of flows by key: chained buckets that double, moved over a few at a time so that no
 * packet waits for a million others.
 */
#ifndef CW_FLOW_INDEX_H
#define CW_FLOW_INDEX_H

#include "model/flow.h"

struct cw_flow_index {
    struct cw_flow **buckets;
    struct cw_flow **old; /* NULL but while growing: buckets from moved on are still there */
    size_t n;             /* power of two; the old one is half of it */
    size_t moved;
};

/** False: no memory. n is a power of two. */
bool cw_flow_index_init(struct cw_flow_index *index, size_t n);
void cw_flow_index_free(struct cw_flow_index *index);

/** Bytes of buckets. */
uint64_t cw_flow_index_memory(const struct cw_flow_index *index);

/** Begin to double; nothing happens while it is still growing or without memory. */
void cw_flow_index_grow(struct cw_flow_index *index);

struct cw_flow *cw_flow_index_find(const struct cw_flow_index *index, uint32_t hash,
                                   const struct cw_flow_key *key);

/** flow->hash and key are set. Moves a few buckets over while growing. */
void cw_flow_index_add(struct cw_flow_index *index, struct cw_flow *flow);
void cw_flow_index_remove(struct cw_flow_index *index, struct cw_flow *flow);

/** Fetch the bucket of a look-up that follows shortly; reads nothing. */
void cw_flow_index_prefetch(const struct cw_flow_index *index, uint32_t hash);

#endif
