/* SPDX-License-Identifier: Apache-2.0
 *
 * Counting, re-arming and learning, with conditions of the test's own: rules/ has its tests of
 * matching.
 */
#define _GNU_SOURCE
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "publish/policies.h"
#include "publish/policy_keys.h"

#define SECOND INT64_C(1000000000)
#define HOUR   (3600 * SECOND)
#define NOON   (INT64_C(1700000000) * SECOND)

/* What stands for a set of rules: policies that match every event of theirs to country CN, and let
 * pass what the device "allowed" does. */
struct rules {
    uint32_t n;
    struct cw_policy list[4];
};

static const uint16_t by_device[] = {CAMWATCH_FIELD_DEVICE_ID, CAMWATCH_FIELD_PEER_COUNTRY};

static uint32_t
count(const void *rules)
{
    return ((const struct rules *)rules)->n;
}

static void
get(const void *rules, uint32_t index, struct cw_policy *out)
{
    *out = ((const struct rules *)rules)->list[index];
}

static bool
matches(const void *rules, uint32_t index, enum camwatch_event_kind kind, const void *event,
        cw_policy_field_fn text)
{
    (void)rules;
    (void)index;
    (void)kind;
    return text(event, CAMWATCH_FIELD_PEER_COUNTRY)[0] != '\0';
}

static bool is_allowing = true;

static bool
allows(const void *rules, uint32_t index, enum camwatch_event_kind kind, int64_t time_ns,
       const void *event, cw_policy_field_fn text, struct cw_policy_allow *out)
{
    (void)rules;
    (void)index;
    (void)kind;
    (void)time_ns;
    out->reason = "a trial";
    return is_allowing && strcmp(text(event, CAMWATCH_FIELD_DEVICE_ID), "allowed") == 0;
}

static const struct cw_policy_ops ops = {count, get, matches, allows};

static struct cw_policy
policy(const char *name)
{
    return (struct cw_policy){
        .name = name,
        .title = "a title",
        .reference = "",
        .where = "rules/policies/test.yaml:1",
        .key = by_device,
        .n_key = 2,
        .id = (uint32_t)strlen(name) * 7919,
        .kinds = 1u << CAMWATCH_EVENT_FLOW_UPDATE,
        .rearm_ns = 24 * HOUR,
        .severity = CW_SEVERITY_HIGH,
    };
}

static struct camwatch_event *event;
static struct cw_event_context context = {.sensor = "test", .boot_id = "0"};

struct heard {
    unsigned n, digests, updates, closed;
    char id[64], reason[512], reference[64], device[64];
    unsigned severity;
    uint64_t alert, events;
    int64_t time_ns;
};

static void
hear(void *user, const struct cw_event_policy *alert, const struct camwatch_event *cause,
     int64_t time_ns)
{
    struct heard *heard = user;
    assert_true(time_ns >= NOON);
    assert_true(alert->alert_id != 0);
    assert_true((cause == NULL) ==
                (alert->state == CAMWATCH_ALERT_NONE || alert->state == CAMWATCH_ALERT_CLOSED));
    heard->n += alert->state == CAMWATCH_ALERT_OPEN;
    heard->updates += alert->state == CAMWATCH_ALERT_UPDATED;
    heard->closed += alert->state == CAMWATCH_ALERT_CLOSED;
    heard->digests += alert->state == CAMWATCH_ALERT_NONE;
    heard->alert = alert->alert_id;
    heard->events = alert->events;
    heard->time_ns = time_ns;
    (void)snprintf(heard->device, sizeof(heard->device), "%s",
                   alert->device ? alert->device : "");
    heard->severity = alert->severity;
    (void)snprintf(heard->id, sizeof(heard->id), "%s", alert->id);
    (void)snprintf(heard->reason, sizeof(heard->reason), "%s", alert->reason);
    (void)snprintf(heard->reference, sizeof(heard->reference), "%s", alert->reference);
}

static void
judge(struct cw_policies *p, struct heard *heard, int64_t time_ns, const char *device,
      const char *country, uint64_t bytes)
{
    cw_event_begin(event, CAMWATCH_EVENT_FLOW_UPDATE, time_ns, &context);
    cw_event_set_text(event, CAMWATCH_FIELD_DEVICE_ID, device);
    cw_event_set_text(event, CAMWATCH_FIELD_PEER_COUNTRY, country);
    cw_event_set_number(event, CAMWATCH_FIELD_DELTA_BYTES_OUT, bytes);
    cw_policies_judge(p, event, hear, heard);
}

static struct cw_policies *
open_with(const struct rules *rules, bool learns)
{
    struct cw_policies_settings settings = {
        .rules = rules, .ops = &ops, .rules_version = "v1", .learns = learns};
    struct cw_policies *p = cw_policies_new(&settings);
    assert_non_null(p);
    return p;
}

static void
test_one_alert_a_key_until_rearmed(void **state)
{
    (void)state;
    struct rules rules = {1, {policy("plain")}};
    struct heard heard = {0};
    struct cw_policies *p = open_with(&rules, false);
    judge(p, &heard, NOON, "a", "CN", 0);
    assert_int_equal(heard.n, 1);
    assert_string_equal(heard.id, "plain");
    assert_string_equal(heard.reason, "camwatch.device.id=a, camwatch.peer.country=CN");
    assert_string_equal(heard.reference, "rules/policies/test.yaml:1");
    assert_int_equal(heard.severity, 3);
    judge(p, &heard, NOON + HOUR, "a", "CN", 0);
    assert_int_equal(heard.n, 1);
    judge(p, &heard, NOON + HOUR, "b", "CN", 0);
    judge(p, &heard, NOON + HOUR, "a", "US", 0);
    assert_int_equal(heard.n, 3);
    judge(p, &heard, NOON + 24 * HOUR, "a", "CN", 0);
    assert_int_equal(heard.n, 4);
    cw_policies_free(p);
}

static void
test_other_kinds_unmet_and_allowed_do_not_alert(void **state)
{
    (void)state;
    struct rules rules = {1, {policy("plain")}};
    struct heard heard = {0};
    struct cw_policies *p = open_with(&rules, false);
    judge(p, &heard, NOON, "a", "", 0);
    judge(p, &heard, NOON, "allowed", "CN", 0);
    cw_event_begin(event, CAMWATCH_EVENT_FLOW_END, NOON, &context);
    cw_event_set_text(event, CAMWATCH_FIELD_PEER_COUNTRY, "CN");
    cw_policies_judge(p, event, hear, &heard);
    assert_int_equal(heard.n, 0);
    assert_int_equal(cw_policies_count(p).matched, 1);
    assert_int_equal(cw_policies_count(p).allowed, 1);
    cw_policies_free(p);
}

static void
test_threshold_of_events(void **state)
{
    (void)state;
    struct rules rules = {1, {policy("often")}};
    rules.list[0].threshold_events = 3;
    rules.list[0].within_ns = 8 * HOUR;
    struct heard heard = {0};
    struct cw_policies *p = open_with(&rules, false);
    judge(p, &heard, NOON, "a", "CN", 0);
    judge(p, &heard, NOON + HOUR, "a", "CN", 0);
    judge(p, &heard, NOON + 2 * HOUR, "b", "CN", 0); /* another key */
    assert_int_equal(heard.n, 0);
    judge(p, &heard, NOON + 9 * HOUR, "a", "CN", 0); /* both before are out of the span */
    assert_int_equal(heard.n, 0);
    judge(p, &heard, NOON + 10 * HOUR, "a", "CN", 0);
    judge(p, &heard, NOON + 11 * HOUR, "a", "CN", 0);
    assert_int_equal(heard.n, 1);
    assert_non_null(strstr(heard.reason, "3 events within 28800 s"));
    cw_policies_free(p);
}

static void
test_threshold_of_bytes(void **state)
{
    (void)state;
    struct rules rules = {1, {policy("much")}};
    rules.list[0].threshold_bytes = 1000;
    rules.list[0].within_ns = HOUR;
    struct heard heard = {0};
    struct cw_policies *p = open_with(&rules, false);
    for (unsigned i = 0; i < 9; i++) {
        judge(p, &heard, NOON + i * SECOND, "a", "CN", 100);
    }
    assert_int_equal(heard.n, 0);
    judge(p, &heard, NOON + 10 * SECOND, "a", "CN", 100);
    assert_int_equal(heard.n, 1);
    cw_policies_free(p);
}

/* One digest a policy, and what was learnt stays silent; what is new after it alerts. */
static void
test_learning(void **state)
{
    (void)state;
    struct rules rules = {1, {policy("learns")}};
    rules.list[0].learning_ns = 48 * HOUR;
    rules.list[0].rearm_ns = 365 * 24 * HOUR;
    struct heard heard = {0};
    struct cw_policies *p = open_with(&rules, true);
    judge(p, &heard, NOON, "a", "CN", 0);
    judge(p, &heard, NOON + HOUR, "a", "CN", 0);
    judge(p, &heard, NOON + HOUR, "b", "US", 0);
    cw_policies_tick(p, NOON + 47 * HOUR, hear, &heard);
    assert_int_equal(heard.n + heard.digests, 0);
    cw_policies_tick(p, NOON + 48 * HOUR, hear, &heard);
    cw_policies_tick(p, NOON + 49 * HOUR, hear, &heard);
    assert_int_equal(heard.digests, 1);
    assert_non_null(strstr(heard.reason, "first 48 h: 2 combinations in 3 events"));
    judge(p, &heard, NOON + 50 * HOUR, "a", "CN", 0);
    assert_int_equal(heard.n, 0);
    judge(p, &heard, NOON + 50 * HOUR, "a", "RU", 0);
    assert_int_equal(heard.n, 1);
    cw_policies_free(p);
}

static void
test_a_replay_learns_nothing(void **state)
{
    (void)state;
    struct rules rules = {1, {policy("learns")}};
    rules.list[0].learning_ns = 48 * HOUR;
    struct heard heard = {0};
    struct cw_policies *p = open_with(&rules, false);
    judge(p, &heard, NOON, "a", "CN", 0);
    assert_int_equal(heard.n, 1);
    cw_policies_tick(p, NOON + 100 * HOUR, hear, &heard);
    assert_int_equal(heard.digests, 0);
    cw_policies_free(p);
}

static void
test_other_rules_keep_what_was_counted(void **state)
{
    (void)state;
    struct rules old = {1, {policy("first")}},
                 new = {2, {policy("second-one"), policy("first")}};
    struct heard heard = {0};
    struct cw_policies *p = open_with(&old, false);
    judge(p, &heard, NOON, "a", "CN", 0);
    assert_true(cw_policies_set_rules(p, &new, "v2"));
    judge(p, &heard, NOON + HOUR / 2, "a", "CN", 0);
    assert_int_equal(heard.n, 2); /* "first" is silent, "second-one" is new */
    assert_string_equal(heard.id, "second-one");
    cw_policies_free(p);
}

static void
test_keys_are_bounded(void **state)
{
    (void)state;
    struct cw_policy_keys *keys = cw_policy_keys_new(100);
    for (unsigned round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 1000; i++) {
            struct cw_policy_key_maker maker = cw_policy_key_begin(i);
            struct cw_policy_count *at = cw_policy_keys_get(keys, maker.key);
            assert_false(at->alerted); /* never another's */
            at->alerted = true;
            assert_ptr_equal(cw_policy_keys_get(keys, maker.key), at);
        }
    }
    assert_int_equal(cw_policy_keys_used(keys), 100);
    assert_int_equal(cw_policy_keys_forgotten(keys), 1900);
    cw_policy_keys_free(keys);
}

static void
test_keys_do_not_run_together(void **state)
{
    (void)state;
    struct cw_policy_key_maker a = cw_policy_key_begin(1), b = a, c = cw_policy_key_begin(2);
    cw_policy_key_add(&a, "ab");
    cw_policy_key_add(&a, "c");
    cw_policy_key_add(&b, "a");
    cw_policy_key_add(&b, "bc");
    cw_policy_key_add(&c, "ab");
    cw_policy_key_add(&c, "c");
    assert_memory_not_equal(&a.key, &b.key, sizeof(a.key));
    assert_memory_not_equal(&a.key, &c.key, sizeof(a.key));
}

/* Re-arming and learning go on where the last run stopped; a torn file is set aside. */
static void
test_next_run_goes_on(void **state)
{
    (void)state;
    char path[] = "/tmp/camwatch-policies-XXXXXX", bad[64];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    (void)snprintf(bad, sizeof(bad), "%s.bad", path);
    struct rules rules = {2, {policy("learns"), policy("plain")}};
    rules.list[0].learning_ns = 48 * HOUR;
    struct heard heard = {0};
    struct camwatch_error error;
    struct cw_policies *p = open_with(&rules, true);
    judge(p, &heard, NOON, "a", "CN", 0);
    assert_int_equal(heard.n, 1); /* "plain" */
    assert_int_equal(cw_policies_save(p, path, &error), CAMWATCH_OK);
    cw_policies_free(p);

    p = open_with(&rules, true);
    assert_int_equal(cw_policies_load(p, path, &error), CAMWATCH_OK);
    judge(p, &heard, NOON + HOUR, "a", "CN", 0);
    assert_int_equal(heard.n, 1);
    cw_policies_tick(p, NOON + 48 * HOUR, hear, &heard);
    assert_int_equal(heard.digests, 1);
    assert_non_null(strstr(heard.reason, "1 combinations in 2 events"));
    cw_policies_free(p);

    assert_int_equal(truncate(path, 60), 0);
    p = open_with(&rules, true);
    assert_int_equal(cw_policies_load(p, path, &error), CAMWATCH_ECORRUPT);
    assert_non_null(strstr(error.text, "cut short; policies learn anew; it is kept as"));
    assert_int_equal(cw_policies_load(p, path, &error), CAMWATCH_OK); /* no file now */
    cw_policies_free(p);
    assert_int_equal(unlink(bad), 0);
}

/* Told when it opens, after 1, 2 and 4 hours and so on, and when nothing more comes: under one id. */
static void
test_an_alert_lives(void **state)
{
    (void)state;
    struct rules rules = {1, {policy("lives")}};
    rules.list[0].rearm_ns = 240 * HOUR;
    struct heard heard = {0};
    struct cw_policies *p = open_with(&rules, false);
    judge(p, &heard, NOON, "a", "CN", 0);
    uint64_t id = heard.alert;
    assert_int_equal(heard.n, 1);
    assert_int_equal(heard.events, 1);
    for (int64_t minute = 1; minute <= 24 * 60; minute++) {
        judge(p, &heard, NOON + minute * 60 * SECOND, "a", "CN", 0);
        assert_true(heard.alert == id);
    }
    assert_int_equal(heard.n, 1);
    assert_int_equal(heard.updates, 4); /* after 1, 3, 7 and 15 hours */
    assert_int_equal(heard.closed, 0);
    cw_policies_tick(p, NOON + 24 * HOUR + 899 * SECOND, hear, &heard);
    assert_int_equal(heard.closed, 0);
    cw_policies_tick(p, NOON + 25 * HOUR, hear, &heard);
    assert_int_equal(heard.closed, 1);
    assert_true(heard.alert == id);
    assert_int_equal(heard.events, 24 * 60 + 1);
    assert_true(heard.time_ns == NOON + 24 * HOUR + 900 * SECOND);
    assert_string_equal(heard.reason, "nothing more matched");
    assert_string_equal(heard.device, "a");
    cw_policies_tick(p, NOON + 26 * HOUR, hear, &heard);
    assert_int_equal(heard.closed, 1);
    judge(p, &heard, NOON + 100 * HOUR, "a", "CN", 0); /* again, before it is re-armed */
    assert_int_equal(heard.n, 1);
    assert_int_equal(heard.updates, 5);
    assert_true(heard.alert == id);
    judge(p, &heard, NOON + 240 * HOUR, "a", "CN", 0); /* re-armed: another alert */
    assert_int_equal(heard.n, 2);
    assert_int_equal(heard.closed, 2);
    assert_false(heard.alert == id);
    cw_policies_free(p);
}

static void
judge_device(struct cw_policies *p, struct heard *heard, enum camwatch_event_kind kind,
             int64_t time_ns, const char *device, const char *reason)
{
    cw_event_begin(event, kind, time_ns, &context);
    cw_event_set_text(event, CAMWATCH_FIELD_DEVICE_ID, device);
    cw_event_set_text(event, CAMWATCH_FIELD_PEER_COUNTRY, "CN");
    cw_event_set_text(event, CAMWATCH_FIELD_EVENT_REASON, reason);
    cw_policies_judge(p, event, hear, heard);
}

static void
test_what_a_device_is_lasts_until_it_goes(void **state)
{
    (void)state;
    struct rules rules = {1, {policy("device")}};
    rules.list[0].kinds = 1u << CAMWATCH_EVENT_DEVICE_NEW;
    rules.list[0].rearm_ns = 240 * HOUR;
    struct heard heard = {0};
    struct cw_policies *p = open_with(&rules, false);
    judge_device(p, &heard, CAMWATCH_EVENT_DEVICE_NEW, NOON, "a", "");
    judge_device(p, &heard, CAMWATCH_EVENT_DEVICE_NEW, NOON, "b", "");
    judge_device(p, &heard, CAMWATCH_EVENT_DEVICE_NEW, NOON, "c", "");
    assert_int_equal(heard.n, 3);
    cw_policies_tick(p, NOON + 48 * HOUR, hear, &heard);
    assert_int_equal(heard.closed, 0);
    judge_device(p, &heard, CAMWATCH_EVENT_DEVICE_GONE, NOON + 72 * HOUR, "b", "");
    assert_int_equal(heard.closed, 1);
    assert_string_equal(heard.device, "b");
    assert_string_equal(heard.reason, "the device is gone");
    judge_device(p, &heard, CAMWATCH_EVENT_DEVICE_CHANGED, NOON + 73 * HOUR, "c",
                 "is a gateway: what was seen there is not its own");
    assert_int_equal(heard.closed, 2);
    assert_string_equal(heard.device, "c");
    cw_policies_tick(p, NOON + 240 * HOUR, hear, &heard);
    assert_int_equal(heard.closed, 3);
    assert_string_equal(heard.reason, "the policy is re-armed");
    cw_policies_free(p);
}

/* Open alerts are taken up by the next run, and closed there. */
static void
test_open_alerts_outlive_a_run(void **state)
{
    (void)state;
    char path[] = "/tmp/camwatch-alerts-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    struct rules rules = {1, {policy("plain")}};
    struct heard heard = {0};
    struct camwatch_error error;
    struct cw_policies *p = open_with(&rules, false);
    judge(p, &heard, NOON, "a", "CN", 0);
    uint64_t id = heard.alert;
    assert_int_equal(cw_policies_save(p, path, &error), CAMWATCH_OK);
    cw_policies_free(p);
    p = open_with(&rules, false);
    assert_int_equal(cw_policies_load(p, path, &error), CAMWATCH_OK);
    judge(p, &heard, NOON + 2 * HOUR, "a", "CN", 0); /* closed meanwhile, and open again */
    assert_int_equal(heard.closed, 1);
    assert_int_equal(heard.n, 1);
    assert_int_equal(heard.updates, 1);
    assert_true(heard.alert == id);
    assert_int_equal(heard.events, 2);
    cw_policies_free(p);
    assert_int_equal(unlink(path), 0);
}

/* An allow row that comes with new rules closes what it allows. */
static void
test_what_is_allowed_is_closed(void **state)
{
    (void)state;
    struct rules rules = {1, {policy("plain")}};
    struct heard heard = {0};
    struct cw_policies *p = open_with(&rules, false);
    is_allowing = false;
    judge(p, &heard, NOON, "allowed", "CN", 0);
    is_allowing = true;
    assert_int_equal(heard.n, 1);
    judge(p, &heard, NOON + SECOND, "allowed", "CN", 0);
    assert_int_equal(heard.closed, 1);
    assert_string_equal(heard.reason, "allowed: a trial");
    cw_policies_free(p);
}

/* A late event counts in its own slice, or in the oldest one; it never empties newer ones. */
static void
test_late_events(void **state)
{
    (void)state;
    struct cw_policy_count at = {.alerted = false};
    cw_policy_count_add(&at, 8 * HOUR, NOON, 1);
    cw_policy_count_add(&at, 8 * HOUR, NOON - 3 * HOUR, 1);
    struct cw_policy_sum sum = cw_policy_count_add(&at, 8 * HOUR, NOON - 100 * HOUR, 1);
    assert_int_equal(sum.events, 3);
    sum = cw_policy_count_add(&at, 8 * HOUR, NOON + 7 * HOUR, 1);
    assert_int_equal(sum.events, 2);
    sum = cw_policy_count_add(&at, 8 * HOUR, NOON + 1000 * HOUR, 5);
    assert_int_equal(sum.events, 1);
    assert_int_equal(sum.bytes, 5);
}

static int
make_event(void **state)
{
    (void)state;
    event = cw_event_new();
    return event ? 0 : -1;
}

static int
free_event(void **state)
{
    (void)state;
    cw_event_free(event);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_alert_a_key_until_rearmed),
        cmocka_unit_test(test_other_kinds_unmet_and_allowed_do_not_alert),
        cmocka_unit_test(test_threshold_of_events),
        cmocka_unit_test(test_threshold_of_bytes),
        cmocka_unit_test(test_learning),
        cmocka_unit_test(test_a_replay_learns_nothing),
        cmocka_unit_test(test_other_rules_keep_what_was_counted),
        cmocka_unit_test(test_keys_are_bounded),
        cmocka_unit_test(test_keys_do_not_run_together),
        cmocka_unit_test(test_an_alert_lives),
        cmocka_unit_test(test_what_a_device_is_lasts_until_it_goes),
        cmocka_unit_test(test_open_alerts_outlive_a_run),
        cmocka_unit_test(test_what_is_allowed_is_closed),
        cmocka_unit_test(test_late_events),
        cmocka_unit_test(test_next_run_goes_on),
    };
    return cmocka_run_group_tests(tests, make_event, free_event);
}
