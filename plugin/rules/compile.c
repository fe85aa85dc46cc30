/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/compile.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/rule.h"
#include "rules/check.h"
#include "rules/number.h"
#include "rules/strings.h"

enum { KEY_TEXT_MAX = 1024 };

struct builder {
    struct cw_rules_draft *draft;
    struct cw_strings strings;
    struct cw_rules_vec sections[CW_N_SECTIONS];
    uint32_t label_mask;
};

/* One more row of a section. Where memory is out, a row that nobody reads: the load fails
 * anyhow. */
static void *
add(struct builder *builder, enum cw_image_section section)
{
    static _Thread_local union {
        uint64_t align;
        unsigned char bytes[256];
    } waste;

    void *row = cw_rules_vec_add(&builder->draft->arena, &builder->sections[section],
                                 cw_image_row_size(section));
    return row != NULL ? row : &waste;
}

static uint32_t
count(const struct builder *builder, enum cw_image_section section)
{
    return builder->sections[section].n;
}

static cw_text
put(struct builder *builder, const char *text)
{
    return cw_strings_put(&builder->strings, text);
}

static cw_text
put_place(struct builder *builder, struct cw_rules_place at)
{
    char text[KEY_TEXT_MAX];
    (void)snprintf(text, sizeof(text), "%s:%u", at.file, (unsigned)at.line);
    return put(builder, text);
}

static const char *
group_of(const struct builder *builder, const char *maker)
{
    CW_VEC_EACH(struct cw_draft_maker, row, &builder->draft->makers)
    {
        if (maker != NULL && strcmp(row->name, maker) == 0) {
            return row->group;
        }
    }
    return NULL;
}

static void
put_party(struct builder *builder, const struct cw_draft_party *party)
{
    struct cw_image_party *row = add(builder, CW_SECTION_PARTIES);
    row->name = put(builder, party->name);
    row->vendor = put(builder, party->vendor ? party->vendor : party->name);
    row->maker = put(builder, party->maker);
    row->group = put(builder, group_of(builder, party->maker));
    row->where = put_place(builder, party->at);
    row->is_platform = party->is_platform;
    row->is_mixed = party->is_mixed;
    row->maker_is_likely = party->maker_is_likely;
    row->company = party->company;
}

static void
put_row(struct builder *builder, const struct cw_draft_row *from)
{
    const struct cw_draft_party *parties = builder->draft->parties.items;
    const struct cw_draft_party *party = &parties[from->party];
    struct cw_image_row *row = add(builder, CW_SECTION_ROWS);
    row->id = from->id;
    row->party = from->party;
    row->pattern = put(builder, from->pattern);
    row->source = put(builder, from->source);
    row->region = put(builder, from->region);
    row->registrant = put(builder, from->registrant);
    row->where = put_place(builder, from->at);
    row->kind = from->kind;
    row->field = from->field;
    row->role = from->role;
    row->side = from->side;
    row->confidence = from->confidence;
    row->device_kind = from->device_kind;
    row->is_general = from->is_general;
    row->proves_brand = from->proves_brand || party->proves_brand;
}

static void
put_prefix(struct builder *builder, enum cw_image_section section,
           const struct cw_prefix *prefix, uint32_t row)
{
    struct cw_prefix_slot *slot = add(builder, section);
    memcpy(slot->addr, prefix->addr.b, sizeof(slot->addr));
    slot->bits = prefix->bits;
    slot->row = row;
}

static int
compare_banners(const void *left, const void *right)
{
    const struct cw_draft_row *a = *(const struct cw_draft_row *const *)left;
    const struct cw_draft_row *b = *(const struct cw_draft_row *const *)right;
    size_t a_len = strlen(a->pattern), b_len = strlen(b->pattern);
    if (a->field != b->field) {
        return (int)a->field - (int)b->field;
    }
    return a_len != b_len ? (a_len < b_len ? 1 : -1) : (a > b) - (a < b);
}

/* Banners by field, the longest text first. */
static void
index_banners(struct builder *builder)
{
    struct cw_draft_row *rows = builder->draft->rows.items;
    struct cw_rules_vec sorted = {.items = NULL};
    CW_VEC_EACH(struct cw_draft_row, row, &builder->draft->rows)
    {
        const struct cw_draft_row **added =
            row->kind == CW_RULE_BANNER
                ? cw_rules_vec_add(&builder->draft->arena, &sorted, sizeof(*added))
                : NULL;
        if (added != NULL) {
            *added = row;
        }
    }
    if (sorted.n > 0) {
        qsort(sorted.items, sorted.n, sizeof(struct cw_draft_row *), compare_banners);
    }
    CW_VEC_EACH(struct cw_draft_row *, row, &sorted)
    {
        struct cw_image_banner *banner = add(builder, CW_SECTION_BANNERS);
        banner->row = (uint32_t)(*row - rows);
        banner->field = (*row)->field;
    }
}

static uint32_t
count_domains(const struct cw_rules_draft *draft)
{
    uint32_t n = 0;
    CW_VEC_EACH(struct cw_draft_row, row, &draft->rows)
    {
        n += row->kind == CW_RULE_DOMAIN;
    }
    return n;
}

static void
index_names(struct builder *builder)
{
    uint32_t n = cw_suffix_slots(count_domains(builder->draft));
    struct cw_suffix_slot *slots =
        cw_rules_arena_alloc(&builder->draft->arena, n * sizeof(*slots));
    const struct cw_draft_row *rows = builder->draft->rows.items;
    for (uint32_t i = 0; slots != NULL && i < builder->draft->rows.n; i++) {
        if (rows[i].kind == CW_RULE_DOMAIN) {
            builder->label_mask |= UINT32_C(1) << cw_suffix_add(slots, n, rows[i].pattern, i);
        }
    }
    builder->sections[CW_SECTION_SUFFIXES] = (struct cw_rules_vec){.items = slots, .n = n};
}

static void
index_prefixes(struct builder *builder)
{
    const struct cw_draft_row *rows = builder->draft->rows.items;
    for (uint32_t i = 0; i < builder->draft->rows.n; i++) {
        if (rows[i].kind == CW_RULE_NETWORK) {
            put_prefix(builder, CW_SECTION_NETWORKS, &rows[i].prefix, i);
        } else if (rows[i].kind == CW_RULE_MAC) {
            put_prefix(builder, CW_SECTION_MACS, &rows[i].prefix, i);
        }
    }
    cw_prefix_sort(builder->sections[CW_SECTION_NETWORKS].items,
                   builder->sections[CW_SECTION_NETWORKS].n);
    cw_prefix_sort(builder->sections[CW_SECTION_MACS].items,
                   builder->sections[CW_SECTION_MACS].n);
}

static int32_t
since_day(const struct cw_rules_date *date)
{
    return date->text != NULL ? date->day : INT32_MIN;
}

static int32_t
until_day(const struct cw_rules_date *date)
{
    return date->text != NULL ? date->day : INT32_MAX;
}

static void
put_owner(struct builder *builder, const struct cw_draft_owner *owner)
{
    struct cw_image_owner *row = add(builder, CW_SECTION_OWNERS);
    row->entity = put(builder, owner->entity);
    row->source = put(builder, owner->source);
    row->since = since_day(&owner->since);
    row->until = until_day(&owner->until);
    row->maker = owner->maker;
    row->is_verified = owner->is_verified;
}

static void
put_maker(struct builder *builder, const struct cw_draft_maker *maker)
{
    struct cw_image_maker *row = add(builder, CW_SECTION_MAKERS);
    row->name = put(builder, maker->name);
    row->short_name = put(builder, maker->short_name);
    row->country = put(builder, maker->country);
    row->group = put(builder, maker->group);
    row->source = put(builder, maker->source);
    row->where = put_place(builder, maker->at);
    row->first_owner = count(builder, CW_SECTION_OWNERS);
    row->n_owners = maker->owners.n;
    row->first_alias = count(builder, CW_SECTION_ALIASES);
    row->n_aliases = maker->aliases.n;
    CW_VEC_EACH(struct cw_draft_owner, owner, &maker->owners)
    {
        put_owner(builder, owner);
    }
    CW_VEC_EACH(const char *, alias, &maker->aliases)
    {
        *(cw_text *)add(builder, CW_SECTION_ALIASES) = put(builder, *alias);
    }
}

static void
put_entry(struct builder *builder, const struct cw_draft_list *list,
          const struct cw_draft_entry *entry)
{
    const struct cw_rules_date *since = entry->since.text ? &entry->since : &list->since;
    struct cw_image_entry *row = add(builder, CW_SECTION_ENTRIES);
    row->entity = put(builder, entry->entity);
    row->source = put(builder, entry->source);
    row->since_text = put(builder, since->text);
    row->until_text = put(builder, entry->until.text);
    row->where = put_place(builder, entry->at);
    row->since = since_day(since);
    row->until = until_day(&entry->until);
    row->maker = entry->maker;
    row->list = count(builder, CW_SECTION_LISTS) - 1;
    row->is_verified = entry->is_verified;
}

static void
put_list(struct builder *builder, const struct cw_draft_list *list)
{
    struct cw_image_list *row = add(builder, CW_SECTION_LISTS);
    row->name = put(builder, list->name);
    row->title = put(builder, list->title);
    row->kind = put(builder, cw_rules_list_kind_text(list->kind));
    row->url = put(builder, list->url);
    row->verified_on = put(builder, list->verified_on.text);
    row->verified_day = list->verified_on.day;
    row->where = put_place(builder, list->at);
    row->first_entry = count(builder, CW_SECTION_ENTRIES);
    row->n_entries = list->entries.n;
    CW_VEC_EACH(struct cw_draft_entry, entry, &list->entries)
    {
        put_entry(builder, list, entry);
    }
}

static void
put_allow(struct builder *builder, const struct cw_draft_allow *allow)
{
    struct cw_image_allow *row = add(builder, CW_SECTION_ALLOWS);
    row->reason = put(builder, allow->reason);
    row->author = put(builder, allow->author);
    row->until_text = put(builder, allow->until.text);
    row->where = put_place(builder, allow->at);
    row->until = until_day(&allow->until);
    row->kinds = allow->match.kinds;
    row->first_condition = allow->match.first;
    row->n_conditions = allow->match.n;
}

static void
put_policy(struct builder *builder, const struct cw_draft_policy *policy)
{
    struct cw_image_policy *row = add(builder, CW_SECTION_POLICIES);
    row->name = put(builder, policy->name);
    row->title = put(builder, policy->title ? policy->title : policy->name);
    row->where = put_place(builder, policy->at);
    row->reference = policy->reference ? put(builder, policy->reference) : row->where;
    row->id = policy->id;
    row->kinds = policy->match.kinds;
    row->severity = policy->severity;
    row->threshold_bytes = policy->threshold.bytes;
    row->threshold_events = policy->threshold.events;
    row->within_ns = policy->threshold.within_ns;
    row->rearm_ns = policy->rearm_ns;
    row->learning_ns = policy->learning_ns;
    row->first_condition = policy->match.first;
    row->n_conditions = policy->match.n;
    row->first_key = count(builder, CW_SECTION_KEYS);
    row->first_allow = count(builder, CW_SECTION_ALLOWS);
    row->n_allows = policy->allows.n;
    CW_VEC_EACH(uint16_t, field, &policy->key)
    {
        *(uint16_t *)add(builder, CW_SECTION_KEYS) = *field;
    }
    if (policy->key.n == 0) {
        *(uint16_t *)add(builder, CW_SECTION_KEYS) = CAMWATCH_FIELD_DEVICE_ID;
    }
    row->n_key = count(builder, CW_SECTION_KEYS) - row->first_key;
    CW_VEC_EACH(struct cw_draft_allow, allow, &policy->allows)
    {
        put_allow(builder, allow);
    }
}

static void
put_conditions(struct builder *builder)
{
    CW_VEC_EACH(struct cw_draft_condition, condition, &builder->draft->conditions)
    {
        struct cw_image_condition *row = add(builder, CW_SECTION_CONDITIONS);
        row->field = condition->field;
        row->is_not = condition->is_not;
        row->first_value = condition->first_value;
        row->n_values = condition->n_values;
    }
    CW_VEC_EACH(struct cw_draft_value, value, &builder->draft->values)
    {
        struct cw_image_value *row = add(builder, CW_SECTION_VALUES);
        row->number = value->number;
        memcpy(row->addr, value->prefix.addr.b, sizeof(row->addr));
        row->bits = value->prefix.bits;
        row->test = value->test;
        row->text = put(builder, value->text);
    }
}

static void
put_all(struct builder *builder)
{
    CW_VEC_EACH(struct cw_draft_party, party, &builder->draft->parties)
    {
        put_party(builder, party);
    }
    CW_VEC_EACH(struct cw_draft_row, row, &builder->draft->rows)
    {
        put_row(builder, row);
    }
    CW_VEC_EACH(struct cw_draft_maker, maker, &builder->draft->makers)
    {
        put_maker(builder, maker);
    }
    CW_VEC_EACH(struct cw_draft_list, list, &builder->draft->lists)
    {
        put_list(builder, list);
    }
    CW_VEC_EACH(struct cw_draft_policy, policy, &builder->draft->policies)
    {
        put_policy(builder, policy);
    }
    put_conditions(builder);
    index_names(builder);
    index_prefixes(builder);
    index_banners(builder);
    builder->sections[CW_SECTION_STRINGS] =
        (struct cw_rules_vec){.items = builder->strings.bytes, .n = builder->strings.used};
}

static size_t
align8(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

static struct cw_rules *
join(const struct builder *builder)
{
    size_t size = align8(sizeof(struct cw_rules));
    for (unsigned i = 0; i < CW_N_SECTIONS; i++) {
        size += align8(builder->sections[i].n * cw_image_row_size(i));
    }
    struct cw_rules *rules = size <= UINT32_MAX ? calloc(1, size) : NULL;
    if (rules == NULL) {
        return NULL;
    }
    size_t at = align8(sizeof(*rules));
    for (unsigned i = 0; i < CW_N_SECTIONS; i++) {
        size_t bytes = builder->sections[i].n * cw_image_row_size(i);
        rules->sections[i] =
            (struct cw_image_place){.offset = (uint32_t)at, .count = builder->sections[i].n};
        if (bytes > 0) {
            memcpy((char *)rules + at, builder->sections[i].items, bytes);
        }
        at += align8(bytes);
    }
    memcpy(rules->magic, CW_IMAGE_MAGIC, sizeof(rules->magic));
    rules->version = CW_IMAGE_VERSION;
    rules->header_size = sizeof(*rules);
    rules->size = size;
    rules->label_mask = builder->label_mask;
    return rules;
}

struct cw_rules *
cw_rules_compile(struct cw_rules_draft *draft)
{
    struct builder builder = {.draft = draft};
    cw_strings_init(&builder.strings, &draft->arena);
    if (draft->arena.failed) {
        return NULL;
    }
    cw_rules_number(draft);
    put_all(&builder);
    struct cw_rules *rules = draft->arena.failed ? NULL : join(&builder);
    if (rules == NULL) {
        return NULL;
    }
    rules->n_files = draft->n_files;
    (void)snprintf(rules->set_version, sizeof(rules->set_version), "%016llx",
                   (unsigned long long)draft->content);
    rules->checksum = cw_image_checksum(rules);
    return rules;
}
