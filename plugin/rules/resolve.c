/* SPDX-License-Identifier: Apache-2.0
 *
 * What can only be checked when all files are read: references between them, and that no name,
 * prefix or text is claimed by two brands.
 */
#include <stdlib.h>

#include "model/rule.h"
#include "rules/check.h"
#include "rules/match.h"
#include "rules/number.h"

static bool
maker_has_name(const struct cw_draft_maker *maker, const char *name)
{
    if (strcmp(maker->name, name) == 0 ||
        (maker->short_name != NULL && strcmp(maker->short_name, name) == 0)) {
        return true;
    }
    CW_VEC_EACH(const char *, alias, &maker->aliases)
    {
        if (strcmp(*alias, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Index + 1 of the maker of that name, short name or alias; 0: none. */
static uint32_t
find_maker(const struct cw_rules_draft *draft, const char *name)
{
    const struct cw_draft_maker *makers = draft->makers.items;
    for (uint32_t i = 0; i < draft->makers.n; i++) {
        if (maker_has_name(&makers[i], name)) {
            return i + 1;
        }
    }
    return 0;
}

static void
check_maker_name(struct cw_rules_draft *draft, uint32_t index, const char *name)
{
    char quote[CW_RULES_QUOTE_MAX];
    const struct cw_draft_maker *makers = draft->makers.items;
    uint32_t other = name ? find_maker(draft, name) : 0;
    if (other != 0 && other - 1 < index) {
        cw_rules_error(&draft->log, makers[index].at,
                       "maker \"%s\" stands already at %s:%u; allowed: one row for each name",
                       cw_rules_quote(name, quote), makers[other - 1].at.file,
                       (unsigned)makers[other - 1].at.line);
    }
}

static void
resolve_makers(struct cw_rules_draft *draft)
{
    const struct cw_draft_maker *makers = draft->makers.items;
    for (uint32_t i = 0; i < draft->makers.n; i++) {
        check_maker_name(draft, i, makers[i].name);
        check_maker_name(draft, i, makers[i].short_name);
        CW_VEC_EACH(const char *, alias, &makers[i].aliases)
        {
            check_maker_name(draft, i, *alias);
        }
        CW_VEC_EACH(struct cw_draft_owner, owner, &makers[i].owners)
        {
            owner->maker = find_maker(draft, owner->entity);
        }
    }
}

static void
report_maker(struct cw_rules_draft *draft, const char *what, const char *name,
             struct cw_rules_place at)
{
    char quote[CW_RULES_QUOTE_MAX], hint[CW_RULES_HINT_MAX];
    const char **names = cw_rules_arena_alloc(&draft->arena, draft->makers.n * sizeof(*names));
    uint32_t n = 0;
    CW_VEC_EACH(struct cw_draft_maker, maker, &draft->makers)
    {
        if (names != NULL) {
            names[n++] = maker->name;
        }
    }
    cw_rules_error(&draft->log, at,
                   "%s \"%s\" is not known; allowed: a name of rules/makers.yaml%s", what,
                   cw_rules_quote(name, quote), cw_rules_hint(name, names, n, hint));
}

/* Index + 1 of a maker that a brand names; 0 where it names none, or an unknown one: reported. */
static uint32_t
resolve_reference(struct cw_rules_draft *draft, const char *what, const char *name,
                  struct cw_rules_place at)
{
    uint32_t maker = name ? find_maker(draft, name) : 0;
    if (name != NULL && maker == 0) {
        report_maker(draft, what, name, at);
    }
    return maker;
}

/* The company behind a brand is its maker, unless the file says another or the maker is likely
 * only: an OEM, which owns no brand. */
static void
resolve_parties(struct cw_rules_draft *draft)
{
    const struct cw_draft_maker *makers = draft->makers.items;
    CW_VEC_EACH(struct cw_draft_party, party, &draft->parties)
    {
        uint32_t maker = resolve_reference(draft, "maker", party->maker, party->maker_at);
        party->company =
            resolve_reference(draft, "company", party->company_name, party->company_at);
        if (maker != 0) {
            party->maker = makers[maker - 1].name;
        }
        if (party->company == 0 && !party->maker_is_likely) {
            party->company = maker;
        }
    }
}

static void
add_name(struct cw_rules_draft *draft, struct cw_rules_vec *names, const char *name)
{
    const char **added = name ? cw_rules_vec_add(&draft->arena, names, sizeof(*added)) : NULL;
    if (added != NULL) {
        *added = name;
    }
}

/* Everything that a list may name: makers, their groups and owners, brands. */
static struct cw_rules_vec
collect_entities(struct cw_rules_draft *draft)
{
    struct cw_rules_vec names = {.items = NULL};
    CW_VEC_EACH(struct cw_draft_maker, maker, &draft->makers)
    {
        add_name(draft, &names, maker->name);
        add_name(draft, &names, maker->short_name);
        add_name(draft, &names, maker->group);
        CW_VEC_EACH(const char *, alias, &maker->aliases)
        {
            add_name(draft, &names, *alias);
        }
        CW_VEC_EACH(struct cw_draft_owner, owner, &maker->owners)
        {
            add_name(draft, &names, owner->entity);
        }
    }
    CW_VEC_EACH(struct cw_draft_party, party, &draft->parties)
    {
        add_name(draft, &names, party->is_platform ? NULL : party->name);
    }
    return names;
}

static void
resolve_entry(struct cw_rules_draft *draft, struct cw_draft_entry *entry,
              const struct cw_rules_vec *names)
{
    char quote[CW_RULES_QUOTE_MAX], hint[CW_RULES_HINT_MAX];
    entry->maker = find_maker(draft, entry->entity);
    CW_VEC_EACH(const char *, name, names)
    {
        if (strcmp(*name, entry->entity) == 0) {
            return;
        }
    }
    cw_rules_error(
        &draft->log, entry->at,
        "entity \"%s\" is not known; allowed: a maker, group or owner of rules/makers.yaml "
        "or a brand of rules/vendors%s",
        cw_rules_quote(entry->entity, quote),
        cw_rules_hint(entry->entity, names->items, names->n, hint));
}

static void
resolve_lists(struct cw_rules_draft *draft)
{
    const struct cw_rules_vec names = collect_entities(draft);
    struct cw_draft_list *lists = draft->lists.items;
    for (uint32_t i = 0; i < draft->lists.n; i++) {
        CW_VEC_EACH(struct cw_draft_entry, entry, &lists[i].entries)
        {
            resolve_entry(draft, entry, &names);
        }
        for (uint32_t j = 0; j < i; j++) {
            if (strcmp(lists[i].name, lists[j].name) == 0) {
                cw_rules_error(&draft->log, lists[i].at,
                               "list %s stands already at %s:%u; allowed: one of each name",
                               lists[i].name, lists[j].at.file, (unsigned)lists[j].at.line);
            }
        }
    }
}

static void
resolve_policies(struct cw_rules_draft *draft)
{
    const struct cw_draft_policy *policies = draft->policies.items;
    for (uint32_t i = 0; i < draft->policies.n; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (strcmp(policies[i].name, policies[j].name) == 0) {
                cw_rules_error(&draft->log, policies[i].at,
                               "policy %s stands already at %s:%u; allowed: one of each name",
                               policies[i].name, policies[j].at.file,
                               (unsigned)policies[j].at.line);
            }
        }
    }
}

/* Order by what is claimed, then by where it stands. */
static int
compare_rows(const void *left, const void *right)
{
    const struct cw_draft_row *a = *(const struct cw_draft_row *const *)left;
    const struct cw_draft_row *b = *(const struct cw_draft_row *const *)right;
    int order = cw_rules_compare_claims(a, b);
    return order != 0 ? order : (a > b) - (a < b);
}

/* Two brands cannot own one thing; one brand may say it in two files, but not twice in one. */
static void
check_twins(struct cw_rules_draft *draft, const struct cw_draft_row *first,
            const struct cw_draft_row *second)
{
    char quote[CW_RULES_QUOTE_MAX];
    const struct cw_draft_party *parties = draft->parties.items;
    const char *one = parties[first->party].name, *other = parties[second->party].name;
    if (strcmp(one, other) == 0 &&
        (first->party != second->party || first->role != second->role)) {
        return;
    }
    cw_rules_error(
        &draft->log, second->at,
        "\"%s\" of %s stands already at %s:%u, of %s; allowed: once, or in two files of "
        "one brand",
        cw_rules_quote(second->pattern, quote), other, first->at.file, (unsigned)first->at.line,
        one);
}

static void
resolve_rows(struct cw_rules_draft *draft)
{
    uint32_t n = draft->rows.n;
    struct cw_draft_row *rows = draft->rows.items;
    const struct cw_draft_row **sorted =
        cw_rules_arena_alloc(&draft->arena, n * sizeof(*sorted));
    if (sorted == NULL || n == 0) {
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        sorted[i] = &rows[i];
    }
    qsort(sorted, n, sizeof(*sorted), compare_rows);
    for (uint32_t i = 1; i < n; i++) {
        if (cw_rules_compare_claims(sorted[i - 1], sorted[i]) == 0) {
            check_twins(draft, sorted[i - 1], sorted[i]);
        }
    }
}

void
cw_rules_resolve(struct cw_rules_draft *draft)
{
    resolve_makers(draft);
    resolve_parties(draft);
    resolve_lists(draft);
    resolve_policies(draft);
    resolve_rows(draft);
}
