/* SPDX-License-Identifier: Apache-2.0
 *
 * The image: it works where it is copied to, is the same for the same files, and no damage passes.
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "model/rule.h"
#include "rules/match.h"
#include "rules/policy.h"
#include "rules/rules.h"

static const char vendor[] =
    "brand: Acme\n"
    "maker: M\n"
    "mac: [{prefix: '00:00:5E', kind: camera-maker, source: s}]\n"
    "domains: [{suffix: p2p.example.com, role: rendezvous, side: device, confidence: high, "
    "source: s}]\n"
    "networks: [{prefix: 192.0.2.0/24, role: relay, confidence: low, source: s}]\n"
    "banners: {realm: [{text: Acme, confidence: low, source: s}]}\n";

static const char list[] =
    "list: l\ntitle: t\nkind: guidance\nurl: https://example.org/l\nverified_on: 2026-01-31\n"
    "entries: [{entity: M, source: s, status: verified}]\n";

static const char policy[] =
    "policy: p\nmatch: {event: flow-end, peer.country: [CA, US], not: {side: viewer}}\n"
    "key: [device.id, peer.country]\nseverity: low\n"
    "allow: [{match: {peer.ip: 192.0.2.0/24}, reason: r, author: a}]\n";

static int
make_world(void **state)
{
    (void)fixture_make(state);
    fixture_write(
        *state, "makers.yaml",
        "makers: [{name: M, aliases: [MM], source: s, owners: [{entity: O, source: s, "
        "status: verified}]}]\n");
    fixture_write(*state, "vendors/acme.yaml", vendor);
    fixture_write(*state, "lists/l.yaml", list);
    fixture_write(*state, "policies/p.yaml", policy);
    return 0;
}

/* A copy of the image in memory of exactly its size; the loaded one is gone. */
static struct cw_rules *
copy_image(struct fixture *fixture, size_t *size)
{
    struct camwatch_rules *rules = fixture_need(fixture);
    const void *image = camwatch_rules_image(rules, size);
    struct cw_rules *copy = malloc(*size);
    assert_non_null(copy);
    memcpy(copy, image, *size);
    camwatch_rules_free(rules);
    return copy;
}

static void
a_copy_works_elsewhere(void **state)
{
    struct camwatch_rules *rules = NULL;
    struct cw_rule_hit hit;
    struct camwatch_listing listing;
    size_t size;
    struct cw_rules *copy = copy_image(*state, &size);
    assert_int_equal(camwatch_rules_attach(copy, size, &rules), CAMWATCH_OK);
    assert_ptr_equal(cw_rules_of(rules), copy);
    assert_int_equal(cw_rules_match_name(cw_rules_of(rules), "a.p2p.example.com", &hit, 1), 1);
    assert_string_equal(hit.vendor, "Acme");
    assert_int_equal(camwatch_rules_listings(rules, "MM", "", INT64_MAX, &listing, 1), 1);
    assert_string_equal(camwatch_rules_owner(rules, "M", INT64_MAX), "O");
    camwatch_rules_free(rules);
    free(copy);
}

static void
the_same_files_give_the_same_image(void **state)
{
    size_t size, again;
    struct cw_rules *one = copy_image(*state, &size), *two = copy_image(*state, &again);
    assert_int_equal(size, again);
    assert_memory_equal(one, two, size);
    fixture_write(*state, "makers.yaml", "# moved\nmakers: [{name: M, source: s}]\n");
    struct cw_rules *other = copy_image(*state, &again);
    assert_string_not_equal(one->set_version, other->set_version);
    assert_int_equal(cw_image_rows(one)[0].id, cw_image_rows(other)[0].id);
    free(one);
    free(two);
    free(other);
}

static void
rule_ids_do_not_depend_on_the_file(void **state)
{
    struct camwatch_rules *rules = fixture_need(*state);
    struct camwatch_rule before, after;
    assert_int_equal(camwatch_rules_explain(rules, "p2p.example.com", &before, 1), 1);
    uint32_t id = before.id;
    camwatch_rules_free(rules);
    fixture_write(*state, "vendors/acme.yaml", "brand: Other\n");
    fixture_write(
        *state, "vendors/zz.yaml",
        "brand: Acme\ndomains:\n  - {suffix: x.example, role: web, side: both, "
        "confidence: low, source: s}\n  - {suffix: P2P.example.com, role: relay, side: both, "
        "confidence: low, source: s}\n");
    rules = fixture_need(*state);
    assert_int_equal(camwatch_rules_explain(rules, "p2p.example.com", &after, 1), 1);
    assert_int_equal(after.id, id);
    assert_string_equal(after.where, "rules/vendors/zz.yaml:4");
    camwatch_rules_free(rules);
}

static void
damage_is_noticed(void **state)
{
    size_t size;
    struct camwatch_rules *rules = NULL;
    struct cw_rules *copy = copy_image(*state, &size);
    unsigned char *bytes = (unsigned char *)copy;
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 0x20;
        assert_int_equal(camwatch_rules_attach(copy, size, &rules), CAMWATCH_ECORRUPT);
        bytes[i] ^= 0x20;
    }
    assert_null(rules);
    free(copy);
}

static void
every_cut_is_noticed(void **state)
{
    size_t size;
    struct camwatch_rules *rules = NULL;
    struct cw_rules *copy = copy_image(*state, &size);
    for (size_t len = 0; len < size; len += len < sizeof(*copy) + 64 ? 1 : 61) {
        void *cut = malloc(len ? len : 1);
        assert_non_null(cut);
        memcpy(cut, copy, len);
        assert_int_equal(camwatch_rules_attach(cut, len, &rules), CAMWATCH_ECORRUPT);
        free(cut);
    }
    assert_int_equal(camwatch_rules_attach(NULL, size, &rules), CAMWATCH_EINVAL);
    assert_int_equal(camwatch_rules_attach((char *)copy + 1, size - 1, &rules),
                     CAMWATCH_EINVAL);
    free(copy);
}

static const char *
no_text(const void *event, enum camwatch_field field)
{
    (void)event;
    (void)field;
    return "";
}

/* Ask everything of an image that passed the check. */
static void
use(const struct camwatch_rules *rules)
{
    struct cw_rule_hit hits[8];
    struct camwatch_listing listings[8];
    struct camwatch_rule explained[8];
    const struct cw_rules *image = cw_rules_of(rules);
    size_t n = cw_rules_match_name(image, "x.p2p.example.com", hits, 8);
    n += cw_rules_match_banner(image, CW_BANNER_REALM, cw_bytes_text("Acme"), hits + n, 8 - n);
    for (size_t i = 0; i < n; i++) {
        (void)strlen(hits[i].where);
        (void)strlen(hits[i].vendor);
    }
    (void)camwatch_rules_explain(rules, "192.0.2.1", explained, 8);
    (void)camwatch_rules_explain(rules, "00:00:5E:00:53:01", explained, 8);
    (void)camwatch_rules_listings(rules, "M", "Acme", 0, listings, 8);
    (void)camwatch_rules_owner(rules, "MM", 0);
    for (uint32_t i = 0; i < cw_rules_n_policies(image); i++) {
        struct cw_policy policy_view;
        struct cw_policy_allow allow;
        cw_rules_policy(image, i, &policy_view);
        (void)cw_rules_policy_matches(image, i, CAMWATCH_EVENT_FLOW_END, NULL, no_text);
        (void)cw_rules_policy_allows(image, i, CAMWATCH_EVENT_FLOW_END, 0, NULL, no_text,
                                     &allow);
    }
}

/* A forger who also mends the checksum gets no read out of bounds: ASan watches. */
static void
forged_references_do_no_harm(void **state)
{
    static const uint32_t forged[] = {0,      1,          2,          0x7f,
                                      0xffff, 0x7fffffff, 0x80000000, 0xffffffff};
    size_t size;
    struct cw_rules *copy = copy_image(*state, &size);
    for (size_t at = offsetof(struct cw_rules, set_version); at + 4 <= size; at += 4) {
        uint32_t kept;
        memcpy(&kept, (char *)copy + at, 4);
        for (size_t i = 0; i < sizeof(forged) / sizeof(*forged); i++) {
            struct camwatch_rules *rules = NULL;
            memcpy((char *)copy + at, &forged[i], 4);
            copy->checksum = cw_image_checksum(copy);
            if (camwatch_rules_attach(copy, size, &rules) == CAMWATCH_OK) {
                use(rules);
                camwatch_rules_free(rules);
            }
        }
        memcpy((char *)copy + at, &kept, 4);
    }
    free(copy);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, make_world, fixture_remove)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_copy_works_elsewhere),
        CASE(the_same_files_give_the_same_image),
        CASE(rule_ids_do_not_depend_on_the_file),
        CASE(damage_is_noticed),
        CASE(every_cut_is_noticed),
        CASE(forged_references_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
