/* SPDX-License-Identifier: Apache-2.0 */
#include "local/bindings.h"

#include <stdlib.h>

bool
cw_bindings_init(struct cw_bindings *b, uint32_t max, struct cw_hash_key key)
{
    b->max = max;
    b->key = key;
    b->rows = calloc(max + 1, sizeof(*b->rows));
    return b->rows != NULL;
}

void
cw_bindings_fini(struct cw_bindings *b)
{
    free(b->rows);
    b->rows = NULL;
}

static uint32_t
bucket_of(const struct cw_bindings *b, const struct cw_addr *addr)
{
    return (uint32_t)cw_hash(b->key, addr, sizeof(*addr)) & (CW_BINDINGS_BUCKETS - 1);
}

struct cw_binding *
cw_bindings_find(const struct cw_bindings *b, const struct cw_addr *addr)
{
    uint32_t at = b->buckets[bucket_of(b, addr)];
    while (at != 0 && !cw_addr_equal(&b->rows[at].addr, addr)) {
        at = b->rows[at].next;
    }
    return at == 0 ? NULL : &b->rows[at];
}

static uint32_t
take_row(struct cw_bindings *b)
{
    uint32_t at = b->free_rows;
    if (at != 0) {
        b->free_rows = b->rows[at].next;
        return at;
    }
    return b->count < b->max ? ++b->count : 0;
}

struct cw_binding *
cw_bindings_set(struct cw_bindings *b, const struct cw_addr *addr, uint32_t host)
{
    struct cw_binding *row = cw_bindings_find(b, addr);
    if (row) {
        row->host = host;
        return row;
    }
    uint32_t at = take_row(b), bucket = bucket_of(b, addr);
    if (at == 0) {
        return NULL;
    }
    b->rows[at] = (struct cw_binding){.addr = *addr, .host = host, .next = b->buckets[bucket]};
    b->buckets[bucket] = at;
    return &b->rows[at];
}

void
cw_bindings_remove(struct cw_bindings *b, const struct cw_addr *addr, uint32_t host)
{
    uint32_t *link = &b->buckets[bucket_of(b, addr)];
    while (*link != 0 && !cw_addr_equal(&b->rows[*link].addr, addr)) {
        link = &b->rows[*link].next;
    }
    uint32_t at = *link;
    if (at == 0 || b->rows[at].host != host) {
        return;
    }
    *link = b->rows[at].next;
    b->rows[at].next = b->free_rows;
    b->free_rows = at;
}
