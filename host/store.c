/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "store.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct entry {
    char *text; /* NULL: free */
    size_t value;
};

struct cw_store {
    struct entry *entries;
    size_t n, room; /* room is a power of two, at most half full */
    uint64_t seed;  /* texts come from the wire: nobody shall know where they collide */
};

static uint64_t
hash(const struct cw_store *store, const char *text)
{
    uint64_t h = store->seed;
    for (; *text != '\0'; text++) {
        h = (h ^ (unsigned char)*text) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    return h;
}

static struct entry *
slot(const struct cw_store *store, const char *text)
{
    size_t at = (size_t)hash(store, text) & (store->room - 1);
    while (store->entries[at].text && strcmp(store->entries[at].text, text) != 0) {
        at = (at + 1) & (store->room - 1);
    }
    return &store->entries[at];
}

static void
grow(struct cw_store *store)
{
    struct entry *old = store->entries;
    size_t n_old = store->room;
    store->room = n_old ? n_old * 2 : 64;
    store->entries = calloc(store->room, sizeof(*store->entries));
    if (!store->entries) {
        abort();
    }
    for (size_t i = 0; i < n_old; i++) {
        if (old[i].text) {
            *slot(store, old[i].text) = old[i];
        }
    }
    free(old);
}

struct cw_store *
cw_store_new(void)
{
    struct cw_store *store = calloc(1, sizeof(*store));
    if (!store) {
        abort();
    }
    (void)!getrandom(&store->seed, sizeof(store->seed), 0);
    grow(store);
    return store;
}

void
cw_store_free(struct cw_store *store)
{
    for (size_t i = 0; i < store->room; i++) {
        free(store->entries[i].text);
    }
    free(store->entries);
    free(store);
}

static struct entry *
enter(struct cw_store *store, const char *text)
{
    if (2 * store->n >= store->room) {
        grow(store);
    }
    struct entry *entry = slot(store, text);
    if (!entry->text) {
        *entry = (struct entry){.text = strdup(text), .value = (size_t)-1};
        if (!entry->text) {
            abort();
        }
        store->n++;
    }
    return entry;
}

const char *
cw_store_text(struct cw_store *store, const char *text)
{
    return enter(store, text)->text;
}

size_t
cw_store_find(const struct cw_store *store, const char *text)
{
    const struct entry *entry = slot(store, text);
    return entry->text ? entry->value : (size_t)-1;
}

void
cw_store_set(struct cw_store *store, const char *text, size_t value)
{
    enter(store, text)->value = value;
}
