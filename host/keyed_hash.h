/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash under a key: the same thing gets the same name, and nobody without the key can try out what
 * it was made of. SipHash-2-4 (Aumasson and Bernstein, 2012).
 */
#ifndef HOST_KEYED_HASH_H
#define HOST_KEYED_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cw_hash_key {
    uint8_t bytes[16];
};

/** A key that nobody knows and nobody keeps. False: the system has no random bytes. */
bool cw_hash_key_random(struct cw_hash_key *key);

uint64_t cw_keyed_hash(const struct cw_hash_key *key, const void *bytes, size_t len);

#endif
