/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_SIZE = 64 * 1024,
    ALIGN = alignof(max_align_t),
    FIRST_ITEMS = 16,
};

struct cw_rules_block {
    struct cw_rules_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

static struct cw_rules_block *
add_block(struct cw_rules_arena *arena, size_t least)
{
    size_t size = least > BLOCK_SIZE ? least : BLOCK_SIZE;
    struct cw_rules_block *block = calloc(1, sizeof(*block) + size);
    if (block == NULL) {
        arena->failed = true;
        return NULL;
    }
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *
cw_rules_arena_alloc(struct cw_rules_arena *arena, size_t size)
{
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct cw_rules_block *block = arena->blocks;
    if (block == NULL || block->size - block->used < size) {
        block = add_block(arena, size);
    }
    if (block == NULL) {
        return NULL;
    }
    void *at = block->bytes + block->used;
    block->used += size;
    return at;
}

const char *
cw_rules_arena_text(struct cw_rules_arena *arena, const void *text, size_t len)
{
    char *copy = cw_rules_arena_alloc(arena, len + 1);
    if (copy == NULL) {
        return "";
    }
    if (len > 0) {
        memcpy(copy, text, len);
    }
    return copy;
}

void *
cw_rules_vec_add(struct cw_rules_arena *arena, struct cw_rules_vec *vec, size_t item)
{
    if (vec->n == vec->max) {
        uint32_t max = vec->max ? vec->max * 2 : FIRST_ITEMS;
        void *items = cw_rules_arena_alloc(arena, max * item);
        if (items == NULL) {
            return NULL;
        }
        if (vec->n > 0) {
            memcpy(items, vec->items, vec->n * item);
        }
        vec->items = items;
        vec->max = max;
    }
    return (unsigned char *)vec->items + (size_t)vec->n++ * item;
}

void
cw_rules_arena_free(struct cw_rules_arena *arena)
{
    while (arena->blocks != NULL) {
        struct cw_rules_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}
