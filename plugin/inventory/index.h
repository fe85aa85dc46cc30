/* SPDX-License-Identifier: Apache-2.0
 *
 * Every text that names a device ("mac:...", "sn:MAKER:SERIAL", "ip:SITE:SEGMENT:ADDRESS", former
 * ids) and the device that it names now. A device owns a chain of keys; a key has one owner.
 */
#ifndef CW_INVENTORY_INDEX_H
#define CW_INVENTORY_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"

#define CW_KEY_TEXT_MAX 192

struct cw_inv_device;

struct cw_key {
    struct cw_key *chain;   /* next in its slot */
    struct cw_key *sibling; /* next of the same device */
    struct cw_inv_device *owner;
    uint32_t hash;
    bool is_former_id; /* was published as the id of a device */
    char text[];
};

struct cw_index {
    struct cw_key **slots; /* a power of two of them */
    uint32_t n_slots;
    uint32_t count;
    struct cw_hash_key seed;
};

/** False for lack of memory; free with cw_index_clear, also then. */
bool cw_index_init(struct cw_index *index, struct cw_hash_key seed);

/** Free the slots. The keys are freed by their devices first. */
void cw_index_clear(struct cw_index *index);

/** The key of a text, or NULL. O(1). */
struct cw_key *cw_index_find(const struct cw_index *index, const char *text);

/** Add a text that is not in the index, as the first of *keys. NULL for lack of memory. */
struct cw_key *cw_index_add(struct cw_index *index, struct cw_inv_device *owner,
                            struct cw_key **keys, const char *text);

/** Take a key out of the index and of its owner's chain and free it. */
void cw_index_remove(struct cw_index *index, struct cw_key **keys, struct cw_key *key);

/** Move one key from a device's chain to another's. */
void cw_index_move(struct cw_key *key, struct cw_key **from, struct cw_key **to,
                   struct cw_inv_device *owner);

#endif
