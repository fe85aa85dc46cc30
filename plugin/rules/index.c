/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/index.h"

#include <stdlib.h>

uint32_t
cw_suffix_slots(uint32_t n)
{
    uint32_t slots = 2;
    while (slots < 2 * n) {
        slots *= 2;
    }
    return slots;
}

unsigned
cw_suffix_add(struct cw_suffix_slot *slots, uint32_t n_slots, const char *suffix, uint32_t row)
{
    uint32_t hash = CW_SUFFIX_SEED;
    unsigned labels = 1;
    for (size_t i = strlen(suffix); i > 0; i--) {
        labels += suffix[i - 1] == '.';
        hash = cw_suffix_hash(hash, suffix[i - 1]);
    }
    uint32_t at = hash & (n_slots - 1);
    while (slots[at].row != 0) {
        at = (at + 1) & (n_slots - 1);
    }
    slots[at] = (struct cw_suffix_slot){.hash = hash, .row = row + 1};
    return labels;
}

static int
compare_slots(const void *left, const void *right)
{
    const struct cw_prefix_slot *a = left, *b = right;
    int order = memcmp(a->addr, b->addr, sizeof(a->addr));
    if (order == 0 && a->bits != b->bits) {
        order = a->bits < b->bits ? -1 : 1;
    }
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

static bool
holds(const struct cw_prefix_slot *slot, const uint8_t addr[16])
{
    struct cw_prefix prefix = {.bits = (uint8_t)slot->bits};
    struct cw_addr other;
    memcpy(prefix.addr.b, slot->addr, sizeof(prefix.addr.b));
    memcpy(other.b, addr, sizeof(other.b));
    return cw_prefix_has(&prefix, &other);
}

/* From a slot outwards to the first that holds the address. */
static uint32_t
widen(const struct cw_prefix_slot *slots, uint32_t at, const uint8_t addr[16])
{
    while (at != 0 && !holds(&slots[at - 1], addr)) {
        at = slots[at - 1].parent;
    }
    return at;
}

void
cw_prefix_sort(struct cw_prefix_slot *slots, uint32_t n)
{
    if (n == 0) {
        return;
    }
    qsort(slots, n, sizeof(*slots), compare_slots);
    slots[0].parent = 0;
    for (uint32_t i = 1; i < n; i++) {
        slots[i].parent = widen(slots, i, slots[i].addr);
    }
}

uint32_t
cw_prefix_find(const struct cw_prefix_slot *slots, uint32_t n, const uint8_t addr[16])
{
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (memcmp(slots[middle].addr, addr, 16) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return widen(slots, low, addr);
}
