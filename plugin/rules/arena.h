/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory of one load: many small pieces, freed at once. Lack of memory is sticky (failed), so
 * that a caller may give up where it is convenient and the load ends with CAMWATCH_ENOMEM.
 */
#ifndef CW_RULES_ARENA_H
#define CW_RULES_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cw_rules_block;

struct cw_rules_arena {
    struct cw_rules_block *blocks;
    bool failed;
};

/** A growing array of one type inside an arena; zeroed memory is an empty one. Items move when it
 *  grows. */
struct cw_rules_vec {
    void *items;
    uint32_t n;
    uint32_t max;
};

/** Zeroed, aligned for any type; NULL for lack of memory. Borrowed until cw_rules_arena_free. */
void *cw_rules_arena_alloc(struct cw_rules_arena *arena, size_t size);

/** Copy of len bytes as a C string; "" for lack of memory. */
const char *cw_rules_arena_text(struct cw_rules_arena *arena, const void *text, size_t len);

/** One more zeroed item at the end; NULL for lack of memory. */
void *cw_rules_vec_add(struct cw_rules_arena *arena, struct cw_rules_vec *vec, size_t item);

void cw_rules_arena_free(struct cw_rules_arena *arena);

#endif
