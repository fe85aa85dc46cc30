/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 256 };

static uint32_t
hash_of(const struct cw_index *index, const char *text)
{
    return (uint32_t)cw_hash(index->seed, text, strlen(text));
}

bool
cw_index_init(struct cw_index *index, struct cw_hash_key seed)
{
    *index = (struct cw_index){.n_slots = FIRST_SLOTS, .seed = seed};
    index->slots = calloc(FIRST_SLOTS, sizeof(*index->slots));
    return index->slots != NULL;
}

void
cw_index_clear(struct cw_index *index)
{
    free(index->slots);
    *index = (struct cw_index){0};
}

/* Twice the slots; without memory the chains only grow longer. */
static void
grow(struct cw_index *index)
{
    uint32_t n = index->n_slots * 2;
    struct cw_key **slots = calloc(n, sizeof(*slots));
    if (!slots) {
        return;
    }
    for (uint32_t i = 0; i < index->n_slots; i++) {
        for (struct cw_key *key = index->slots[i], *next; key; key = next) {
            next = key->chain;
            key->chain = slots[key->hash & (n - 1)];
            slots[key->hash & (n - 1)] = key;
        }
    }
    free(index->slots);
    index->slots = slots;
    index->n_slots = n;
}

struct cw_key *
cw_index_find(const struct cw_index *index, const char *text)
{
    uint32_t hash = hash_of(index, text);
    struct cw_key *key = index->slots[hash & (index->n_slots - 1)];
    while (key && (key->hash != hash || strcmp(key->text, text) != 0)) {
        key = key->chain;
    }
    return key;
}

struct cw_key *
cw_index_add(struct cw_index *index, struct cw_inv_device *owner, struct cw_key **keys,
             const char *text)
{
    assert(!cw_index_find(index, text));
    size_t len = strlen(text);
    struct cw_key *key = calloc(1, sizeof(*key) + len + 1);
    if (!key) {
        return NULL;
    }
    if (index->count >= index->n_slots) {
        grow(index);
    }
    memcpy(key->text, text, len + 1);
    key->hash = hash_of(index, text);
    key->owner = owner;
    key->sibling = *keys;
    *keys = key;
    struct cw_key **slot = &index->slots[key->hash & (index->n_slots - 1)];
    key->chain = *slot;
    *slot = key;
    index->count++;
    return key;
}

static void
unlink_sibling(struct cw_key **keys, const struct cw_key *key)
{
    while (*keys != key) {
        keys = &(*keys)->sibling;
    }
    *keys = key->sibling;
}

void
cw_index_remove(struct cw_index *index, struct cw_key **keys, struct cw_key *key)
{
    struct cw_key **at = &index->slots[key->hash & (index->n_slots - 1)];
    while (*at != key) {
        at = &(*at)->chain;
    }
    *at = key->chain;
    unlink_sibling(keys, key);
    index->count--;
    free(key);
}

void
cw_index_move(struct cw_key *key, struct cw_key **from, struct cw_key **to,
              struct cw_inv_device *owner)
{
    unlink_sibling(from, key);
    key->owner = owner;
    key->sibling = *to;
    *to = key;
}
