/* SPDX-License-Identifier: Apache-2.0
 *
 * What was counted for each combination of a policy's key fields. A combination is kept as a hash
 * of 128 bits, so that no name or address is stored. Bounded: the one used longest ago goes first.
 */
#ifndef CW_PUBLISH_POLICY_KEYS_H
#define CW_PUBLISH_POLICY_KEYS_H

#include <stdbool.h>
#include <stdint.h>

enum { CW_POLICY_SLICES = 8 };

struct cw_policy_key {
    uint64_t a, b;
};

struct cw_policy_key_maker {
    struct cw_policy_key key;
};

struct cw_policy_sum {
    uint64_t events, bytes;
};

struct cw_policy_alert; /* publish/alerts.h */

struct cw_policy_count {
    struct cw_policy_alert *alert; /* owned; NULL: none since the policy was re-armed */
    bool alerted;
    int64_t alerted_ns;
    int64_t slice; /* number of the newest one: time / width */
    struct cw_policy_sum slices[CW_POLICY_SLICES];
};

/** Start a key with the policy's id, then add the texts of its fields in order. */
struct cw_policy_key_maker cw_policy_key_begin(uint32_t policy);
void cw_policy_key_add(struct cw_policy_key_maker *maker, const char *text);

struct cw_policy_keys;

/** NULL for lack of memory; given. @param max  at least 1 */
struct cw_policy_keys *cw_policy_keys_new(uint32_t max);
void cw_policy_keys_free(struct cw_policy_keys *keys);

/** The count of a combination, a zeroed one when it is new. Borrowed until the next get. O(1). */
struct cw_policy_count *cw_policy_keys_get(struct cw_policy_keys *keys,
                                           struct cw_policy_key key);

uint32_t cw_policy_keys_used(const struct cw_policy_keys *keys);
uint64_t cw_policy_keys_forgotten(const struct cw_policy_keys *keys);

typedef void (*cw_policy_keys_fn)(void *user, const struct cw_policy_key *key,
                                  const struct cw_policy_count *count);

/** Every combination, the one used longest ago first. */
void cw_policy_keys_visit(const struct cw_policy_keys *keys, cw_policy_keys_fn visit,
                          void *user);

typedef void (*cw_policy_keys_walk_fn)(void *user, const struct cw_policy_key *key,
                                       struct cw_policy_count *count);

/** The same, for who changes what was counted. */
void cw_policy_keys_walk(struct cw_policy_keys *keys, cw_policy_keys_walk_fn walk, void *user);

/** The count of a combination that is remembered, else NULL. It is as old as before. */
struct cw_policy_count *cw_policy_keys_find(struct cw_policy_keys *keys,
                                            struct cw_policy_key key);

/** Count one event and its bytes, and sum up the last within_ns, in slices of an eighth of it; 0:
 *  this event alone. An event older than the span counts as the oldest slice. */
struct cw_policy_sum cw_policy_count_add(struct cw_policy_count *count, int64_t within_ns,
                                         int64_t now_ns, uint64_t bytes);

#endif
