/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "rules/facts.h"
#include "rules/match.h"
#include "rules/policy.h"

static const char *
field_text(const void *event, enum camwatch_field field)
{
    return field % 2 ? event : "";
}

static void
ask(const struct cw_rules *rules)
{
    struct cw_rule_hit hits[8];
    struct camwatch_listing listings[8];
    struct cw_policy policy;
    struct cw_policy_allow allow;
    struct cw_addr addr = cw_addr_v4((const uint8_t[]){192, 0, 2, 9});
    struct cw_mac mac = {{0x00, 0x00, 0x5e, 0x00, 0x53, 0x01}};
    (void)cw_rules_match_name(rules, "a.p2p.example.com", hits, 8);
    (void)cw_rules_match_addr(rules, &addr, hits, 8);
    (void)cw_rules_match_mac(rules, &mac, hits, 8);
    for (unsigned i = 0; i < CW_N_BANNERS; i++) {
        (void)cw_rules_match_banner(rules, i, cw_bytes_text("Example-Webs/1"), hits, 8);
    }
    (void)cw_rules_owner(rules, "Lorem Cameras", INT64_MAX);
    (void)cw_rules_listings(rules, "Lorem Cameras", "Acme", INT64_MAX, listings, 8);
    for (uint32_t i = 0; i < cw_rules_n_policies(rules) && i < 64; i++) {
        cw_rules_policy(rules, i, &policy);
        for (unsigned kind = 0; kind < CAMWATCH_N_EVENT_KINDS; kind++) {
            (void)cw_rules_policy_matches(rules, i, kind, "192.0.2.9", field_text);
            (void)cw_rules_policy_allows(rules, i, kind, 1, "US", field_text, &allow);
        }
    }
}

/* Patches over a good image, with its checksum made right again. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t image_size;
    const void *good = camwatch_rules_image(fuzz_rules(), &image_size);
    struct cw_rules *image = malloc(image_size);
    struct camwatch_rules *rules;
    FUZZ_DEMAND(image);
    memcpy(image, good, image_size);
    fuzz_patch(cw_bytes(data, size), (uint8_t *)image, image_size);
    if (image->size == image_size) {
        image->checksum = cw_image_checksum(image);
    }
    if (camwatch_rules_attach(image, image_size, &rules) == CAMWATCH_OK) {
        ask(image);
        camwatch_rules_free(rules);
    }
    free(image);
    return 0;
}
