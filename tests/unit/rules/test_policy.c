/* SPDX-License-Identifier: Apache-2.0
 *
 * Policies: what is refused, what the event side is given, and which events match.
 */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "rules/policy.h"
#include "rules/rules.h"

#define HOUR 3600000000000LL
#define DAY  (24 * HOUR)

/* An event as pairs of a field and its text. */
struct event {
    struct {
        enum camwatch_field field;
        const char *text;
    } fields[8];
};

static const char *
text_of(const void *data, enum camwatch_field field)
{
    const struct event *event = data;
    for (size_t i = 0; i < 8 && event->fields[i].text; i++) {
        if (event->fields[i].field == field) {
            return event->fields[i].text;
        }
    }
    return "";
}

static struct camwatch_rules *
load(void **state, const char *match)
{
    char text[1024];
    (void)snprintf(text, sizeof(text),
                   "policy: p\nseverity: low\nmatch: {event: flow-end, %s}\n", match);
    fixture_write(*state, "policies/p.yaml", text);
    return fixture_need(*state);
}

static bool
matches(void **state, const char *match, enum camwatch_field field, const char *text)
{
    struct event event = {.fields = {{field, text}}};
    struct camwatch_rules *rules = load(state, match);
    bool is_match = cw_rules_policy_matches(cw_rules_of(rules), 0, CAMWATCH_EVENT_FLOW_END,
                                            &event, text_of);
    camwatch_rules_free(rules);
    return is_match;
}

static void
values_are_alternatives(void **state)
{
    assert_true(matches(state, "peer.country: [CA, US]", CAMWATCH_FIELD_PEER_COUNTRY, "US"));
    assert_false(matches(state, "peer.country: [CA, US]", CAMWATCH_FIELD_PEER_COUNTRY, "CN"));
    assert_false(matches(state, "peer.country: [CA, US]", CAMWATCH_FIELD_PEER_COUNTRY, ""));
    assert_true(matches(state, "activity: streaming", CAMWATCH_FIELD_ACTIVITY, "streaming"));
    assert_true(
        matches(state, "direction: outbound", CAMWATCH_FIELD_NETWORK_DIRECTION, "outbound"));
    assert_true(matches(state, "peer.country: '*'", CAMWATCH_FIELD_PEER_COUNTRY, "CN"));
    assert_false(matches(state, "peer.country: '*'", CAMWATCH_FIELD_PEER_COUNTRY, ""));
    assert_true(matches(state, "peer.country: ''", CAMWATCH_FIELD_PEER_COUNTRY, ""));
}

static void
not_needs_a_known_value(void **state)
{
    const char *match = "not: {peer.country: [CA, US]}";
    assert_true(matches(state, match, CAMWATCH_FIELD_PEER_COUNTRY, "CN"));
    assert_false(matches(state, match, CAMWATCH_FIELD_PEER_COUNTRY, "US"));
    assert_false(matches(state, match, CAMWATCH_FIELD_PEER_COUNTRY, ""));
}

static void
numbers_compare(void **state)
{
    assert_true(matches(state, "confidence: '>=80'", CAMWATCH_FIELD_CONFIDENCE, "80"));
    assert_false(matches(state, "confidence: '>=80'", CAMWATCH_FIELD_CONFIDENCE, "79"));
    assert_true(matches(state, "confidence: '<=80'", CAMWATCH_FIELD_CONFIDENCE, "9"));
    assert_false(matches(state, "confidence: '<=80'", CAMWATCH_FIELD_CONFIDENCE, ""));
    assert_true(matches(state, "peer.port: [80, 443]", CAMWATCH_FIELD_PEER_PORT, "443"));
    assert_false(matches(state, "peer.port: [80, 443]", CAMWATCH_FIELD_PEER_PORT, "4433"));
}

static void
names_match_on_label_boundaries(void **state)
{
    const char *match = "peer.domain: '*.example.com'";
    assert_true(matches(state, match, CAMWATCH_FIELD_PEER_DOMAIN, "a.example.com"));
    assert_true(matches(state, match, CAMWATCH_FIELD_PEER_DOMAIN, "example.com"));
    assert_false(matches(state, match, CAMWATCH_FIELD_PEER_DOMAIN, "notexample.com"));
    assert_false(matches(state, match, CAMWATCH_FIELD_PEER_DOMAIN, "example.com.org"));
}

static void
addresses_match_by_prefix(void **state)
{
    assert_true(matches(state, "peer.ip: 192.0.2.0/24", CAMWATCH_FIELD_PEER_IP, "192.0.2.7"));
    assert_false(matches(state, "peer.ip: 192.0.2.0/24", CAMWATCH_FIELD_PEER_IP, "192.0.3.7"));
    assert_true(
        matches(state, "peer.ip: '2001:db8::/32'", CAMWATCH_FIELD_PEER_IP, "2001:db8::1"));
    assert_true(
        matches(state, "device.ip: 192.0.2.7", CAMWATCH_FIELD_DEVICE_IP, "10.0.0.1,192.0.2.7"));
    assert_true(matches(state, "device.mac: '00:00:5e:00:53:01'", CAMWATCH_FIELD_DEVICE_MAC,
                        "00-00-5E-00-53-01"));
}

static void
lists_match_by_item(void **state)
{
    assert_true(matches(state, "device.lists: b", CAMWATCH_FIELD_DEVICE_LISTS, "a,b,c"));
    assert_false(matches(state, "device.lists: b", CAMWATCH_FIELD_DEVICE_LISTS, "a,bb"));
    assert_false(matches(state, "not: {device.lists: b}", CAMWATCH_FIELD_DEVICE_LISTS, "a,b"));
    assert_true(matches(state, "not: {device.lists: b}", CAMWATCH_FIELD_DEVICE_LISTS, "a,c"));
    assert_true(matches(state, "peer.domain: 'a,b'", CAMWATCH_FIELD_PEER_DOMAIN, "a,b"));
}

static void
all_conditions_and_the_kind_must_hold(void **state)
{
    struct event event = {
        .fields = {{CAMWATCH_FIELD_PEER_COUNTRY, "CN"}, {CAMWATCH_FIELD_SIDE, "device"}}};
    struct camwatch_rules *rules = load(state, "peer.country: CN, side: device");
    const struct cw_rules *image = cw_rules_of(rules);
    assert_true(cw_rules_policy_matches(image, 0, CAMWATCH_EVENT_FLOW_END, &event, text_of));
    assert_false(
        cw_rules_policy_matches(image, 0, CAMWATCH_EVENT_FLOW_UPDATE, &event, text_of));
    event.fields[1].text = "viewer";
    assert_false(cw_rules_policy_matches(image, 0, CAMWATCH_EVENT_FLOW_END, &event, text_of));
    camwatch_rules_free(rules);
}

static const char whole[] = "policy: one\n"
                            "title: First\n"
                            "reference: https://example.org/one\n"
                            "match: {event: [flow-update, flow-end], activity: streaming}\n"
                            "threshold: {bytes: 10MB, within: 10m}\n"
                            "key: [device.id, peer.country]\n"
                            "rearm: 12h\n"
                            "severity: medium\n"
                            "learning: 7d\n"
                            "allow:\n"
                            "  - {match: {device.mac: 00-00-5E-00-53-01}, reason: lobby, "
                            "author: ops, until: 2027-01-31}\n"
                            "---\n"
                            "policy: two\n"
                            "match: {event: device-new}\n"
                            "severity: critical\n";

static void
everything_is_handed_on(void **state)
{
    struct cw_policy one, two;
    fixture_write(*state, "policies/p.yaml", whole);
    struct camwatch_rules *rules = fixture_need(*state);
    const struct cw_rules *image = cw_rules_of(rules);
    assert_int_equal(cw_rules_n_policies(image), 2);
    cw_rules_policy(image, 0, &one);
    cw_rules_policy(image, 1, &two);
    assert_string_equal(one.name, "one");
    assert_string_equal(one.title, "First");
    assert_string_equal(one.reference, "https://example.org/one");
    assert_string_equal(one.where, "rules/policies/p.yaml:1");
    assert_int_equal(one.kinds,
                     1u << CAMWATCH_EVENT_FLOW_UPDATE | 1u << CAMWATCH_EVENT_FLOW_END);
    assert_int_equal(one.threshold_bytes, 10000000);
    assert_int_equal(one.threshold_events, 0);
    assert_int_equal(one.within_ns, HOUR / 6);
    assert_int_equal(one.rearm_ns, 12 * HOUR);
    assert_int_equal(one.learning_ns, 7 * DAY);
    assert_int_equal(one.severity, CW_SEVERITY_MEDIUM);
    assert_int_equal(one.n_key, 2);
    assert_int_equal(one.key[0], CAMWATCH_FIELD_DEVICE_ID);
    assert_int_equal(one.key[1], CAMWATCH_FIELD_PEER_COUNTRY);
    assert_string_equal(two.title, "two");
    assert_string_equal(two.reference, "rules/policies/p.yaml:13");
    assert_int_equal(two.rearm_ns, DAY);
    assert_int_equal(two.learning_ns, 0);
    assert_int_equal(two.severity, CW_SEVERITY_CRITICAL);
    assert_int_equal(two.n_key, 1);
    assert_int_equal(two.key[0], CAMWATCH_FIELD_DEVICE_ID);
    assert_int_not_equal(one.id, two.id);
    camwatch_rules_free(rules);
}

static bool
allows(const struct camwatch_rules *rules, int64_t time_ns, const char *mac,
       struct cw_policy_allow *out)
{
    struct event event = {.fields = {{CAMWATCH_FIELD_DEVICE_MAC, mac}}};
    return cw_rules_policy_allows(cw_rules_of(rules), 0, CAMWATCH_EVENT_FLOW_END, time_ns,
                                  &event, text_of, out);
}

static void
allow_rows_run_out(void **state)
{
    const int64_t last_day = 20849 * DAY; /* 2027-01-31 */
    struct cw_policy_allow allow = {.reason = NULL};
    fixture_write(*state, "policies/p.yaml", whole);
    struct camwatch_rules *rules = fixture_need(*state);
    assert_false(allows(rules, last_day, "00-00-5E-00-53-02", &allow));
    assert_false(allows(rules, last_day + DAY, "00-00-5E-00-53-01", &allow));
    assert_null(allow.reason);
    assert_true(allows(rules, last_day + DAY - 1, "00-00-5E-00-53-01", &allow));
    assert_string_equal(allow.reason, "lobby");
    assert_string_equal(allow.author, "ops");
    assert_string_equal(allow.until, "2027-01-31");
    assert_string_equal(allow.where, "rules/policies/p.yaml:11");
    camwatch_rules_free(rules);
}

static void
policy_fails(void **state, const char *lines, const char *start)
{
    char text[1024];
    (void)snprintf(text, sizeof(text), "policy: p\nseverity: low\n%s", lines);
    fixture_write(*state, "policies/p.yaml", text);
    fixture_fails_like(*state, start);
}

#define MATCH "match: {event: flow-end}\n"

static void
mistakes_are_told(void **state)
{
    policy_fails(
        state, "match: {event: flow-ended}\n",
        "rules/policies/p.yaml:3: event \"flow-ended\" is not known; allowed: policy-alert");
    policy_fails(state, "match: {event: policy-alert}\n",
                 "rules/policies/p.yaml:3: a policy cannot match policy-alert");
    policy_fails(state, "match: {activity: streaming}\n",
                 "rules/policies/p.yaml:3: match needs the key \"event\"");
    policy_fails(
        state, "match:\n  event: flow-end\n  peer.contry: CA\n",
        "rules/policies/p.yaml:5: field \"peer.contry\" is not known; allowed: the fields of "
        "docs/events.md, \"camwatch.\" and \"network.\" may be left out; did you mean "
        "\"peer.country\"?");
    policy_fails(
        state, "match: {event: flow-end, activity: [streaming, steaming]}\n",
        "rules/policies/p.yaml:3: activity \"steaming\" is not known; allowed: idle control "
        "streaming; did you mean \"streaming\"?");
    policy_fails(state, "match: {event: flow-end, not: {peer.country: [CAN]}}\n",
                 "rules/policies/p.yaml:3: value \"CAN\" is no country code");
    policy_fails(
        state, "match: {event: flow-end, confidence: '>80'}\n",
        "rules/policies/p.yaml:3: \">80\" is no value of camwatch.confidence; allowed: a whole "
        "number, >=number or <=number");
    policy_fails(state, "match: {event: flow-end, peer.ip: 192.0.2}\n",
                 "rules/policies/p.yaml:3: \"192.0.2\" is no value of camwatch.peer.ip");
    policy_fails(state, "match:\n  event: device-gone\n  not: {network.direction: outbound}\n",
                 "rules/policies/p.yaml:5: none of these kinds of event has the field "
                 "\"network.direction\"; allowed: the fields that docs/events.md gives for them");
    policy_fails(state, "key: [network.direction]\nmatch: {event: device-gone}\n",
                 "rules/policies/p.yaml:3: none of these kinds of event has the field");
    policy_fails(state, "match: {event: flow-end, side: []}\n",
                 "rules/policies/p.yaml:3: side has no values");
    policy_fails(
        state, MATCH "threshold: {bytes: 10 MB, within: 10m}\n",
        "rules/policies/p.yaml:4: bytes \"10 MB\" is no size; allowed: a whole number above 0 "
        "with B kB MB GB KiB MiB or GiB");
    policy_fails(state, MATCH "threshold: {bytes: 10MB, events: 3, within: 10m}\n",
                 "rules/policies/p.yaml:4: a threshold counts bytes or events");
    policy_fails(state, MATCH "threshold: {events: 3}\n",
                 "rules/policies/p.yaml:4: a threshold needs the key \"within\"");
    policy_fails(state, MATCH "threshold: {events: 0, within: 1h}\n",
                 "rules/policies/p.yaml:4: events \"0\" is no count");
    policy_fails(state, MATCH "rearm: 1w\n",
                 "rules/policies/p.yaml:4: rearm \"1w\" is no duration; "
                 "allowed: a whole number above 0 with s m h or d");
    policy_fails(state, MATCH "rearm: 4294967295d\n", "rules/policies/p.yaml:4: rearm");
    policy_fails(state, MATCH "key: [device.idd]\n",
                 "rules/policies/p.yaml:4: field \"device.idd\" is not known");
    policy_fails(state, MATCH "allow: [{match: {device.id: x}, author: a}]\n",
                 "rules/policies/p.yaml:4: an allow row needs the key \"reason\"");
    policy_fails(state, MATCH "severity: high\n",
                 "rules/policies/p.yaml:4: key \"severity\" is given twice");
    policy_fails(state, MATCH "---\npolicy: p\nseverity: low\n" MATCH,
                 "rules/policies/p.yaml:5: policy p stands already at rules/policies/p.yaml:1");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_make, fixture_remove)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(values_are_alternatives),
        CASE(not_needs_a_known_value),
        CASE(numbers_compare),
        CASE(names_match_on_label_boundaries),
        CASE(addresses_match_by_prefix),
        CASE(lists_match_by_item),
        CASE(all_conditions_and_the_kind_must_hold),
        CASE(everything_is_handed_on),
        CASE(allow_rows_run_out),
        CASE(mistakes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
