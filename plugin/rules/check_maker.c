/* SPDX-License-Identifier: Apache-2.0
 *
 * rules/makers.yaml: who makes devices, and who owned the maker when.
 */
#include "rules/check.h"

#define OWNER(member) offsetof(struct cw_draft_owner, member)
#define MAKER(member) offsetof(struct cw_draft_maker, member)

static void
parse_owner(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    static const struct cw_rules_key keys[] = {
        {"entity", cw_rules_parse_text, OWNER(entity), true},
        {"source", cw_rules_parse_text, OWNER(source), true},
        {"status", cw_rules_parse_status, OWNER(is_verified), true},
        {"since", cw_rules_parse_date, OWNER(since), false},
        {"until", cw_rules_parse_date, OWNER(until), false},
    };
    struct cw_draft_maker *maker = into;
    struct cw_draft_owner owner = {.entity = NULL};
    cw_rules_check_map(draft, node, "an owner", keys, CW_RULES_N(keys), &owner);
    cw_rules_check_span(draft, node->at, &owner.since, &owner.until);
    struct cw_draft_owner *added =
        owner.entity ? cw_rules_vec_add(&draft->arena, &maker->owners, sizeof(*added)) : NULL;
    if (added != NULL) {
        *added = owner;
    }
}

static void
parse_owners(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    cw_rules_check_list(draft, node, parse_owner, into);
}

static void
parse_alias(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_maker *maker = into;
    const char *text = cw_rules_check_scalar(draft, node);
    const char **added =
        text ? cw_rules_vec_add(&draft->arena, &maker->aliases, sizeof(*added)) : NULL;
    if (added != NULL) {
        *added = text;
    }
}

static void
parse_aliases(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    cw_rules_check_list(draft, node, parse_alias, into);
}

static void
parse_maker(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    static const struct cw_rules_key keys[] = {
        {"name", cw_rules_parse_text, MAKER(name), true},
        {"source", cw_rules_parse_text, MAKER(source), true},
        {"short", cw_rules_parse_text, MAKER(short_name), false},
        {"aliases", parse_aliases, 0, false},
        {"country", cw_rules_parse_country, MAKER(country), false},
        {"group", cw_rules_parse_text, MAKER(group), false},
        {"owners", parse_owners, 0, false},
    };
    struct cw_draft_maker maker = {.at = node->at};
    (void)into;
    cw_rules_check_map(draft, node, "a maker", keys, CW_RULES_N(keys), &maker);
    struct cw_draft_maker *added =
        maker.name ? cw_rules_vec_add(&draft->arena, &draft->makers, sizeof(*added)) : NULL;
    if (added != NULL) {
        *added = maker;
    }
}

static void
parse_makers(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    cw_rules_check_list(draft, node, parse_maker, into);
}

void
cw_rules_check_makers(struct cw_rules_draft *draft, const struct cw_yaml *document)
{
    static const struct cw_rules_key keys[] = {{"makers", parse_makers, 0, true}};
    cw_rules_check_map(draft, document, "the file of makers", keys, CW_RULES_N(keys), draft);
}
