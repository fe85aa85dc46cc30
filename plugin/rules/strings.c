/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/strings.h"

#include <string.h>

#include "base/hash.h"

enum {
    FIRST_ROOM = 64 * 1024,
    FIRST_SLOTS = 4096,
};

void
cw_strings_init(struct cw_strings *strings, struct cw_rules_arena *arena)
{
    *strings = (struct cw_strings){.arena = arena, .room = FIRST_ROOM, .n_slots = FIRST_SLOTS};
    strings->bytes = cw_rules_arena_alloc(arena, FIRST_ROOM);
    strings->slots = cw_rules_arena_alloc(arena, FIRST_SLOTS * sizeof(*strings->slots));
    strings->used = 1;
}

/* Slot of a text: the one that holds it, or the empty one where it belongs. */
static uint32_t *
find_slot(const struct cw_strings *strings, const char *text)
{
    static const struct cw_hash_key key;
    uint32_t mask = strings->n_slots - 1;
    uint32_t at = (uint32_t)cw_hash(key, text, strlen(text)) & mask;
    while (strings->slots[at] != 0 && strcmp(strings->bytes + strings->slots[at], text) != 0) {
        at = (at + 1) & mask;
    }
    return &strings->slots[at];
}

static bool
grow_bytes(struct cw_strings *strings, size_t len)
{
    uint32_t room = strings->room;
    while (room - strings->used < len) {
        room *= 2;
    }
    char *bytes = cw_rules_arena_alloc(strings->arena, room);
    if (bytes == NULL) {
        return false;
    }
    memcpy(bytes, strings->bytes, strings->used);
    strings->bytes = bytes;
    strings->room = room;
    return true;
}

static bool
grow_slots(struct cw_strings *strings)
{
    const uint32_t *old = strings->slots;
    uint32_t n_old = strings->n_slots;
    uint32_t *slots = cw_rules_arena_alloc(strings->arena, (size_t)n_old * 2 * sizeof(*slots));
    if (slots == NULL) {
        return false;
    }
    strings->slots = slots;
    strings->n_slots = n_old * 2;
    for (uint32_t i = 0; i < n_old; i++) {
        if (old[i] != 0) {
            *find_slot(strings, strings->bytes + old[i]) = old[i];
        }
    }
    return true;
}

uint32_t
cw_strings_put(struct cw_strings *strings, const char *text)
{
    if (text == NULL || text[0] == '\0' || strings->arena->failed) {
        return 0;
    }
    size_t len = strlen(text) + 1;
    uint32_t *slot = find_slot(strings, text);
    if (*slot != 0) {
        return *slot;
    }
    if (strings->room - strings->used < len && !grow_bytes(strings, len)) {
        return 0;
    }
    memcpy(strings->bytes + strings->used, text, len);
    *slot = strings->used;
    strings->used += (uint32_t)len;
    uint32_t offset = *slot;
    if (++strings->n > strings->n_slots / 2) {
        (void)grow_slots(strings);
    }
    return offset;
}
