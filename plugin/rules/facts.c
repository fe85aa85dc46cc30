/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/facts.h"

#define NS_PER_DAY (86400LL * 1000000000LL)

int32_t
cw_rules_day(int64_t time_ns)
{
    if (time_ns == INT64_MAX) {
        return INT32_MAX;
    }
    int64_t day = time_ns / NS_PER_DAY;
    return (int32_t)(time_ns % NS_PER_DAY < 0 ? day - 1 : day);
}

int32_t
cw_rules_verified(const struct cw_rules *rules, const char **list)
{
    int32_t newest = INT32_MIN;
    *list = "";
    for (uint32_t i = 0; i < cw_image_n_lists(rules); i++) {
        const struct cw_image_list *row = &cw_image_lists(rules)[i];
        if (row->verified_day > newest) {
            newest = row->verified_day;
            *list = cw_image_text(rules, row->name);
        }
    }
    return newest;
}

static bool
text_is(const struct cw_rules *rules, cw_text text, const char *name)
{
    return text != 0 && strcmp(cw_image_text(rules, text), name) == 0;
}

static bool
maker_has_name(const struct cw_rules *rules, const struct cw_image_maker *maker,
               const char *name)
{
    if (text_is(rules, maker->name, name) || text_is(rules, maker->short_name, name)) {
        return true;
    }
    const cw_text *aliases = cw_image_aliases(rules) + maker->first_alias;
    for (uint32_t i = 0; i < maker->n_aliases; i++) {
        if (text_is(rules, aliases[i], name)) {
            return true;
        }
    }
    return false;
}

/* Index + 1, or 0. */
static uint32_t
find_maker(const struct cw_rules *rules, const char *name)
{
    for (uint32_t i = 0; i < cw_image_n_makers(rules); i++) {
        if (maker_has_name(rules, &cw_image_makers(rules)[i], name)) {
            return i + 1;
        }
    }
    return 0;
}

/* The next owner of a maker in force on a day, from index *at on; NULL after the last. */
static const struct cw_image_owner *
next_owner(const struct cw_rules *rules, uint32_t maker, int32_t day, uint32_t *at)
{
    const struct cw_image_maker *row = &cw_image_makers(rules)[maker - 1];
    while (*at < row->n_owners) {
        const struct cw_image_owner *owner =
            &cw_image_owners(rules)[row->first_owner + (*at)++];
        if (owner->since <= day && day <= owner->until) {
            return owner;
        }
    }
    return NULL;
}

/* Verified owner of a maker (index + 1) on a day, the latest of several; "" not known. */
static const char *
owner_on(const struct cw_rules *rules, uint32_t maker, int32_t day)
{
    const struct cw_image_owner *owner, *latest = NULL;
    uint32_t at = 0;
    while (maker != 0 && (owner = next_owner(rules, maker, day, &at)) != NULL) {
        if (owner->is_verified && (latest == NULL || owner->since > latest->since)) {
            latest = owner;
        }
    }
    return latest != NULL ? cw_image_text(rules, latest->entity) : "";
}

const char *
cw_rules_owner(const struct cw_rules *rules, const char *maker, int64_t time_ns)
{
    return owner_on(rules, find_maker(rules, maker), cw_rules_day(time_ns));
}

/* The company behind a brand: index + 1 of a maker, or 0. */
static uint32_t
find_company(const struct cw_rules *rules, const char *brand)
{
    for (uint32_t i = 0; i < cw_image_n_parties(rules); i++) {
        const struct cw_image_party *party = &cw_image_parties(rules)[i];
        if (party->company != 0 && !party->is_platform && text_is(rules, party->name, brand)) {
            return party->company;
        }
    }
    return 0;
}

const char *
cw_rules_brand_owner(const struct cw_rules *rules, const char *brand, int64_t time_ns)
{
    uint32_t company = find_company(rules, brand);
    return company != 0 ? owner_on(rules, company, cw_rules_day(time_ns)) : NULL;
}

enum claim { CLAIM_NONE, CLAIM_UNVERIFIED, CLAIM_VERIFIED };

static bool
entry_names_owner(const struct cw_image_entry *entry, const struct cw_image_owner *owner)
{
    return entry->entity == owner->entity ||
           (entry->maker != 0 && entry->maker == owner->maker);
}

/* How surely an entry names a maker: itself, its group, or who owns it that day. */
static enum claim
entry_names_maker(const struct cw_rules *rules, const struct cw_image_entry *entry,
                  uint32_t maker, int32_t day)
{
    const struct cw_image_owner *owner;
    enum claim best = CLAIM_NONE;
    uint32_t at = 0;
    if (maker == 0) {
        return CLAIM_NONE;
    }
    if (entry->maker == maker || entry->entity == cw_image_makers(rules)[maker - 1].group) {
        return CLAIM_VERIFIED;
    }
    while ((owner = next_owner(rules, maker, day, &at)) != NULL) {
        enum claim claim = owner->is_verified ? CLAIM_VERIFIED : CLAIM_UNVERIFIED;
        if (entry_names_owner(entry, owner) && claim > best) {
            best = claim;
        }
    }
    return best;
}

static struct camwatch_listing
make_listing(const struct cw_rules *rules, const struct cw_image_entry *entry, enum claim claim)
{
    const struct cw_image_list *list = &cw_image_lists(rules)[entry->list];
    bool is_verified = entry->is_verified && claim == CLAIM_VERIFIED;
    return (struct camwatch_listing){
        .size = sizeof(struct camwatch_listing),
        .list = cw_image_text(rules, list->name),
        .title = cw_image_text(rules, list->title),
        .kind = cw_image_text(rules, list->kind),
        .url = cw_image_text(rules, list->url),
        .entity = cw_image_text(rules, entry->entity),
        .since = cw_image_text(rules, entry->since_text),
        .until = cw_image_text(rules, entry->until_text),
        .source = cw_image_text(rules, entry->source),
        .status = is_verified ? "verified" : "unverified",
        .verified_on = cw_image_text(rules, list->verified_on),
        .where = cw_image_text(rules, entry->where),
    };
}

size_t
cw_rules_listings(const struct cw_rules *rules, const char *maker, const char *brand,
                  int64_t time_ns, struct camwatch_listing *out, size_t max)
{
    uint32_t index = find_maker(rules, maker), company = find_company(rules, brand);
    int32_t day = cw_rules_day(time_ns);
    size_t n = 0;
    for (uint32_t i = 0; i < cw_image_n_entries(rules) && n < max; i++) {
        const struct cw_image_entry *entry = &cw_image_entries(rules)[i];
        if (day < entry->since || day > entry->until) {
            continue;
        }
        enum claim claim = entry_names_maker(rules, entry, index, day);
        enum claim of_brand = entry_names_maker(rules, entry, company, day);
        claim = of_brand > claim ? of_brand : claim;
        if (text_is(rules, entry->entity, brand)) {
            claim = CLAIM_VERIFIED;
        }
        if (claim != CLAIM_NONE) {
            out[n++] = make_listing(rules, entry, claim);
        }
    }
    return n;
}
