/* SPDX-License-Identifier: Apache-2.0
 *
 * Which host has an address now. Bounded; the caller's shard only; never allocates after init.
 */
#ifndef CW_LOCAL_BINDINGS_H
#define CW_LOCAL_BINDINGS_H

#include "base/addr.h"
#include "base/hash.h"

#define CW_BINDINGS_BUCKETS (1u << 14)

struct cw_binding {
    struct cw_addr addr;
    uint32_t host; /* handle */
    uint32_t next;
    bool is_proven; /* ARP, ND or DHCP said so */
};

struct cw_bindings {
    struct cw_binding *rows;
    struct cw_hash_key key;
    uint32_t max, count;
    uint32_t free_rows; /* chain by next */
    uint32_t buckets[CW_BINDINGS_BUCKETS];
};

/** False for lack of memory. */
bool cw_bindings_init(struct cw_bindings *bindings, uint32_t max, struct cw_hash_key key);
void cw_bindings_fini(struct cw_bindings *bindings);

/** NULL when no host has it. Borrowed until the next remove. */
struct cw_binding *cw_bindings_find(const struct cw_bindings *bindings,
                                    const struct cw_addr *addr);

/** Bind or bind anew; a new binding is not proven. NULL when there is no room. */
struct cw_binding *cw_bindings_set(struct cw_bindings *bindings, const struct cw_addr *addr,
                                   uint32_t host);

/** Nothing when the address belongs to another host. */
void cw_bindings_remove(struct cw_bindings *bindings, const struct cw_addr *addr,
                        uint32_t host);

#endif
