/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML text to a tree whose every node knows its line. Of YAML only what rules need: mappings with
 * plain keys, lists and scalars; no anchors, aliases or tags. Size, depth and counts are
 * bounded, so that a hostile file costs no more than its length.
 */
#ifndef CW_RULES_READ_H
#define CW_RULES_READ_H

#include "base/bytes.h"
#include "rules/arena.h"
#include "rules/log.h"

enum cw_yaml_kind {
    CW_YAML_SCALAR,
    CW_YAML_LIST,
    CW_YAML_MAP,
};

enum {
    CW_YAML_MAX_FILE = 4 * 1024 * 1024,
    CW_YAML_MAX_DEPTH = 16,
    CW_YAML_MAX_NODES = 200000,
    CW_YAML_MAX_KEYS = 128,
    CW_YAML_MAX_TEXT = 4096,
};

struct cw_yaml {
    enum cw_yaml_kind kind;
    uint32_t n; /* children */
    struct cw_rules_place at;
    struct cw_rules_place key_at;
    const char *key;  /* in a mapping, else NULL */
    const char *text; /* of a scalar, else "" */
    struct cw_yaml *first;
    struct cw_yaml *last;
    struct cw_yaml *next; /* sibling, or the next document */
};

/**
 * Parse one file.
 *
 * @param name   for messages and the places of nodes; borrowed as long as the tree
 * @param bytes  the whole file
 * @return the documents, linked by next, in the arena; NULL where the file has none or an error was
 *         reported. Duplicate keys are reported and the tree is returned without the second one.
 */
struct cw_yaml *cw_rules_read(struct cw_rules_arena *arena, struct cw_rules_log *log,
                              const char *name, struct cw_bytes bytes);

#endif
