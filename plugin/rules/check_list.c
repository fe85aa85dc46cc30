/* SPDX-License-Identifier: Apache-2.0
 *
 * rules/lists/NAME.yaml: what a public list says of makers, brands and owners.
 */
#include "rules/check.h"

#define ENTRY(member) offsetof(struct cw_draft_entry, member)
#define LIST(member)  offsetof(struct cw_draft_list, member)

static void
parse_entry(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    static const struct cw_rules_key keys[] = {
        {"entity", cw_rules_parse_text, ENTRY(entity), true},
        {"source", cw_rules_parse_text, ENTRY(source), true},
        {"status", cw_rules_parse_status, ENTRY(is_verified), true},
        {"since", cw_rules_parse_date, ENTRY(since), false},
        {"until", cw_rules_parse_date, ENTRY(until), false},
    };
    struct cw_draft_list *list = into;
    struct cw_draft_entry entry = {.at = node->at};
    cw_rules_check_map(draft, node, "a list entry", keys, CW_RULES_N(keys), &entry);
    cw_rules_check_span(draft, node->at, &entry.since, &entry.until);
    struct cw_draft_entry *added =
        entry.entity ? cw_rules_vec_add(&draft->arena, &list->entries, sizeof(*added)) : NULL;
    if (added != NULL) {
        *added = entry;
    }
}

static void
parse_entries(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    cw_rules_check_list(draft, node, parse_entry, into);
}

void
cw_rules_check_listing(struct cw_rules_draft *draft, const struct cw_yaml *document)
{
    static const struct cw_rules_key keys[] = {
        {"list", cw_rules_parse_name, LIST(name), true},
        {"title", cw_rules_parse_text, LIST(title), true},
        {"kind", cw_rules_parse_list_kind, LIST(kind), true},
        {"url", cw_rules_parse_url, LIST(url), true},
        {"verified_on", cw_rules_parse_date, LIST(verified_on), true},
        {"since", cw_rules_parse_date, LIST(since), false},
        {"entries", parse_entries, 0, true},
    };
    struct cw_draft_list list = {.name = "", .at = document->at};
    cw_rules_check_map(draft, document, "a list", keys, CW_RULES_N(keys), &list);
    struct cw_draft_list *added =
        cw_rules_vec_add(&draft->arena, &draft->lists, sizeof(struct cw_draft_list));
    if (added != NULL) {
        *added = list;
    }
}
