/* SPDX-License-Identifier: Apache-2.0
 *
 * The compiled rules: one block without pointers that may be copied, mapped or handed to another
 * process as it is. A header, then sections of fixed rows; text is an offset into the section of
 * strings, 0 is "". Numbers are the machine's own: an image does not leave the machine.
 */
#ifndef CW_RULES_IMAGE_H
#define CW_RULES_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "rules/index.h"

#define CW_IMAGE_MAGIC   "CWRULES" /* 8 bytes with its NUL */
#define CW_IMAGE_VERSION 3

typedef uint32_t cw_text; /* offset into the strings */

struct cw_image_party {
    cw_text name, vendor, maker, group, where; /* group: of the maker */
    uint32_t company; /* index + 1 of the maker behind the brand, or 0 */
    uint8_t is_platform, is_mixed, maker_is_likely, spare;
};

struct cw_image_row {
    uint32_t id, party;
    cw_text pattern, source, region, registrant, where;
    uint8_t kind, field, role, side, confidence, device_kind, is_general, proves_brand;
};

struct cw_image_banner {
    uint32_t row, field;
};

struct cw_image_maker {
    cw_text name, short_name, country, group, source, where;
    uint32_t first_owner, n_owners, first_alias, n_aliases;
};

struct cw_image_owner {
    cw_text entity, source;
    int32_t since, until; /* days, INT32_MIN and INT32_MAX where open */
    uint32_t maker;       /* index + 1 of the maker that the entity names */
    uint32_t is_verified;
};

struct cw_image_list {
    cw_text name, title, kind, url, verified_on, where;
    uint32_t first_entry, n_entries;
    int32_t verified_day;
};

struct cw_image_entry {
    cw_text entity, source, since_text, until_text, where;
    int32_t since, until;
    uint32_t maker; /* as in struct cw_image_owner */
    uint32_t list;
    uint32_t is_verified;
};

struct cw_image_policy {
    uint64_t threshold_bytes;
    int64_t within_ns, rearm_ns, learning_ns;
    cw_text name, title, reference, where;
    uint32_t id, kinds, severity, threshold_events;
    uint32_t first_condition, n_conditions, first_key, n_key, first_allow, n_allows;
};

struct cw_image_condition {
    uint32_t field, is_not, first_value, n_values;
};

struct cw_image_value {
    uint64_t number;
    uint8_t addr[16];
    uint32_t bits, test;
    cw_text text;
    uint32_t spare;
};

struct cw_image_allow {
    cw_text reason, author, until_text, where;
    int32_t until;
    uint32_t kinds, first_condition, n_conditions;
};

/* X(symbol, name of the accessor, type) */
#define CW_IMAGE_SECTIONS(X)                                                                   \
    X(STRINGS, strings, char)                                                                  \
    X(PARTIES, parties, struct cw_image_party)                                                 \
    X(ROWS, rows, struct cw_image_row)                                                         \
    X(SUFFIXES, suffixes, struct cw_suffix_slot)                                               \
    X(NETWORKS, networks, struct cw_prefix_slot)                                               \
    X(MACS, macs, struct cw_prefix_slot)                                                       \
    X(BANNERS, banners, struct cw_image_banner)                                                \
    X(MAKERS, makers, struct cw_image_maker)                                                   \
    X(OWNERS, owners, struct cw_image_owner)                                                   \
    X(ALIASES, aliases, cw_text)                                                               \
    X(LISTS, lists, struct cw_image_list)                                                      \
    X(ENTRIES, entries, struct cw_image_entry)                                                 \
    X(POLICIES, policies, struct cw_image_policy)                                              \
    X(CONDITIONS, conditions, struct cw_image_condition)                                       \
    X(VALUES, values, struct cw_image_value)                                                   \
    X(KEYS, keys, uint16_t)                                                                    \
    X(ALLOWS, allows, struct cw_image_allow)

/* clang-format off */
#define CW_X(s, n, t) CW_SECTION_##s,
enum cw_image_section { CW_IMAGE_SECTIONS(CW_X) CW_N_SECTIONS };
#undef CW_X

/* clang-format on */

struct cw_image_place {
    uint32_t offset; /* from the start of the image, 8-aligned */
    uint32_t count;  /* rows */
};

struct cw_rules {
    char magic[8];
    uint32_t version;
    uint32_t header_size;
    uint64_t size;
    uint64_t checksum; /* over the whole image, this field as 0 */
    char set_version[24];
    uint32_t n_files;
    uint32_t label_mask; /* bit n: some suffix has n labels */
    struct cw_image_place sections[CW_N_SECTIONS];
};

/* cw_image_NAME(rules): the rows of a section; cw_image_n_NAME: how many. */
#define CW_X(symbol, name, type)                                                               \
    static inline const type *cw_image_##name(const struct cw_rules *rules)                    \
    {                                                                                          \
        const void *at = (const char *)rules + rules->sections[CW_SECTION_##symbol].offset;    \
        return (const type *)at;                                                               \
    }                                                                                          \
    static inline uint32_t cw_image_n_##name(const struct cw_rules *rules)                     \
    {                                                                                          \
        return rules->sections[CW_SECTION_##symbol].count;                                     \
    }
CW_IMAGE_SECTIONS(CW_X)
#undef CW_X

static inline const char *
cw_image_text(const struct cw_rules *rules, cw_text text)
{
    return cw_image_strings(rules) + text;
}

/** Bytes of a row of a section. */
size_t cw_image_row_size(enum cw_image_section section);

/** Checksum as it has to stand in the header. O(size). */
uint64_t cw_image_checksum(const struct cw_rules *rules);

/**
 * Check a block that claims to be an image: magic, version, size, checksum, bounds of sections
 * and every number and text in them that points elsewhere.
 *
 * @param block  8-aligned; borrowed
 * @return CAMWATCH_OK, CAMWATCH_EINVAL (NULL or not aligned) or CAMWATCH_ECORRUPT
 */
int cw_image_check(const void *block, size_t size);

#endif
