/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/pool.h"

#include <stdlib.h>

#define FREE_CLASS UINT8_MAX /* age_class of a free flow */

void
cw_flow_pool_free(struct cw_flow_pool *pool)
{
    while (pool->slabs) {
        struct cw_flow_slab *next = pool->slabs->next;
        free(pool->slabs);
        pool->slabs = next;
    }
    *pool = (struct cw_flow_pool){0};
}

bool
cw_flow_pool_grow(struct cw_flow_pool *pool)
{
    struct cw_flow_slab *slab = aligned_alloc(_Alignof(struct cw_flow_slab), sizeof(*slab));
    if (!slab) {
        return false;
    }
    slab->next = NULL;
    if (pool->last) {
        pool->last->next = slab;
    } else {
        pool->slabs = slab;
    }
    pool->last = slab;
    for (size_t i = CW_FLOW_SLAB; i-- > 0;) {
        cw_flow_pool_give(pool, &slab->flows[i]);
    }
    return true;
}

struct cw_flow *
cw_flow_pool_take(struct cw_flow_pool *pool)
{
    struct cw_flow *flow = pool->free;
    if (flow) {
        pool->free = flow->hash_next;
        *flow = (struct cw_flow){0};
    }
    return flow;
}

void
cw_flow_pool_give(struct cw_flow_pool *pool, struct cw_flow *flow)
{
    flow->age_class = FREE_CLASS;
    flow->hash_next = pool->free;
    pool->free = flow;
}

bool
cw_flow_pool_is_used(const struct cw_flow *flow)
{
    return flow->age_class != FREE_CLASS;
}
