/* SPDX-License-Identifier: Apache-2.0
 *
 * The strings of an image, each kept once. Offset 0 is "".
 */
#ifndef CW_RULES_STRINGS_H
#define CW_RULES_STRINGS_H

#include "rules/arena.h"

struct cw_strings {
    struct cw_rules_arena *arena;
    char *bytes;
    uint32_t used, room;
    uint32_t *slots; /* offsets, 0: empty */
    uint32_t n, n_slots;
};

/** Empty, but for "". Memory comes from the arena; check arena->failed at the end. */
void cw_strings_init(struct cw_strings *strings, struct cw_rules_arena *arena);

/** Offset of a text, copied at its first use; 0 for NULL, "" and lack of memory. */
uint32_t cw_strings_put(struct cw_strings *strings, const char *text);

#endif
