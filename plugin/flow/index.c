/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/index.h"

#include <assert.h>
#include <stdlib.h>

#define MOVED_EACH 4 /* more than one: done before the next doubling is due */

_Static_assert(sizeof(struct cw_flow_key) == 44, "hashed and compared as bytes: no holes");

bool
cw_flow_index_init(struct cw_flow_index *index, size_t n)
{
    *index = (struct cw_flow_index){.buckets = calloc(n, sizeof(struct cw_flow *)), .n = n};
    return index->buckets != NULL;
}

void
cw_flow_index_free(struct cw_flow_index *index)
{
    free(index->buckets);
    free(index->old);
    *index = (struct cw_flow_index){0};
}

uint64_t
cw_flow_index_memory(const struct cw_flow_index *index)
{
    return (index->n + (index->old ? index->n / 2 : 0)) * sizeof(struct cw_flow *);
}

void
cw_flow_index_grow(struct cw_flow_index *index)
{
    if (index->old) {
        return;
    }
    struct cw_flow **wider = calloc(index->n * 2, sizeof(*wider));
    if (!wider) {
        return;
    }
    index->old = index->buckets;
    index->buckets = wider;
    index->n *= 2;
    index->moved = 0;
}

static struct cw_flow **
bucket_of(const struct cw_flow_index *index, uint32_t hash)
{
    size_t before = hash & (index->n / 2 - 1);
    if (index->old && before >= index->moved) {
        return &index->old[before];
    }
    return &index->buckets[hash & (index->n - 1)];
}

void
cw_flow_index_prefetch(const struct cw_flow_index *index, uint32_t hash)
{
    __builtin_prefetch(bucket_of(index, hash));
}

struct cw_flow *
cw_flow_index_find(const struct cw_flow_index *index, uint32_t hash,
                   const struct cw_flow_key *key)
{
    struct cw_flow *f = *bucket_of(index, hash);
    if (f) {
        __builtin_prefetch((const char *)f + 64,
                           1); /* its counters, while its key is compared */
    }
    while (f && (f->hash != hash || memcmp(&f->key, key, sizeof(*key)) != 0)) {
        f = f->hash_next;
    }
    return f;
}

static void
push(struct cw_flow **bucket, struct cw_flow *flow)
{
    flow->hash_next = *bucket;
    *bucket = flow;
}

static void
move_some(struct cw_flow_index *index)
{
    for (int i = 0; i < MOVED_EACH && index->old; i++) {
        struct cw_flow *f = index->old[index->moved++];
        while (f) {
            struct cw_flow *next = f->hash_next;
            push(&index->buckets[f->hash & (index->n - 1)], f);
            f = next;
        }
        if (index->moved == index->n / 2) {
            free(index->old);
            index->old = NULL;
        }
    }
}

void
cw_flow_index_add(struct cw_flow_index *index, struct cw_flow *flow)
{
    move_some(index);
    push(bucket_of(index, flow->hash), flow);
}

void
cw_flow_index_remove(struct cw_flow_index *index, struct cw_flow *flow)
{
    struct cw_flow **at = bucket_of(index, flow->hash);
    while (*at != flow) {
        assert(*at);
        at = &(*at)->hash_next;
    }
    *at = flow->hash_next;
}
