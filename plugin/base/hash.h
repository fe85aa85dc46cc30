/* SPDX-License-Identifier: Apache-2.0
 *
 * Keyed hashing for tables that a stranger fills: SipHash-1-3 (Aumasson, Bernstein 2012), so that
 * nobody who does not know the key can aim at one bucket. Replay uses a fixed key, live a random
 * one.
 */
#ifndef CW_BASE_HASH_H
#define CW_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct cw_hash_key {
    uint64_t k0, k1;
};

/** Hash len bytes. Pure; about 1 ns per 8 bytes. */
uint64_t cw_hash(struct cw_hash_key key, const void *data, size_t len);

/**
 * A fifth of the cost, for small tables whose entries are compared in full or matter little: a
 * stranger who can watch what collides may learn to make more. Pure.
 */
uint64_t cw_hash_quick(struct cw_hash_key key, const void *data, size_t len);

#endif
