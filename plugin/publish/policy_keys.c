/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/policy_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define NOBODY UINT32_MAX

struct entry {
    struct cw_policy_key key;
    uint32_t chain;        /* next in its slot */
    uint32_t older, newer; /* by use */
    struct cw_policy_count count;
};

struct cw_policy_keys {
    struct entry *entries; /* grows up to max */
    uint32_t *slots;       /* a power of two, at least max */
    uint32_t n_slots, room, used, max;
    uint32_t oldest, newest;
    uint64_t forgotten;
};

/* Over the key so far and the text: the order counts, and no two lists of texts run together. */
void
cw_policy_key_add(struct cw_policy_key_maker *maker, const char *text)
{
    size_t len = strlen(text);
    struct cw_hash_key a = {maker->key.a, 0x706f6c69}, b = {maker->key.b, 0x63696573};
    maker->key.a = cw_hash(a, text, len);
    maker->key.b = cw_hash(b, text, len);
}

struct cw_policy_key_maker
cw_policy_key_begin(uint32_t policy)
{
    return (struct cw_policy_key_maker){.key = {policy, ~(uint64_t)policy}};
}

static uint32_t
slots_for(uint32_t max)
{
    uint32_t n = 16;
    while (n < max && n < 1u << 30) {
        n *= 2;
    }
    return n;
}

struct cw_policy_keys *
cw_policy_keys_new(uint32_t max)
{
    struct cw_policy_keys *keys = calloc(1, sizeof(*keys));
    if (!keys) {
        return NULL;
    }
    keys->max = max;
    keys->n_slots = slots_for(max);
    keys->oldest = keys->newest = NOBODY;
    keys->slots = malloc(keys->n_slots * sizeof(*keys->slots));
    keys->room = max < 64 ? max : 64;
    keys->entries = calloc(keys->room, sizeof(*keys->entries));
    if (!keys->slots || !keys->entries) {
        cw_policy_keys_free(keys);
        return NULL;
    }
    memset(keys->slots, 0xff, keys->n_slots * sizeof(*keys->slots)); /* NOBODY */
    return keys;
}

void
cw_policy_keys_free(struct cw_policy_keys *keys)
{
    if (keys) {
        for (uint32_t i = 0; keys->entries && i < keys->used; i++) {
            free(keys->entries[i].count.alert);
        }
        free(keys->slots);
        free(keys->entries);
        free(keys);
    }
}

static uint32_t *
slot_of(const struct cw_policy_keys *keys, struct cw_policy_key key)
{
    return &keys->slots[key.a & (keys->n_slots - 1)];
}

static void
age_unlink(struct cw_policy_keys *keys, uint32_t at)
{
    const struct entry *e = &keys->entries[at];
    *(e->older == NOBODY ? &keys->oldest : &keys->entries[e->older].newer) = e->newer;
    *(e->newer == NOBODY ? &keys->newest : &keys->entries[e->newer].older) = e->older;
}

static void
age_append(struct cw_policy_keys *keys, uint32_t at)
{
    keys->entries[at].older = keys->newest;
    keys->entries[at].newer = NOBODY;
    *(keys->newest == NOBODY ? &keys->oldest : &keys->entries[keys->newest].newer) = at;
    keys->newest = at;
}

static uint32_t
find(const struct cw_policy_keys *keys, struct cw_policy_key key)
{
    uint32_t at = *slot_of(keys, key);
    while (at != NOBODY &&
           (keys->entries[at].key.a != key.a || keys->entries[at].key.b != key.b)) {
        at = keys->entries[at].chain;
    }
    return at;
}

/* Out of its slot and list, ready for another. */
static uint32_t
forget_oldest(struct cw_policy_keys *keys)
{
    uint32_t at = keys->oldest;
    uint32_t *link = slot_of(keys, keys->entries[at].key);
    while (*link != at) {
        link = &keys->entries[*link].chain;
    }
    *link = keys->entries[at].chain;
    age_unlink(keys, at);
    free(keys->entries[at].count.alert);
    keys->forgotten++;
    return at;
}

static uint32_t
take_free(struct cw_policy_keys *keys)
{
    if (keys->used == keys->room && keys->room < keys->max) {
        uint32_t room = keys->room > keys->max / 2 ? keys->max : keys->room * 2;
        struct entry *entries = realloc(keys->entries, room * sizeof(*entries));
        if (entries) {
            keys->entries = entries;
            keys->room = room;
        }
    }
    return keys->used < keys->room ? keys->used++ : forget_oldest(keys);
}

struct cw_policy_count *
cw_policy_keys_get(struct cw_policy_keys *keys, struct cw_policy_key key)
{
    uint32_t at = find(keys, key);
    if (at != NOBODY) {
        age_unlink(keys, at);
        age_append(keys, at);
        return &keys->entries[at].count;
    }
    at = take_free(keys);
    uint32_t *slot = slot_of(keys, key);
    keys->entries[at] = (struct entry){.key = key, .chain = *slot};
    *slot = at;
    age_append(keys, at);
    return &keys->entries[at].count;
}

uint32_t
cw_policy_keys_used(const struct cw_policy_keys *keys)
{
    return keys->used;
}

uint64_t
cw_policy_keys_forgotten(const struct cw_policy_keys *keys)
{
    return keys->forgotten;
}

void
cw_policy_keys_visit(const struct cw_policy_keys *keys, cw_policy_keys_fn visit, void *user)
{
    for (uint32_t at = keys->oldest; at != NOBODY; at = keys->entries[at].newer) {
        visit(user, &keys->entries[at].key, &keys->entries[at].count);
    }
}

void
cw_policy_keys_walk(struct cw_policy_keys *keys, cw_policy_keys_walk_fn walk, void *user)
{
    for (uint32_t at = keys->oldest; at != NOBODY; at = keys->entries[at].newer) {
        walk(user, &keys->entries[at].key, &keys->entries[at].count);
    }
}

struct cw_policy_count *
cw_policy_keys_find(struct cw_policy_keys *keys, struct cw_policy_key key)
{
    uint32_t at = find(keys, key);
    return at == NOBODY ? NULL : &keys->entries[at].count;
}

/* Move the slices on to a number; those between are empty. */
static void
advance(struct cw_policy_count *count, int64_t slice)
{
    if (slice - count->slice >= CW_POLICY_SLICES) {
        memset(count->slices, 0, sizeof(count->slices));
    }
    for (int64_t i = count->slice + 1; i <= slice && i - count->slice < CW_POLICY_SLICES; i++) {
        count->slices[(uint64_t)i % CW_POLICY_SLICES] = (struct cw_policy_sum){0};
    }
    count->slice = slice;
}

struct cw_policy_sum
cw_policy_count_add(struct cw_policy_count *count, int64_t within_ns, int64_t now_ns,
                    uint64_t bytes)
{
    struct cw_policy_sum sum = {.events = 1, .bytes = bytes};
    if (within_ns <= 0) {
        return sum;
    }
    int64_t width = within_ns / CW_POLICY_SLICES > 0 ? within_ns / CW_POLICY_SLICES : 1;
    int64_t slice = now_ns / width;
    if (slice > count->slice) {
        advance(count, slice);
    }
    int64_t oldest = count->slice - (CW_POLICY_SLICES - 1);
    uint64_t at = (uint64_t)(slice < oldest ? oldest : slice) % CW_POLICY_SLICES;
    count->slices[at].events++;
    count->slices[at].bytes += bytes;
    sum = (struct cw_policy_sum){0};
    for (unsigned i = 0; i < CW_POLICY_SLICES; i++) {
        sum.events += count->slices[i].events;
        sum.bytes += count->slices[i].bytes;
    }
    return sum;
}
