/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/image.h"

#include "base/hash.h"
#include "camwatch/status.h"

size_t
cw_image_row_size(enum cw_image_section section)
{
#define SIZE(symbol, name, type) sizeof(type),
    static const size_t sizes[] = {CW_IMAGE_SECTIONS(SIZE)};
#undef SIZE
    return sizes[section];
}

uint64_t
cw_image_checksum(const struct cw_rules *rules)
{
    static const struct cw_hash_key key = {.k0 = 0x63616d7761746368, .k1 = 0x72756c6573};
    struct cw_rules header = *rules;
    header.checksum = 0;
    uint64_t sums[2] = {
        cw_hash(key, &header, sizeof(header)),
        cw_hash(key, rules + 1, (size_t)rules->size - sizeof(header)),
    };
    return cw_hash(key, sums, sizeof(sums));
}

/* A number in a row that points into another section. A text points into the strings. */
struct reference {
    enum cw_image_section from;
    uint32_t offset; /* of the uint32_t in the row */
    enum cw_image_section to;
    uint32_t base;  /* 1: index + 1, 0 stands for none */
    uint32_t count; /* offset of the number of rows, 0: one row */
};

#define TEXT_OF(SECTION, type, member)                                                         \
    {                                                                                          \
        CW_SECTION_##SECTION, offsetof(struct type, member), CW_SECTION_STRINGS, 0, 0          \
    }
#define ONE_OF(SECTION, type, member, TO)                                                      \
    {                                                                                          \
        CW_SECTION_##SECTION, offsetof(struct type, member), CW_SECTION_##TO, 0, 0             \
    }
#define MAYBE_OF(SECTION, type, member, TO)                                                    \
    {                                                                                          \
        CW_SECTION_##SECTION, offsetof(struct type, member), CW_SECTION_##TO, 1, 0             \
    }
#define SPAN_OF(SECTION, type, member, number, TO)                                             \
    {                                                                                          \
        CW_SECTION_##SECTION, offsetof(struct type, member), CW_SECTION_##TO, 0,               \
            offsetof(struct type, number)                                                      \
    }

static const struct reference references[] = {
    TEXT_OF(PARTIES, cw_image_party, name),
    TEXT_OF(PARTIES, cw_image_party, vendor),
    TEXT_OF(PARTIES, cw_image_party, maker),
    TEXT_OF(PARTIES, cw_image_party, group),
    TEXT_OF(PARTIES, cw_image_party, where),
    MAYBE_OF(PARTIES, cw_image_party, company, MAKERS),
    TEXT_OF(ROWS, cw_image_row, pattern),
    TEXT_OF(ROWS, cw_image_row, source),
    TEXT_OF(ROWS, cw_image_row, region),
    TEXT_OF(ROWS, cw_image_row, registrant),
    TEXT_OF(ROWS, cw_image_row, where),
    ONE_OF(ROWS, cw_image_row, party, PARTIES),
    MAYBE_OF(SUFFIXES, cw_suffix_slot, row, ROWS),
    ONE_OF(NETWORKS, cw_prefix_slot, row, ROWS),
    MAYBE_OF(NETWORKS, cw_prefix_slot, parent, NETWORKS),
    ONE_OF(MACS, cw_prefix_slot, row, ROWS),
    MAYBE_OF(MACS, cw_prefix_slot, parent, MACS),
    ONE_OF(BANNERS, cw_image_banner, row, ROWS),
    TEXT_OF(MAKERS, cw_image_maker, name),
    TEXT_OF(MAKERS, cw_image_maker, short_name),
    TEXT_OF(MAKERS, cw_image_maker, country),
    TEXT_OF(MAKERS, cw_image_maker, group),
    TEXT_OF(MAKERS, cw_image_maker, source),
    TEXT_OF(MAKERS, cw_image_maker, where),
    SPAN_OF(MAKERS, cw_image_maker, first_owner, n_owners, OWNERS),
    SPAN_OF(MAKERS, cw_image_maker, first_alias, n_aliases, ALIASES),
    TEXT_OF(OWNERS, cw_image_owner, entity),
    TEXT_OF(OWNERS, cw_image_owner, source),
    MAYBE_OF(OWNERS, cw_image_owner, maker, MAKERS),
    {CW_SECTION_ALIASES, 0, CW_SECTION_STRINGS, 0, 0},
    TEXT_OF(LISTS, cw_image_list, name),
    TEXT_OF(LISTS, cw_image_list, title),
    TEXT_OF(LISTS, cw_image_list, kind),
    TEXT_OF(LISTS, cw_image_list, url),
    TEXT_OF(LISTS, cw_image_list, verified_on),
    TEXT_OF(LISTS, cw_image_list, where),
    SPAN_OF(LISTS, cw_image_list, first_entry, n_entries, ENTRIES),
    TEXT_OF(ENTRIES, cw_image_entry, entity),
    TEXT_OF(ENTRIES, cw_image_entry, source),
    TEXT_OF(ENTRIES, cw_image_entry, since_text),
    TEXT_OF(ENTRIES, cw_image_entry, until_text),
    TEXT_OF(ENTRIES, cw_image_entry, where),
    MAYBE_OF(ENTRIES, cw_image_entry, maker, MAKERS),
    ONE_OF(ENTRIES, cw_image_entry, list, LISTS),
    TEXT_OF(POLICIES, cw_image_policy, name),
    TEXT_OF(POLICIES, cw_image_policy, title),
    TEXT_OF(POLICIES, cw_image_policy, reference),
    TEXT_OF(POLICIES, cw_image_policy, where),
    SPAN_OF(POLICIES, cw_image_policy, first_condition, n_conditions, CONDITIONS),
    SPAN_OF(POLICIES, cw_image_policy, first_key, n_key, KEYS),
    SPAN_OF(POLICIES, cw_image_policy, first_allow, n_allows, ALLOWS),
    SPAN_OF(CONDITIONS, cw_image_condition, first_value, n_values, VALUES),
    TEXT_OF(VALUES, cw_image_value, text),
    TEXT_OF(ALLOWS, cw_image_allow, reason),
    TEXT_OF(ALLOWS, cw_image_allow, author),
    TEXT_OF(ALLOWS, cw_image_allow, until_text),
    TEXT_OF(ALLOWS, cw_image_allow, where),
    SPAN_OF(ALLOWS, cw_image_allow, first_condition, n_conditions, CONDITIONS),
};

static uint32_t
number_at(const unsigned char *row, uint32_t offset)
{
    uint32_t number;
    memcpy(&number, row + offset, sizeof(number));
    return number;
}

static bool
check_reference(const struct cw_rules *rules, const struct reference *ref)
{
    const struct cw_image_place *from = &rules->sections[ref->from];
    uint64_t limit = rules->sections[ref->to].count;
    size_t size = cw_image_row_size(ref->from);
    const unsigned char *row = (const unsigned char *)rules + from->offset;
    for (uint32_t i = 0; i < from->count; i++, row += size) {
        uint64_t number = number_at(row, ref->offset);
        uint64_t n = ref->count != 0 ? number_at(row, ref->count) : 1;
        if (number + n > limit + ref->base) {
            return false;
        }
    }
    return true;
}

static bool
check_sections(const struct cw_rules *rules)
{
    for (unsigned i = 0; i < CW_N_SECTIONS; i++) {
        const struct cw_image_place *place = &rules->sections[i];
        uint64_t end = place->offset + (uint64_t)place->count * cw_image_row_size(i);
        if (place->offset % 8 != 0 || place->offset < sizeof(*rules) || end > rules->size) {
            return false;
        }
    }
    uint32_t n_strings = cw_image_n_strings(rules), n_slots = cw_image_n_suffixes(rules);
    return n_strings > 0 && cw_image_strings(rules)[0] == '\0' &&
           cw_image_strings(rules)[n_strings - 1] == '\0' && n_slots > 0 &&
           (n_slots & (n_slots - 1)) == 0;
}

/* Walks must end: a parent stands before its child, and a hash table has an empty slot. */
static bool
check_walks(const struct cw_rules *rules)
{
    uint32_t used = 0;
    for (uint32_t i = 0; i < cw_image_n_suffixes(rules); i++) {
        used += cw_image_suffixes(rules)[i].row != 0;
    }
    for (uint32_t i = 0; i < cw_image_n_networks(rules); i++) {
        if (cw_image_networks(rules)[i].parent > i || cw_image_networks(rules)[i].bits > 128) {
            return false;
        }
    }
    for (uint32_t i = 0; i < cw_image_n_macs(rules); i++) {
        if (cw_image_macs(rules)[i].parent > i || cw_image_macs(rules)[i].bits > 48) {
            return false;
        }
    }
    return used < cw_image_n_suffixes(rules);
}

int
cw_image_check(const void *block, size_t size)
{
    const struct cw_rules *rules = block;
    if (block == NULL || (uintptr_t)block % 8 != 0) {
        return CAMWATCH_EINVAL;
    }
    if (size < sizeof(*rules) ||
        memcmp(rules->magic, CW_IMAGE_MAGIC, sizeof(rules->magic)) != 0 ||
        rules->version != CW_IMAGE_VERSION || rules->header_size != sizeof(*rules) ||
        rules->size != size || cw_image_checksum(rules) != rules->checksum) {
        return CAMWATCH_ECORRUPT;
    }
    if (rules->set_version[sizeof(rules->set_version) - 1] != '\0' || !check_sections(rules)) {
        return CAMWATCH_ECORRUPT;
    }
    for (size_t i = 0; i < sizeof(references) / sizeof(*references); i++) {
        if (!check_reference(rules, &references[i])) {
            return CAMWATCH_ECORRUPT;
        }
    }
    return check_walks(rules) ? CAMWATCH_OK : CAMWATCH_ECORRUPT;
}
