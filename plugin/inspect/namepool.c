/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inspect/namepool.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_TEXT = 28, CELLS_PER_NAME = 2 };

/* Indices count from 1; 0 ends a list. */
struct cell {
    uint32_t next;
    char text[CELL_TEXT];
};

struct name {
    uint64_t hash;
    uint32_t holders;
    uint32_t next; /* in its bucket, or in the free list */
    uint32_t first_cell;
    uint32_t len;
};

struct cw_namepool {
    struct cw_hash_key key;
    uint32_t mask; /* of buckets */
    uint32_t free_name;
    uint32_t free_cell;
    uint32_t n_free_cells;
    uint32_t *buckets;
    struct name *names; /* [0] is not used; so with cells */
    struct cell *cells;
};

static uint32_t
power_of_two_from(uint32_t n)
{
    uint32_t power = 1;
    while (power < n) {
        power *= 2;
    }
    return power;
}

static void
thread_free_lists(struct cw_namepool *pool, uint32_t max)
{
    for (uint32_t i = 1; i < max; i++) {
        pool->names[i].next = i + 1;
    }
    for (uint32_t i = 1; i < max * CELLS_PER_NAME; i++) {
        pool->cells[i].next = i + 1;
    }
    pool->free_name = 1;
    pool->free_cell = 1;
    pool->n_free_cells = max * CELLS_PER_NAME;
}

struct cw_namepool *
cw_namepool_new(uint32_t max, struct cw_hash_key key)
{
    assert(max > 0 && max < UINT32_MAX / 4);
    struct cw_namepool *pool = calloc(1, sizeof(*pool));
    if (!pool) {
        return NULL;
    }
    uint32_t n_buckets = power_of_two_from(max);
    pool->key = key;
    pool->mask = n_buckets - 1;
    pool->buckets = calloc(n_buckets, sizeof(*pool->buckets));
    pool->names = calloc((size_t)max + 1, sizeof(*pool->names));
    pool->cells = calloc((size_t)max * CELLS_PER_NAME + 1, sizeof(*pool->cells));
    if (!pool->buckets || !pool->names || !pool->cells) {
        cw_namepool_free(pool);
        return NULL;
    }
    thread_free_lists(pool, max);
    return pool;
}

void
cw_namepool_free(struct cw_namepool *pool)
{
    if (!pool) {
        return;
    }
    free(pool->buckets);
    free(pool->names);
    free(pool->cells);
    free(pool);
}

static uint32_t
cells_of(uint32_t len)
{
    return (len + CELL_TEXT - 1) / CELL_TEXT;
}

static bool
has_text(const struct cw_namepool *pool, const struct name *name, const char *text,
         uint32_t len)
{
    uint32_t cell = name->first_cell;
    for (uint32_t at = 0; at < len; at += CELL_TEXT) {
        uint32_t part = len - at < CELL_TEXT ? len - at : CELL_TEXT;
        if (memcmp(pool->cells[cell].text, text + at, part) != 0) {
            return false;
        }
        cell = pool->cells[cell].next;
    }
    return true;
}

static uint32_t
find(const struct cw_namepool *pool, uint64_t hash, const char *text, uint32_t len)
{
    uint32_t i = pool->buckets[hash & pool->mask];
    while (i) {
        const struct name *name = &pool->names[i];
        if (name->hash == hash && name->len == len && has_text(pool, name, text, len)) {
            return i;
        }
        i = name->next;
    }
    return 0;
}

/* Moves cells from the free list to a list that holds text; there are enough. */
static uint32_t
store_text(struct cw_namepool *pool, const char *text, uint32_t len)
{
    uint32_t first = 0, *link = &first;
    for (uint32_t at = 0; at < len; at += CELL_TEXT) {
        uint32_t i = pool->free_cell;
        struct cell *cell = &pool->cells[i];
        pool->free_cell = cell->next;
        memcpy(cell->text, text + at, len - at < CELL_TEXT ? len - at : CELL_TEXT);
        cell->next = 0;
        *link = i;
        link = &cell->next;
    }
    pool->n_free_cells -= cells_of(len);
    return first;
}

static uint32_t
add(struct cw_namepool *pool, uint64_t hash, const char *text, uint32_t len)
{
    uint32_t i = pool->free_name;
    if (!i || cells_of(len) > pool->n_free_cells) {
        return 0;
    }
    struct name *name = &pool->names[i];
    pool->free_name = name->next;
    uint32_t *bucket = &pool->buckets[hash & pool->mask];
    *name = (struct name){
        .hash = hash, .next = *bucket, .first_cell = store_text(pool, text, len), .len = len};
    *bucket = i;
    return i;
}

uint32_t
cw_namepool_take(struct cw_namepool *pool, const char *text)
{
    uint32_t len = (uint32_t)strnlen(text, CW_NAMEPOOL_TEXT_MAX - 1);
    uint64_t hash = cw_hash(pool->key, text, len);
    uint32_t name = find(pool, hash, text, len);
    if (!name) {
        name = add(pool, hash, text, len);
    }
    if (name) {
        pool->names[name].holders++;
    }
    return name;
}

void
cw_namepool_hold(struct cw_namepool *pool, uint32_t name)
{
    assert(name && pool->names[name].holders > 0);
    pool->names[name].holders++;
}

static void
unlink_bucket(struct cw_namepool *pool, uint32_t name)
{
    uint32_t *link = &pool->buckets[pool->names[name].hash & pool->mask];
    while (*link != name) {
        link = &pool->names[*link].next;
    }
    *link = pool->names[name].next;
}

static void
free_text(struct cw_namepool *pool, const struct name *name)
{
    uint32_t i = name->first_cell;
    while (i) {
        uint32_t next = pool->cells[i].next;
        pool->cells[i].next = pool->free_cell;
        pool->free_cell = i;
        i = next;
    }
    pool->n_free_cells += cells_of(name->len);
}

void
cw_namepool_drop(struct cw_namepool *pool, uint32_t name)
{
    struct name *n = &pool->names[name];
    assert(name && n->holders > 0);
    if (--n->holders > 0) {
        return;
    }
    unlink_bucket(pool, name);
    free_text(pool, n);
    n->next = pool->free_name;
    pool->free_name = name;
}

void
cw_namepool_text(const struct cw_namepool *pool, uint32_t name, char out[CW_NAMEPOOL_TEXT_MAX])
{
    const struct name *n = &pool->names[name];
    uint32_t cell = n->first_cell;
    for (uint32_t at = 0; at < n->len; at += CELL_TEXT) {
        uint32_t part = n->len - at < CELL_TEXT ? n->len - at : CELL_TEXT;
        memcpy(out + at, pool->cells[cell].text, part);
        cell = pool->cells[cell].next;
    }
    out[n->len] = '\0';
}
