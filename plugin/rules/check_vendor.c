/* SPDX-License-Identifier: Apache-2.0
 *
 * rules/vendors/NAME.yaml (a brand) and rules/platforms/NAME.yaml (what brands share), with
 * their rows. A row belongs to the party that was added last.
 */
#include "model/rule.h"
#include "rules/check.h"
#include "rules/match.h"

#define ROW(member)   offsetof(struct cw_draft_row, member)
#define PARTY(member) offsetof(struct cw_draft_party, member)

static void
add_row(struct cw_rules_draft *draft, const struct cw_draft_row *row)
{
    if (row->pattern == NULL) {
        return; /* reported */
    }
    struct cw_draft_row *added =
        cw_rules_vec_add(&draft->arena, &draft->rows, sizeof(struct cw_draft_row));
    if (added != NULL) {
        *added = *row;
    }
}

static struct cw_draft_row
make_row(const struct cw_rules_draft *draft, const struct cw_yaml *node, unsigned kind)
{
    return (struct cw_draft_row){.kind = (uint8_t)kind,
                                 .party = draft->parties.n - 1,
                                 .at = node->at,
                                 .confidence = CW_CONFIDENCE_HIGH};
}

/* proves_brand stands last: platforms take the table without it. */
static const struct cw_rules_key domain_keys[] = {
    {"suffix", cw_rules_parse_suffix, 0, true},
    {"role", cw_rules_parse_role, ROW(role), true},
    {"side", cw_rules_parse_side, ROW(side), true},
    {"confidence", cw_rules_parse_confidence, ROW(confidence), true},
    {"source", cw_rules_parse_text, ROW(source), true},
    {"region", cw_rules_parse_text, ROW(region), false},
    {"device", cw_rules_parse_device_kind, ROW(device_kind), false},
    {"proves_brand", cw_rules_parse_flag, ROW(proves_brand), false},
};

static const struct cw_rules_key network_keys[] = {
    {"prefix", cw_rules_parse_network, 0, true},
    {"role", cw_rules_parse_role, ROW(role), true},
    {"confidence", cw_rules_parse_confidence, ROW(confidence), true},
    {"source", cw_rules_parse_text, ROW(source), true},
    {"side", cw_rules_parse_side, ROW(side), false},
    {"region", cw_rules_parse_text, ROW(region), false},
    {"device", cw_rules_parse_device_kind, ROW(device_kind), false},
    {"proves_brand", cw_rules_parse_flag, ROW(proves_brand), false},
};

static const struct cw_rules_key mac_keys[] = {
    {"prefix", cw_rules_parse_mac, 0, true},
    {"kind", cw_rules_parse_mac_kind, ROW(is_general), true},
    {"source", cw_rules_parse_text, ROW(source), true},
    {"registrant", cw_rules_parse_text, ROW(registrant), false},
    {"confidence", cw_rules_parse_confidence, ROW(confidence), false},
    {"device", cw_rules_parse_device_kind, ROW(device_kind), false},
    {"proves_brand", cw_rules_parse_flag, ROW(proves_brand), false},
};

static const struct cw_rules_key banner_keys[] = {
    {"text", cw_rules_parse_text, ROW(pattern), true},
    {"confidence", cw_rules_parse_confidence, ROW(confidence), true},
    {"source", cw_rules_parse_text, ROW(source), true},
    {"device", cw_rules_parse_device_kind, ROW(device_kind), false},
    {"proves_brand", cw_rules_parse_flag, ROW(proves_brand), false},
};

static bool
is_platform(const struct cw_rules_draft *draft)
{
    const struct cw_draft_party *parties = draft->parties.items;
    return parties[draft->parties.n - 1].is_platform;
}

static void
parse_domain(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_row row = make_row(draft, node, CW_RULE_DOMAIN);
    (void)into;
    cw_rules_check_map(draft, node, "a domain", domain_keys,
                       CW_RULES_N(domain_keys) - is_platform(draft), &row);
    add_row(draft, &row);
}

static void
parse_network(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_row row = make_row(draft, node, CW_RULE_NETWORK);
    (void)into;
    cw_rules_check_map(draft, node, "a network", network_keys,
                       CW_RULES_N(network_keys) - is_platform(draft), &row);
    add_row(draft, &row);
}

static void
parse_mac(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_row row = make_row(draft, node, CW_RULE_MAC);
    (void)into;
    cw_rules_check_map(draft, node, "a MAC prefix", mac_keys, CW_RULES_N(mac_keys), &row);
    add_row(draft, &row);
}

static void
parse_banner(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_row row = make_row(draft, node, CW_RULE_BANNER);
    row.field = *(const uint8_t *)into;
    cw_rules_check_map(draft, node, "a banner", banner_keys, CW_RULES_N(banner_keys), &row);
    add_row(draft, &row);
}

static void
parse_banner_field(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    uint8_t field = 0;
    (void)into;
    while (strcmp(cw_rules_banner_text(field), node->key) != 0) {
        field++;
    }
    cw_rules_check_list(draft, node, parse_banner, &field);
}

static void
parse_banners(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
#define KEY(symbol, text, help) {text, parse_banner_field, 0, false},
    static const struct cw_rules_key keys[] = {CW_BANNERS(KEY)};
#undef KEY
    cw_rules_check_map(draft, node, "a set of banners", keys, CW_RULES_N(keys), into);
}

static void
parse_domains(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    cw_rules_check_list(draft, node, parse_domain, into);
}

static void
parse_networks(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    cw_rules_check_list(draft, node, parse_network, into);
}

static void
parse_macs(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    cw_rules_check_list(draft, node, parse_mac, into);
}

static void
parse_maker(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_party *party = into;
    cw_rules_parse_text(draft, node, &party->maker);
    party->maker_at = node->at;
}

static void
parse_company(struct cw_rules_draft *draft, const struct cw_yaml *node, void *into)
{
    struct cw_draft_party *party = into;
    cw_rules_parse_text(draft, node, &party->company_name);
    party->company_at = node->at;
}

static struct cw_draft_party *
add_party(struct cw_rules_draft *draft, const struct cw_yaml *document)
{
    struct cw_draft_party *party =
        cw_rules_vec_add(&draft->arena, &draft->parties, sizeof(struct cw_draft_party));
    if (party != NULL) {
        party->name = "";
        party->at = document->at;
    }
    return party;
}

void
cw_rules_check_vendor(struct cw_rules_draft *draft, const struct cw_yaml *document)
{
    static const struct cw_rules_key keys[] = {
        {"brand", cw_rules_parse_text, PARTY(name), true},
        {"vendor", cw_rules_parse_text, PARTY(vendor), false},
        {"maker", parse_maker, 0, false},
        {"company", parse_company, 0, false},
        {"maker_confidence", cw_rules_parse_maker_confidence, PARTY(maker_is_likely), false},
        {"devices", cw_rules_parse_devices, PARTY(is_mixed), false},
        {"proves_brand", cw_rules_parse_flag, PARTY(proves_brand), false},
        {"mac", parse_macs, 0, false},
        {"domains", parse_domains, 0, false},
        {"networks", parse_networks, 0, false},
        {"banners", parse_banners, 0, false},
    };
    struct cw_draft_party *party = add_party(draft, document);
    if (party != NULL) {
        cw_rules_check_map(draft, document, "a vendor file", keys, CW_RULES_N(keys), party);
    }
}

void
cw_rules_check_platform(struct cw_rules_draft *draft, const struct cw_yaml *document)
{
    static const struct cw_rules_key keys[] = {
        {"platform", cw_rules_parse_text, PARTY(name), true},
        {"operator", cw_rules_parse_text, PARTY(vendor), true},
        {"devices", cw_rules_parse_devices, PARTY(is_mixed), false},
        {"domains", parse_domains, 0, false},
        {"networks", parse_networks, 0, false},
    };
    struct cw_draft_party *party = add_party(draft, document);
    if (party != NULL) {
        party->is_platform = true;
        party->is_mixed = true;
        cw_rules_check_map(draft, document, "a platform file", keys, CW_RULES_N(keys), party);
    }
}
