/* SPDX-License-Identifier: Apache-2.0
 *
 * Each class of mistake in vendor, platform, maker and list files: the exact line and words.
 */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#define ROW(keys) "domains:\n  - {" keys "}\n"
#define REST      "role: web, side: both, confidence: low, source: s"
#define REST_NET  "role: web, confidence: low, source: s"

static void
vendor_fails(void **state, const char *lines, const char *message)
{
    fixture_vendor(*state, lines);
    fixture_fails(*state, message);
}

static void
unknown_keys(void **state)
{
    vendor_fails(
        state, "venodr: B\n",
        "rules/vendors/acme.yaml:2: key \"venodr\" is not known in a vendor file; allowed: "
        "brand vendor maker company maker_confidence devices proves_brand mac domains networks "
        "banners; did you mean \"vendor\"?");
    vendor_fails(
        state, ROW("suffix: a.example, " REST ", colour: red"),
        "rules/vendors/acme.yaml:3: key \"colour\" is not known in a domain; allowed: suffix "
        "role side confidence source region device proves_brand");
}

static void
missing_keys(void **state)
{
    vendor_fails(
        state, ROW("suffix: a.example, role: web, side: both, confidence: low"),
        "rules/vendors/acme.yaml:3: a domain needs the key \"source\"; allowed: suffix role "
        "side confidence source region device proves_brand");
    fixture_write(*state, "vendors/acme.yaml", "vendor: B\n");
    fixture_fails_like(*state,
                       "rules/vendors/acme.yaml:1: a vendor file needs the key \"brand\"");
}

static void
wrong_words(void **state)
{
    vendor_fails(
        state,
        ROW("suffix: a.example, role: rendevous, side: both, confidence: low, source: s"),
        "rules/vendors/acme.yaml:3: role \"rendevous\" is not known; allowed: registration api "
        "rendezvous relay stream storage ddns firmware push ntp telemetry discovery control "
        "web; did you mean \"rendezvous\"?");
    vendor_fails(state,
                 ROW("suffix: a.example, role: web, side: unknown, confidence: low, source: s"),
                 "rules/vendors/acme.yaml:3: side \"unknown\" is not known; allowed: device "
                 "viewer both");
    vendor_fails(
        state, ROW("suffix: a.example, role: web, side: both, confidence: 1, source: s"),
        "rules/vendors/acme.yaml:3: confidence \"1\" is not known; allowed: low medium high");
    vendor_fails(
        state, ROW("suffix: a.example, " REST ", proves_brand: maybe"),
        "rules/vendors/acme.yaml:3: flag \"maybe\" is not known; allowed: no yes false true");
    vendor_fails(
        state, ROW("suffix: a.example, " REST ", device: toaster"),
        "rules/vendors/acme.yaml:3: device kind \"toaster\" is not known; allowed: unknown "
        "camera recorder doorbell access-control intercom encoder hub vms-client "
        "alarm-panel");
}

static void
wrong_shapes(void **state)
{
    vendor_fails(state, "domains: a.example\n",
                 "rules/vendors/acme.yaml:2: domains is a list; allowed: \"- item\" lines or "
                 "[item, ...]");
    vendor_fails(
        state, "domains:\n  - a.example\n",
        "rules/vendors/acme.yaml:3: a domain is a mapping; allowed keys: suffix role side "
        "confidence source region device proves_brand");
    vendor_fails(
        state, "vendor: [a]\n",
        "rules/vendors/acme.yaml:2: vendor is one value; allowed: no list or mapping here");
    vendor_fails(
        state, "vendor:\n",
        "rules/vendors/acme.yaml:2: vendor is empty; give a value or leave the key out");
    vendor_fails(
        state, "vendor: \"a\\x1b[31m\"\n",
        "rules/vendors/acme.yaml:2: vendor holds a line break or control character; allowed: "
        "one line of text");
}

static void
wrong_suffixes(void **state)
{
    static const char *const names[] = {".a.example",  "a..example",  "a.example.",
                                        "a b.example", "*.a.example", "h\xc3\xa4user.example",
                                        "a/b.example"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char lines[256], message[512];
        (void)snprintf(lines, sizeof(lines), ROW("suffix: '%s', " REST), names[i]);
        (void)snprintf(
            message, sizeof(message),
            "rules/vendors/acme.yaml:3: suffix \"%s\" is no domain name; allowed: labels of "
            "a-z 0-9 - _ with dots between, such as p2p.example.com",
            names[i]);
        vendor_fails(state, lines, message);
    }
    vendor_fails(
        state, ROW("suffix: com, " REST),
        "rules/vendors/acme.yaml:3: suffix \"com\" is a whole top-level domain; allowed: at "
        "least two labels");
}

static void
wrong_networks(void **state)
{
    vendor_fails(
        state, "networks: [{prefix: 192.0.2.0/33, " REST_NET "}]\n",
        "rules/vendors/acme.yaml:2: prefix \"192.0.2.0/33\" is no address prefix; allowed: "
        "192.0.2.0/24 or 2001:db8::/32");
    vendor_fails(
        state, "networks: [{prefix: 0.0.0.0/0, " REST_NET "}]\n",
        "rules/vendors/acme.yaml:2: prefix \"0.0.0.0/0\" is too wide; allowed: /8 and longer, "
        "in IPv6 /16 and longer");
    vendor_fails(
        state, "networks: [{prefix: 192.0.2.1/24, " REST_NET "}]\n",
        "rules/vendors/acme.yaml:2: prefix \"192.0.2.1/24\" has bits after the prefix; "
        "allowed: zeros there, as in 192.0.2.0/24");
}

static void
wrong_macs(void **state)
{
    static const char *const prefixes[] = {
        "00:00",       "00:00:5",           "0000:5E",  "00:00:5E:",
        "00:00:5E:00", "00:00:5E:00:53:01", "00:00:5G", "00::5E",
        ":00:00:5E",   "00:00:5E:00:53:0"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
        char lines[256], message[512];
        (void)snprintf(lines, sizeof(lines),
                       "mac: [{prefix: '%s', kind: general, source: s}]\n", prefixes[i]);
        (void)snprintf(
            message, sizeof(message),
            "rules/vendors/acme.yaml:2: prefix \"%s\" is no MAC prefix; allowed: AA:BB:CC, "
            "AA:BB:CC:D or AA:BB:CC:DD:E",
            prefixes[i]);
        vendor_fails(state, lines, message);
    }
    vendor_fails(
        state, "mac: [{prefix: '02:00:5E', kind: general, source: s}]\n",
        "rules/vendors/acme.yaml:2: prefix \"02:00:5E\" is of a group or locally administered "
        "address; allowed: prefixes that a registry assigned");
}

static void
wrong_banners(void **state)
{
    vendor_fails(
        state, "banners:\n  http_servr: []\n",
        "rules/vendors/acme.yaml:3: key \"http_servr\" is not known in a set of banners; "
        "allowed: http_server rtsp_server realm tls_subject user_agent model_prefix; did you "
        "mean \"http_server\"?");
    vendor_fails(state, "banners:\n  realm:\n    - {text: x, confidence: low}\n",
                 "rules/vendors/acme.yaml:4: a banner needs the key \"source\"; allowed: text "
                 "confidence source device proves_brand");
}

static void
platforms_prove_no_brand(void **state)
{
    fixture_write(
        *state, "platforms/p.yaml",
        "platform: P\noperator: O\n" ROW("suffix: a.example, " REST ", proves_brand: yes"));
    fixture_fails(*state,
                  "rules/platforms/p.yaml:4: key \"proves_brand\" is not known in a domain; "
                  "allowed: suffix role side confidence source region device");
}

static void
all_errors_are_reported(void **state)
{
    struct fixture *fixture = *state;
    struct camwatch_rules *rules = NULL;
    fixture_vendor(fixture, "x: 1\ny: 2\n");
    fixture_write(fixture, "lists/l.yaml", "z: 3\n");
    assert_int_equal(fixture_load(fixture, &rules), CAMWATCH_ERULES);
    assert_int_equal(fixture->n_messages, 2 + 7); /* z, and six keys that the list lacks */
}

static void
makers_are_checked(void **state)
{
    fixture_vendor(*state, "maker: Zhejian Dahua\n");
    fixture_write(*state, "makers.yaml", "makers:\n  - {name: Zhejiang Dahua, source: s}\n");
    fixture_fails(*state,
                  "rules/vendors/acme.yaml:2: maker \"Zhejian Dahua\" is not known; allowed: a "
                  "name of rules/makers.yaml; did you mean \"Zhejiang Dahua\"?");
    fixture_vendor(*state, "maker: Zhejiang Dahua\ncompany: Acme Inc\n");
    fixture_fails(*state,
                  "rules/vendors/acme.yaml:3: company \"Acme Inc\" is not known; allowed: a "
                  "name of rules/makers.yaml");
    fixture_vendor(*state, "");
    fixture_vendor(*state, "");
    fixture_write(
        *state, "makers.yaml",
        "makers:\n  - {name: A Co, source: s}\n  - {name: B Co, short: A Co, source: s}\n");
    fixture_fails(*state, "rules/makers.yaml:3: maker \"A Co\" stands already at "
                          "rules/makers.yaml:2; allowed: one row for each name");
    fixture_write(*state, "makers.yaml",
                  "makers:\n  - {name: A Co, source: s, country: China}\n");
    fixture_fails(*state,
                  "rules/makers.yaml:2: country \"China\" is no country code; allowed: two "
                  "capitals of ISO 3166-1, such as CN");
}

static void
owner_fails(void **state, const char *keys, const char *message)
{
    char text[512];
    (void)snprintf(text, sizeof(text),
                   "makers:\n  - name: A Co\n    source: s\n    owners:\n      - {%s}\n", keys);
    fixture_write(*state, "makers.yaml", text);
    fixture_fails(*state, message);
}

static void
dates_are_strict(void **state)
{
    static const char *const dates[] = {"2022-02-29", "2022-13-01", "2022-00-10", "2022-1-1",
                                        "22-01-01",   "2022-01-32", "1899-01-01", "2022-11",
                                        "2022-01-0x", "2100-02-29"};
    for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++) {
        char keys[128], message[256];
        (void)snprintf(keys, sizeof(keys),
                       "entity: E, source: s, status: verified, since: '%s'", dates[i]);
        (void)snprintf(
            message, sizeof(message),
            "rules/makers.yaml:5: since \"%s\" is no date; allowed: YYYY-MM-DD from 1900 on",
            dates[i]);
        owner_fails(state, keys, message);
    }
    owner_fails(state,
                "entity: E, source: s, status: verified, since: 2022-02-02, until: 2022-02-01",
                "rules/makers.yaml:5: since 2022-02-02 is after until 2022-02-01; allowed: "
                "since before "
                "until");
    owner_fails(
        state, "entity: E, source: s, status: sure",
        "rules/makers.yaml:5: status \"sure\" is not known; allowed: unverified verified");
}

#define LIST                                                                                   \
    "list: l\ntitle: t\nkind: guidance\nurl: https://example.org/l\nverified_on: 2026-01-31\n"

static void
lists_name_known_entities(void **state)
{
    fixture_vendor(*state, "");
    fixture_write(*state, "lists/l.yaml",
                  LIST "entries:\n  - {entity: Acne, source: s, status: verified}\n");
    fixture_fails(
        *state,
        "rules/lists/l.yaml:7: entity \"Acne\" is not known; allowed: a maker, group or "
        "owner of rules/makers.yaml or a brand of rules/vendors; did you mean "
        "\"Acme\"?");
    fixture_write(*state, "lists/l.yaml", LIST "entries: []\n---\n" LIST "entries: []\n");
    fixture_fails(
        *state, "rules/lists/l.yaml:8: list l stands already at rules/lists/l.yaml:1; allowed: "
                "one of each name");
    fixture_write(*state, "lists/l.yaml",
                  "list: l\ntitle: t\nkind: ban\nurl: ftp://x\n"
                  "verified_on: 2026-01-31\nentries: []\n");
    fixture_fails_like(*state,
                       "rules/lists/l.yaml:3: kind \"ban\" is not known; allowed: purchase-ban "
                       "authorisation-ban export-control guidance");
    fixture_fails_like(*state, "rules/lists/l.yaml:4: url \"ftp://x\" is no web address");
}

static void
twins_name_both_places(void **state)
{
    fixture_vendor(*state, ROW("suffix: a.example, " REST));
    fixture_write(*state, "vendors/other.yaml",
                  "brand: Other\nvendor: V\n" ROW("suffix: A.example, " REST));
    fixture_fails(*state,
                  "rules/vendors/other.yaml:4: \"a.example\" of Other stands already at "
                  "rules/vendors/acme.yaml:3, of Acme; allowed: once, or in two files of one "
                  "brand");
    fixture_write(*state, "vendors/other.yaml",
                  "brand: Acme\n" ROW("suffix: a.example, " REST));
    camwatch_rules_free(fixture_need(*state));
    fixture_write(*state, "vendors/other.yaml",
                  "brand: Other\n" ROW("suffix: b.a.example, " REST));
    camwatch_rules_free(fixture_need(*state));
    fixture_write(*state, "platforms/p.yaml",
                  "platform: P\noperator: O\n" ROW("suffix: a.example, " REST));
    fixture_fails(*state,
                  "rules/platforms/p.yaml:4: \"a.example\" of P stands already at "
                  "rules/vendors/acme.yaml:3, of Acme; allowed: once, or in two files of one "
                  "brand");
}

static void
twin_prefixes_are_the_same_however_written(void **state)
{
    fixture_vendor(*state, "mac: [{prefix: '00:00:5E', kind: general, source: s}]\n");
    fixture_write(
        *state, "vendors/other.yaml",
        "brand: Other\nmac:\n  - {prefix: 00-00-5e, kind: camera-maker, source: s}\n");
    fixture_fails_like(*state,
                       "rules/vendors/other.yaml:3: \"00-00-5e\" of Other stands already at "
                       "rules/vendors/acme.yaml:2, of Acme");
    fixture_vendor(*state, "networks: [{prefix: '2001:db8::/32', " REST_NET "}]\n");
    fixture_write(*state, "vendors/other.yaml",
                  "brand: Other\nnetworks:\n  - {prefix: '2001:0db8:0::/32', " REST_NET "}\n");
    fixture_fails_like(*state, "rules/vendors/other.yaml:3: \"2001:0db8:0::/32\" of Other");
}

static void
long_texts_do_not_break_messages(void **state)
{
    static char text[8192];
    int used = snprintf(text, sizeof(text), "brand: A\nvendor: B\n");
    memset(text + used, 'k', 3000);
    memcpy(text + used + 3000, ": 1\n", 5);
    fixture_write(*state, "vendors/acme.yaml", text);
    fixture_fails_like(*state, "rules/vendors/acme.yaml:");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_make, fixture_remove)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(unknown_keys),
        CASE(missing_keys),
        CASE(wrong_words),
        CASE(wrong_shapes),
        CASE(wrong_suffixes),
        CASE(wrong_networks),
        CASE(wrong_macs),
        CASE(wrong_banners),
        CASE(platforms_prove_no_brand),
        CASE(all_errors_are_reported),
        CASE(makers_are_checked),
        CASE(dates_are_strict),
        CASE(lists_name_known_entities),
        CASE(twins_name_both_places),
        CASE(twin_prefixes_are_the_same_however_written),
        CASE(long_texts_do_not_break_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
