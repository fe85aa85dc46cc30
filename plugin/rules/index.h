/* SPDX-License-Identifier: Apache-2.0
 *
 * The indexes of the image. Names: one open-addressing hash table over all suffixes, hashed from
 * the last byte to the first, so that one pass over a name gives the hash of each of its
 * suffixes; a mask says which numbers of labels occur at all. Addresses and MACs: prefixes in
 * order, each with the number of the prefix around it, so that one binary search and a short
 * walk give all that hold an address.
 */
#ifndef CW_RULES_INDEX_H
#define CW_RULES_INDEX_H

#include "base/addr.h"

enum { CW_SUFFIX_MAX_LABELS = 31 }; /* bits of the mask, without bit 0 */

struct cw_suffix_slot {
    uint32_t hash;
    uint32_t row; /* index + 1; 0: empty */
};

struct cw_prefix_slot {
    uint8_t addr[16];
    uint32_t bits;
    uint32_t row;
    uint32_t parent; /* index + 1 of the next wider prefix; 0: none */
};

#define CW_SUFFIX_SEED UINT32_C(2166136261)

/** FNV-1a, one byte (Fowler, Noll, Vo). */
static inline uint32_t
cw_suffix_hash(uint32_t hash, char c)
{
    return (hash ^ (uint8_t)c) * UINT32_C(16777619);
}

/** Slots for n suffixes: a power of two, at most half of it used. */
uint32_t cw_suffix_slots(uint32_t n);

/** Enter a suffix. @return its number of labels */
unsigned cw_suffix_add(struct cw_suffix_slot *slots, uint32_t n_slots, const char *suffix,
                       uint32_t row);

/** Put prefixes in order and link each to the one around it. */
void cw_prefix_sort(struct cw_prefix_slot *slots, uint32_t n);

/** Index + 1 of the longest prefix that holds the address, 0: none. The others follow by parent. */
uint32_t cw_prefix_find(const struct cw_prefix_slot *slots, uint32_t n, const uint8_t addr[16]);

#endif
