/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/number.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "model/rule.h"

enum { TEXT_MAX = 1024 };

struct numbered {
    struct cw_draft_row *row;
    const char *party;
    uint32_t salt;
};

static bool
is_prefix(const struct cw_draft_row *row)
{
    return row->kind == CW_RULE_NETWORK || row->kind == CW_RULE_MAC;
}

int
cw_rules_compare_claims(const struct cw_draft_row *a, const struct cw_draft_row *b)
{
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (is_prefix(a)) {
        int order = memcmp(a->prefix.addr.b, b->prefix.addr.b, sizeof(a->prefix.addr.b));
        return order != 0 ? order : (int)a->prefix.bits - (int)b->prefix.bits;
    }
    return a->field != b->field ? (int)a->field - (int)b->field
                                : strcmp(a->pattern, b->pattern);
}

static uint32_t
fold(uint64_t hash)
{
    uint32_t number = (uint32_t)(hash ^ hash >> 32);
    return number != 0 ? number : 1;
}

/* Of kind, field, whose it is and what it matches. */
uint32_t
cw_rules_number_with(const struct cw_draft_row *row, const char *party, uint32_t salt)
{
    const struct cw_hash_key key = {.k0 = 0x72756c652d6964, .k1 = UINT64_C(1) + salt};
    char text[TEXT_MAX];
    uint64_t parts[4] = {(uint64_t)row->kind << 16 | (uint64_t)row->field << 8};
    int len = snprintf(text, sizeof(text), "%s\n%s", party, is_prefix(row) ? "" : row->pattern);
    if (is_prefix(row)) {
        parts[0] |= row->prefix.bits;
        memcpy(&parts[1], row->prefix.addr.b, sizeof(row->prefix.addr.b));
    }
    size_t used = len < 0 ? 0 : (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1;
    parts[3] = cw_hash(key, text, used);
    return fold(cw_hash(key, parts, sizeof(parts)));
}

/* The same rule, said in two files of one brand. */
static bool
is_same_rule(const struct numbered *a, const struct numbered *b)
{
    return strcmp(a->party, b->party) == 0 && cw_rules_compare_claims(a->row, b->row) == 0;
}

static int
compare_numbers(const void *left, const void *right)
{
    const struct numbered *a = left, *b = right;
    if (a->row->id != b->row->id) {
        return a->row->id < b->row->id ? -1 : 1;
    }
    int order = cw_rules_compare_claims(a->row, b->row);
    order = order != 0 ? order : strcmp(a->party, b->party);
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

/* Give all but the first rule of a number the next salt. False when no two met. */
static bool
separate(struct numbered *all, uint32_t n)
{
    bool is_any = false, is_later = false;
    qsort(all, n, sizeof(*all), compare_numbers);
    uint32_t previous = n > 0 ? all[0].row->id : 0;
    for (uint32_t i = 1; i < n; i++) {
        uint32_t id = all[i].row->id;
        is_later = id == previous && (is_later || !is_same_rule(&all[i - 1], &all[i]));
        previous = id;
        if (is_later) {
            all[i].row->id = cw_rules_number_with(all[i].row, all[i].party, ++all[i].salt);
            is_any = true;
        }
    }
    return is_any;
}

static bool
is_taken(const struct cw_draft_policy *policies, uint32_t n, uint32_t id)
{
    for (uint32_t i = 0; i < n; i++) {
        if (policies[i].id == id) {
            return true;
        }
    }
    return false;
}

/* Policies by their names, which are unique; there are few. */
static void
number_policies(struct cw_rules_draft *draft)
{
    struct cw_draft_policy *policies = draft->policies.items;
    for (uint32_t i = 0; i < draft->policies.n; i++) {
        struct cw_hash_key key = {.k0 = 0x706f6c696379};
        const char *name = policies[i].name;
        do {
            policies[i].id = fold(cw_hash(key, name, strlen(name)));
            key.k1++;
        } while (is_taken(policies, i, policies[i].id));
    }
}

static void
number_rows(struct cw_rules_draft *draft)
{
    uint32_t n = draft->rows.n;
    struct cw_draft_row *rows = draft->rows.items;
    const struct cw_draft_party *parties = draft->parties.items;
    struct numbered *all = cw_rules_arena_alloc(&draft->arena, n * sizeof(*all));
    if (all == NULL || n == 0) {
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        all[i] = (struct numbered){.row = &rows[i], .party = parties[rows[i].party].name};
        rows[i].id = cw_rules_number_with(&rows[i], all[i].party, 0);
    }
    while (separate(all, n)) {
    }
}

void
cw_rules_number(struct cw_rules_draft *draft)
{
    number_rows(draft);
    number_policies(draft);
}
