/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory for flows: slabs that are never given back, and a free list through hash_next.
 */
#ifndef CW_FLOW_POOL_H
#define CW_FLOW_POOL_H

#include "model/flow.h"

#define CW_FLOW_SLAB 64

struct cw_flow_slab {
    _Alignas(64) struct cw_flow flows[CW_FLOW_SLAB]; /* each begins with a cache line */
    struct cw_flow_slab *next;
};

/* Zeroed: empty. */
struct cw_flow_pool {
    struct cw_flow_slab *slabs;
    struct cw_flow_slab *last;
    struct cw_flow *free;
};

void cw_flow_pool_free(struct cw_flow_pool *pool);

/** One more slab. False: no memory. */
bool cw_flow_pool_grow(struct cw_flow_pool *pool);

/** A zeroed flow; NULL: grow first. */
struct cw_flow *cw_flow_pool_take(struct cw_flow_pool *pool);
void cw_flow_pool_give(struct cw_flow_pool *pool, struct cw_flow *flow);

/** The flow is not on the free list. */
bool cw_flow_pool_is_used(const struct cw_flow *flow);

#endif
