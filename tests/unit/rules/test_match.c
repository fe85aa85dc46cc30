/* SPDX-License-Identifier: Apache-2.0
 *
 * Names, addresses, MACs and banners against rules with known answers.
 */
#include "fixture.h"

#include <string.h>

#include "rules/match.h"
#include "rules/rules.h"

static const char makers[] = "makers:\n"
                             "  - {name: Acme Digital, short: AcmeD, source: s}\n";

static const char vendor[] =
    "brand: Acme\n"
    "vendor: Acme group\n"
    "maker: AcmeD\n"
    "maker_confidence: likely\n"
    "mac:\n"
    "  - {prefix: '00:00:5E', kind: camera-maker, source: s}\n"
    "  - {prefix: '00:00:5e:0', kind: general, source: s, confidence: low}\n"
    "  - {prefix: '00-00-5E-00-5', kind: camera-maker, source: s}\n"
    "domains:\n"
    "  - {suffix: example.com, role: web, side: both, confidence: low, source: s1}\n"
    "  - {suffix: P2P.example.com, role: rendezvous, side: device, region: EU, confidence: "
    "high,\n"
    "     source: s2, proves_brand: yes, device: camera}\n"
    "  - {suffix: a.b.c.p2p.example.com, role: relay, side: device, confidence: medium, "
    "source: s3}\n"
    "networks:\n"
    "  - {prefix: 192.0.2.0/24, role: relay, confidence: medium, source: s}\n"
    "  - {prefix: 192.0.2.128/25, role: stream, confidence: high, source: s}\n"
    "  - {prefix: 192.0.2.200/32, role: ntp, confidence: high, source: s}\n"
    "  - {prefix: 2001:db8::/32, role: api, confidence: high, source: s, side: device}\n"
    "banners:\n"
    "  http_server:\n"
    "    - {text: Acme-Web, confidence: high, source: s}\n"
    "    - {text: Acme-Webs/2, confidence: high, source: s, proves_brand: yes}\n"
    "  realm: [{text: 'AcmeLogin', confidence: low, source: s}]\n"
    "  model_prefix: [{text: AC-, confidence: medium, source: s}]\n";

static const char platform[] = "platform: Shared P2P\n"
                               "operator: Somebody\n"
                               "domains:\n"
                               "  - {suffix: shared.example.net, role: rendezvous, side: "
                               "device, confidence: high, source: s}\n";

struct world {
    struct fixture *fixture;
    struct camwatch_rules *handle;
    const struct cw_rules *rules;
};

static int
set_up(void **state)
{
    static struct world world;
    void *fixture;
    (void)fixture_make(&fixture);
    world.fixture = fixture;
    fixture_write(world.fixture, "makers.yaml", makers);
    fixture_write(world.fixture, "vendors/acme.yaml", vendor);
    fixture_write(world.fixture, "platforms/shared.yaml", platform);
    world.handle = fixture_need(world.fixture);
    world.rules = cw_rules_of(world.handle);
    *state = &world;
    return 0;
}

static int
tear_down(void **state)
{
    struct world *world = *state;
    void *fixture = world->fixture;
    camwatch_rules_free(world->handle);
    return fixture_remove(&fixture);
}

static size_t
match(void **state, const char *name, struct cw_rule_hit hits[8])
{
    const struct world *world = *state;
    memset(hits, 0, 8 * sizeof(*hits));
    return cw_rules_match_name(world->rules, name, hits, 8);
}

static void
longest_suffix_comes_first(void **state)
{
    struct cw_rule_hit hits[8];
    assert_int_equal(match(state, "x.a.b.c.p2p.example.com", hits), 3);
    assert_string_equal(hits[0].pattern, "a.b.c.p2p.example.com");
    assert_string_equal(hits[1].pattern, "p2p.example.com");
    assert_string_equal(hits[2].pattern, "example.com");
    assert_int_equal(match(state, "b.c.p2p.example.com", hits), 2);
    assert_string_equal(hits[0].pattern, "p2p.example.com");
    assert_int_equal(match(state, "p2p.example.com", hits), 2);
    assert_int_equal(match(state, "example.com", hits), 1);
    assert_int_equal(match(state, "example.com.", hits), 1);
}

static void
suffixes_end_on_label_boundaries(void **state)
{
    struct cw_rule_hit hits[8];
    assert_int_equal(match(state, "notexample.com", hits), 0);
    assert_int_equal(match(state, "example.com.evil.org", hits), 0);
    assert_int_equal(match(state, "com", hits), 0);
    assert_int_equal(match(state, "", hits), 0);
    assert_int_equal(match(state, ".", hits), 0);
    assert_int_equal(match(state, "..", hits), 0);
    assert_int_equal(match(state, ".example.com", hits), 1);
    assert_int_equal(match(state, "xp2p.example.com", hits), 1);
    assert_int_equal(match(state, "example.co", hits), 0);
}

static void
every_part_of_a_name_is_safe(void **state)
{
    static const char name[] = "x.a.b.c.p2p.example.com";
    struct cw_rule_hit hits[8];
    for (size_t from = 0; from < sizeof(name); from++) {
        char *copy = test_malloc(sizeof(name) - from);
        memcpy(copy, name + from, sizeof(name) - from);
        (void)match(state, copy, hits);
        for (size_t len = sizeof(name) - from; len > 0; len--) {
            copy[len - 1] = '\0';
            (void)match(state, copy, hits);
        }
        test_free(copy);
    }
}

static void
room_is_respected(void **state)
{
    const struct world *world = *state;
    struct cw_rule_hit one;
    assert_int_equal(cw_rules_match_name(world->rules, "x.p2p.example.com", &one, 1), 1);
    assert_string_equal(one.pattern, "p2p.example.com");
    assert_int_equal(cw_rules_match_name(world->rules, "x.p2p.example.com", NULL, 0), 0);
}

static void
a_hit_tells_all(void **state)
{
    struct cw_rule_hit hits[8];
    assert_int_equal(match(state, "p2p.example.com", hits), 2);
    assert_string_equal(hits[0].vendor, "Acme group");
    assert_string_equal(hits[0].brand, "Acme");
    assert_string_equal(hits[0].maker, "Acme Digital");
    assert_string_equal(hits[0].platform, "");
    assert_string_equal(hits[0].region, "EU");
    assert_string_equal(hits[0].source, "s2");
    assert_string_equal(hits[0].where, "rules/vendors/acme.yaml:11");
    assert_int_equal(hits[0].kind, CW_RULE_DOMAIN);
    assert_int_equal(hits[0].role, CAMWATCH_ROLE_RENDEZVOUS);
    assert_int_equal(hits[0].side, CAMWATCH_SIDE_DEVICE);
    assert_int_equal(hits[0].confidence, CW_CONFIDENCE_HIGH);
    assert_int_equal(hits[0].device_kind, CAMWATCH_KIND_CAMERA);
    assert_int_equal(hits[0].maker_is_likely, 1);
    assert_int_equal(hits[0].is_shared, 0);
    assert_int_equal(hits[0].is_mixed, 0);
    assert_string_equal(hits[1].brand, "");
    assert_string_equal(hits[1].vendor, "Acme group");
    assert_int_equal(hits[1].side, CAMWATCH_SIDE_BOTH);
}

static void
a_platform_names_no_brand(void **state)
{
    struct cw_rule_hit hits[8];
    assert_int_equal(match(state, "eu.shared.example.net", hits), 1);
    assert_string_equal(hits[0].platform, "Shared P2P");
    assert_string_equal(hits[0].vendor, "");
    assert_string_equal(hits[0].brand, "");
    assert_string_equal(hits[0].maker, "");
    assert_int_equal(hits[0].is_shared, 1);
    assert_int_equal(hits[0].is_mixed, 1);
}

static size_t
match_addr(void **state, const char *text, struct cw_rule_hit hits[8])
{
    const struct world *world = *state;
    struct cw_addr addr;
    assert_true(cw_addr_parse(text, &addr));
    return cw_rules_match_addr(world->rules, &addr, hits, 8);
}

static void
prefixes_nest(void **state)
{
    struct cw_rule_hit hits[8];
    assert_int_equal(match_addr(state, "192.0.2.200", hits), 3);
    assert_int_equal(hits[0].role, CAMWATCH_ROLE_NTP);
    assert_int_equal(hits[1].role, CAMWATCH_ROLE_STREAM);
    assert_int_equal(hits[2].role, CAMWATCH_ROLE_RELAY);
    assert_int_equal(match_addr(state, "192.0.2.201", hits), 2);
    assert_int_equal(match_addr(state, "192.0.2.255", hits), 2);
    assert_int_equal(match_addr(state, "192.0.2.0", hits), 1);
    assert_int_equal(match_addr(state, "192.0.2.127", hits), 1);
    assert_int_equal(match_addr(state, "192.0.3.0", hits), 0);
    assert_int_equal(match_addr(state, "192.0.1.255", hits), 0);
    assert_int_equal(match_addr(state, "2001:db8:ffff::1", hits), 1);
    assert_int_equal(hits[0].side, CAMWATCH_SIDE_DEVICE);
    assert_int_equal(match_addr(state, "2001:db9::", hits), 0);
    assert_int_equal(match_addr(state, "::", hits), 0);
}

static size_t
match_mac(void **state, const char *text, struct cw_rule_hit hits[8])
{
    const struct world *world = *state;
    struct cw_mac mac;
    assert_true(cw_mac_parse(cw_bytes_text(text), &mac));
    return cw_rules_match_mac(world->rules, &mac, hits, 8);
}

static void
mac_prefixes_of_three_lengths(void **state)
{
    struct cw_rule_hit hits[8];
    assert_int_equal(match_mac(state, "00-00-5E-FF-FF-FF", hits), 1);
    assert_int_equal(hits[0].is_general, 0);
    assert_int_equal(hits[0].confidence, CW_CONFIDENCE_HIGH);
    assert_int_equal(match_mac(state, "00-00-5E-0F-FF-FF", hits), 2);
    assert_int_equal(hits[0].is_general, 1);
    assert_int_equal(hits[0].confidence, CW_CONFIDENCE_LOW);
    assert_int_equal(match_mac(state, "00-00-5E-10-00-00", hits), 1);
    assert_int_equal(match_mac(state, "00-00-5E-00-53-01", hits), 3);
    assert_string_equal(hits[0].pattern, "00-00-5E-00-5");
    assert_int_equal(match_mac(state, "00-00-5E-00-60-00", hits), 2);
    assert_int_equal(match_mac(state, "00-00-5F-00-00-00", hits), 0);
    assert_int_equal(match_mac(state, "02-00-5E-00-53-01", hits), 0);
    assert_int_equal(match_mac(state, "01-00-5E-00-53-01", hits), 0);
}

static size_t
match_banner(void **state, enum cw_banner field, const char *text, struct cw_rule_hit hits[8])
{
    const struct world *world = *state;
    return cw_rules_match_banner(world->rules, field, cw_bytes_text(text), hits, 8);
}

static void
banners_are_searched_by_field(void **state)
{
    struct cw_rule_hit hits[8];
    assert_int_equal(match_banner(state, CW_BANNER_HTTP_SERVER, "x Acme-Webs/2.1", hits), 2);
    assert_string_equal(hits[0].pattern, "Acme-Webs/2");
    assert_string_equal(hits[0].brand, "Acme");
    assert_string_equal(hits[1].brand, "");
    assert_int_equal(match_banner(state, CW_BANNER_HTTP_SERVER, "acme-webs/2", hits), 0);
    assert_int_equal(match_banner(state, CW_BANNER_RTSP_SERVER, "Acme-Webs/2", hits), 0);
    assert_int_equal(match_banner(state, CW_BANNER_REALM, "AcmeLogin", hits), 1);
    assert_int_equal(match_banner(state, CW_BANNER_MODEL_PREFIX, "AC-100", hits), 1);
    assert_int_equal(match_banner(state, CW_BANNER_MODEL_PREFIX, "XAC-100", hits), 0);
    assert_int_equal(match_banner(state, CW_BANNER_REALM, "", hits), 0);
}

static void
explain_takes_any_text(void **state)
{
    const struct world *world = *state;
    struct camwatch_rule rules[4];
    assert_int_equal(camwatch_rules_explain(world->handle, "X.P2P.Example.COM", rules, 4), 2);
    assert_string_equal(rules[0].pattern, "p2p.example.com");
    assert_string_equal(rules[0].confidence, "high");
    assert_int_equal(rules[0].size, sizeof(rules[0]));
    assert_int_equal(camwatch_rules_explain(world->handle, "192.0.2.200", rules, 4), 3);
    assert_int_equal(camwatch_rules_explain(world->handle, "00:00:5e:00:53:01", rules, 4), 3);
    assert_int_equal(camwatch_rules_explain(world->handle, "nothing at all", rules, 4), 0);
}

static void
counts_are_right(void **state)
{
    const struct world *world = *state;
    struct camwatch_rules_counts counts = {.size = sizeof(counts)};
    camwatch_rules_count(world->handle, &counts);
    assert_int_equal(counts.files, 3);
    assert_int_equal(counts.domains, 4);
    assert_int_equal(counts.networks, 4);
    assert_int_equal(counts.macs, 3);
    assert_int_equal(counts.banners, 4);
    assert_int_equal(counts.brands, 1);
    assert_int_equal(counts.platforms, 1);
    assert_int_equal(counts.makers, 1);
    assert_int_equal(strlen(camwatch_rules_version(world->handle)), 16);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(longest_suffix_comes_first),
        cmocka_unit_test(suffixes_end_on_label_boundaries),
        cmocka_unit_test(every_part_of_a_name_is_safe),
        cmocka_unit_test(room_is_respected),
        cmocka_unit_test(a_hit_tells_all),
        cmocka_unit_test(a_platform_names_no_brand),
        cmocka_unit_test(prefixes_nest),
        cmocka_unit_test(mac_prefixes_of_three_lengths),
        cmocka_unit_test(banners_are_searched_by_field),
        cmocka_unit_test(explain_takes_any_text),
        cmocka_unit_test(counts_are_right),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
