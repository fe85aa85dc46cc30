/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/match.h"

#include "base/text.h"
#include "rules/image.h"

enum { MAX_CHAIN = 16 }; /* suffixes of one name */

const char *
cw_rules_banner_text(unsigned field)
{
#define TEXT(symbol, text, help) text,
    static const char *const texts[] = {CW_BANNERS(TEXT)};
#undef TEXT
    return field < CW_N_BANNERS ? texts[field] : "";
}

static struct cw_rule_hit
make_hit(const struct cw_rules *rules, const struct cw_image_row *row)
{
    const struct cw_image_party *party = &cw_image_parties(rules)[row->party];
    const char *name = cw_image_text(rules, party->name);
    return (struct cw_rule_hit){
        .id = row->id,
        .kind = row->kind,
        .role = row->role,
        .side = row->side,
        .confidence = row->confidence,
        .is_shared = party->is_platform,
        .is_general = row->is_general,
        .device_kind = row->device_kind,
        .is_mixed = party->is_mixed,
        .maker_is_likely = party->maker_is_likely,
        .vendor = party->is_platform ? "" : cw_image_text(rules, party->vendor),
        .brand = !party->is_platform && row->proves_brand ? name : "",
        .maker = cw_image_text(rules, party->maker),
        .group = cw_image_text(rules, party->group),
        .platform = party->is_platform ? name : "",
        .region = cw_image_text(rules, row->region),
        .pattern = cw_image_text(rules, row->pattern),
        .source = cw_image_text(rules, row->source),
        .where = cw_image_text(rules, row->where),
    };
}

struct chain {
    uint32_t rows[MAX_CHAIN];
    size_t n;
};

/* All rows of one suffix; what does not fit is the least specific of a chain that no rules make. */
static void
collect(const struct cw_rules *rules, uint32_t hash, struct cw_bytes suffix,
        struct chain *chain)
{
    const struct cw_suffix_slot *slots = cw_image_suffixes(rules);
    uint32_t mask = cw_image_n_suffixes(rules) - 1;
    for (uint32_t at = hash & mask; slots[at].row != 0; at = (at + 1) & mask) {
        if (slots[at].hash != hash) {
            continue;
        }
        const struct cw_image_row *row = &cw_image_rows(rules)[slots[at].row - 1];
        struct cw_bytes pattern = cw_bytes_text(cw_image_text(rules, row->pattern));
        if (cw_bytes_equal(pattern, suffix) && chain->n < MAX_CHAIN) {
            chain->rows[chain->n++] = slots[at].row - 1;
        }
    }
}

/* Walk the name from its end; at each start of a label look its suffix up. */
static void
walk_name(const struct cw_rules *rules, struct cw_bytes name, struct chain *chain)
{
    uint32_t mask = rules->label_mask, hash = CW_SUFFIX_SEED;
    unsigned labels = 0;
    for (size_t i = name.len; i > 0; i--) {
        hash = cw_suffix_hash(hash, (char)name.ptr[i - 1]);
        if (i > 1 && name.ptr[i - 2] != '.') {
            continue;
        }
        if (++labels > CW_SUFFIX_MAX_LABELS || mask >> labels == 0) {
            return; /* no rule has that many labels */
        }
        if (mask & UINT32_C(1) << labels) {
            collect(rules, hash, cw_bytes_from(name, i - 1), chain);
        }
    }
}

size_t
cw_rules_match_name(const struct cw_rules *rules, const char *name_lowercase,
                    struct cw_rule_hit *out, size_t max)
{
    struct chain chain = {.n = 0};
    struct cw_bytes name = cw_bytes_text(name_lowercase);
    size_t n = 0;
    if (name.len > 0 && name.ptr[name.len - 1] == '.') {
        name.len--;
    }
    walk_name(rules, name, &chain);
    while (chain.n > 0 && n < max) {
        out[n++] = make_hit(rules, &cw_image_rows(rules)[chain.rows[--chain.n]]);
    }
    return n;
}

static size_t
match_prefix(const struct cw_rules *rules, const struct cw_prefix_slot *slots, uint32_t n_slots,
             const uint8_t key[16], struct cw_rule_hit *out, size_t max)
{
    size_t n = 0;
    uint32_t at = cw_prefix_find(slots, n_slots, key);
    while (at != 0 && n < max) {
        out[n++] = make_hit(rules, &cw_image_rows(rules)[slots[at - 1].row]);
        at = slots[at - 1].parent;
    }
    return n;
}

size_t
cw_rules_match_addr(const struct cw_rules *rules, const struct cw_addr *addr,
                    struct cw_rule_hit *out, size_t max)
{
    return match_prefix(rules, cw_image_networks(rules), cw_image_n_networks(rules), addr->b,
                        out, max);
}

size_t
cw_rules_match_mac(const struct cw_rules *rules, const struct cw_mac *mac,
                   struct cw_rule_hit *out, size_t max)
{
    uint8_t key[16] = {0};
    if (cw_mac_is_group(mac) || cw_mac_is_local(mac)) {
        return 0;
    }
    memcpy(key, mac->b, sizeof(mac->b));
    return match_prefix(rules, cw_image_macs(rules), cw_image_n_macs(rules), key, out, max);
}

size_t
cw_rules_match_banner(const struct cw_rules *rules, enum cw_banner field, struct cw_bytes text,
                      struct cw_rule_hit *out, size_t max)
{
    const struct cw_image_banner *banners = cw_image_banners(rules);
    size_t n = 0;
    for (uint32_t i = 0; i < cw_image_n_banners(rules) && n < max; i++) {
        if (banners[i].field != field) {
            continue;
        }
        const struct cw_image_row *row = &cw_image_rows(rules)[banners[i].row];
        ptrdiff_t at = cw_text_find(text, cw_bytes_text(cw_image_text(rules, row->pattern)));
        if (field == CW_BANNER_MODEL_PREFIX ? at == 0 : at >= 0) {
            out[n++] = make_hit(rules, row);
        }
    }
    return n;
}
