/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "samples.h"

static int
setup(void **state)
{
    *state = cw_event_new();
    return *state ? 0 : -1;
}

static int
teardown(void **state)
{
    cw_event_free(*state);
    return 0;
}

static void
assert_field(const struct camwatch_event *event, enum camwatch_field field,
             const char *expected)
{
    assert_string_equal(camwatch_event_text(event, field), expected);
}

#define ASSERT_FIELD(event, symbol, expected)                                                  \
    assert_field((event), CAMWATCH_FIELD_##symbol, (expected))

/* What waits for a sink says there what it said when it was finished. */
static void
a_packed_event_comes_out_as_it_went_in(void **state)
{
    struct camwatch_event *event = *state, *other = cw_event_new();
    struct cw_event_context context = sample_context(true);
    struct cw_record_flow flow = sample_flow();
    cw_event_from_flow(event, &flow, &context);
    cw_event_finish(event, &context);
    size_t size = cw_event_packed_size(event), len;
    void *packed = malloc(size);
    assert_non_null(packed);
    cw_event_pack(event, packed);
    char *expected = strdup(camwatch_event_json(event, NULL));
    cw_event_begin(event, CAMWATCH_EVENT_SENSOR_ALERT, 1, &context);
    cw_event_finish(event, &context);
    for (unsigned i = 0; i < 2; i++) { /* also into an event that was something else */
        cw_event_unpack(i == 0 ? other : event, packed);
        assert_string_equal(camwatch_event_json(i == 0 ? other : event, &len), expected);
        assert_int_equal(len, strlen(expected));
        assert_int_equal(cw_event_packed_size(i == 0 ? other : event), size);
    }
    assert_int_equal(camwatch_event_get_kind(other), CAMWATCH_EVENT_FLOW_END);
    free(expected);
    free(packed);
    cw_event_free(other);
}

static void
a_flow_fills_both_ends_and_the_local_one(void **state)
{
    struct camwatch_event *event = *state;
    struct cw_event_context context = sample_context(true);
    struct cw_record_flow flow = sample_flow();
    cw_event_from_flow(event, &flow, &context);
    cw_event_finish(event, &context);
    ASSERT_FIELD(event, TIMESTAMP, "2023-11-14T22:13:20.123456789Z");
    ASSERT_FIELD(event, EVENT_START, "2023-11-14T22:13:08.123456788Z");
    ASSERT_FIELD(event, EVENT_DURATION, "12000000001");
    ASSERT_FIELD(event, EVENT_KIND, "event");
    ASSERT_FIELD(event, EVENT_CATEGORY, "network");
    ASSERT_FIELD(event, EVENT_TYPE, "connection,end");
    ASSERT_FIELD(event, EVENT_DATASET, "camwatch.flows");
    ASSERT_FIELD(event, EVENT_ACTION, "flow-end");
    ASSERT_FIELD(event, EVENT_OUTCOME, "success");
    ASSERT_FIELD(event, EVENT_REASON, "idle");
    ASSERT_FIELD(event, SOURCE_IP, "192.0.2.10");
    ASSERT_FIELD(event, SOURCE_MAC, "00-00-5E-00-53-01");
    ASSERT_FIELD(event, SOURCE_DOMAIN, "");
    ASSERT_FIELD(event, DESTINATION_DOMAIN, "p2p.example.com");
    ASSERT_FIELD(event, DESTINATION_BYTES, "3400");
    ASSERT_FIELD(event, LOCAL_IP, "192.0.2.10");
    ASSERT_FIELD(event, LOCAL_PORT, "40000");
    ASSERT_FIELD(event, PEER_IP, "203.0.113.5");
    ASSERT_FIELD(event, PEER_PORT, "8800");
    ASSERT_FIELD(event, DELTA_BYTES_OUT, "200");
    ASSERT_FIELD(event, DELTA_BYTES_IN, "400");
    ASSERT_FIELD(event, NETWORK_TRANSPORT, "udp");
    ASSERT_FIELD(event, NETWORK_VLAN, "12");
    ASSERT_FIELD(event, FLOW_ID, "0000000000000abc");
    ASSERT_FIELD(event, CAPTURE_FILE, "office.pcap");
    ASSERT_FIELD(event, CAPTURE_FRAME, "17");
    ASSERT_FIELD(event, EVIDENCE,
                 "signature:85:DHGET /online; CSeq:wire/dahua-p2p:19,"
                 "port:10:udp 8800:wire/port:lobby.pcapng#5");
    ASSERT_FIELD(event, DEVICE_KIND, "camera");
    ASSERT_FIELD(event, DEVICE_IP, "192.0.2.10");
    ASSERT_FIELD(
        event, MESSAGE,
        "Example Vision camera 192.0.2.10 talks to Example group rendezvous "
        "p2p.example.com:8800 (203.0.113.5): ended (idle) after 12 s, 1.2 kB out, 3.4 kB in");
    assert_int_equal(camwatch_event_get_stream(event), CAMWATCH_STREAM_FLOWS);
    assert_int_equal(camwatch_event_number(event, CAMWATCH_FIELD_SOURCE_BYTES), 1200);
    assert_false(cw_event_is_cut(event));
}

static void
local_is_the_devices_side_whoever_opened(void **state)
{
    struct camwatch_event *event = *state;
    struct cw_event_context context = sample_context(false);
    struct cw_record_flow flow = sample_flow();
    flow.local_is_destination = 1;
    flow.direction = CAMWATCH_DIRECTION_INBOUND;
    flow.kind = CAMWATCH_EVENT_FLOW_UPDATE;
    flow.file = 0;
    flow.frame = 0;
    flow.interface = 1;
    cw_event_from_flow(event, &flow, &context);
    ASSERT_FIELD(event, LOCAL_IP, "203.0.113.5");
    ASSERT_FIELD(event, PEER_IP, "192.0.2.10");
    ASSERT_FIELD(event, PEER_PORT, "40000");
    ASSERT_FIELD(event, SOURCE_DOMAIN, "p2p.example.com");
    ASSERT_FIELD(event, DESTINATION_DOMAIN, "");
    ASSERT_FIELD(event, DELTA_BYTES_OUT, "400");
    ASSERT_FIELD(event, DELTA_BYTES_IN, "200");
    ASSERT_FIELD(event, CAPTURE_FILE, "");
    ASSERT_FIELD(event, CAPTURE_FRAME, "");
    ASSERT_FIELD(event, OBSERVER_INTERFACE, "span1");
}

static void
what_is_not_known_is_empty(void **state)
{
    struct camwatch_event *event = *state;
    struct cw_event_context context = sample_context(false);
    struct cw_record_flow flow = {.kind = CAMWATCH_EVENT_FLOW_UPDATE, .proto = CW_PROTO_ICMP};
    flow.src = sample_addr("192.0.2.10");
    flow.dst = sample_addr("192.0.2.11");
    flow.icmp_type = 8;
    cw_event_from_flow(event, &flow, &context);

    static const enum camwatch_field empty[] = {
        CAMWATCH_FIELD_TIMESTAMP,        CAMWATCH_FIELD_EVENT_START,
        CAMWATCH_FIELD_SOURCE_PORT,      CAMWATCH_FIELD_SOURCE_MAC,
        CAMWATCH_FIELD_DESTINATION_PORT, CAMWATCH_FIELD_LOCAL_IP,
        CAMWATCH_FIELD_PEER_IP,          CAMWATCH_FIELD_NETWORK_VLAN,
        CAMWATCH_FIELD_CONFIDENCE,       CAMWATCH_FIELD_BAND,
        CAMWATCH_FIELD_EVIDENCE,         CAMWATCH_FIELD_DEVICE_KIND,
        CAMWATCH_FIELD_CAPTURE_FRAME,    CAMWATCH_FIELD_EVENT_REASON,
        CAMWATCH_FIELD_DELTA_BYTES_OUT,
    };

    for (size_t i = 0; i < sizeof(empty) / sizeof(*empty); i++) {
        assert_field(event, empty[i], "");
    }
    ASSERT_FIELD(event, SOURCE_BYTES, "0");
    ASSERT_FIELD(event, OUTCOME, "unknown");
    ASSERT_FIELD(event, NETWORK_TRANSPORT, "icmp");
}

static void
the_message_says_tries_when_nothing_answered(void **state)
{
    struct camwatch_event *event = *state;
    struct cw_event_context context = sample_context(false);
    struct cw_record_flow flow = sample_flow();
    struct camwatch_device device = sample_device();
    flow.kind = CAMWATCH_EVENT_FLOW_CLASSIFIED;
    flow.outcome = CAMWATCH_OUTCOME_ATTEMPTED;
    flow.service.band = CAMWATCH_BAND_LIKELY;
    cw_event_from_flow(event, &flow, &context);
    cw_event_set_device(event, &device);
    cw_event_set_text(event, CAMWATCH_FIELD_PEER_COUNTRY, "CN");
    cw_event_set_text(event, CAMWATCH_FIELD_DESTINATION_AS_ORG, "Example Cloud");
    cw_event_finish(event, &context);
    ASSERT_FIELD(event, EVENT_OUTCOME, "failure");
    ASSERT_FIELD(
        event, MESSAGE,
        "Front door (Example Vision camera IPC-X1 192.0.2.10) tries to reach likely Example "
        "group rendezvous p2p.example.com:8800 (203.0.113.5, CN, Example Cloud)");
}

static void
a_device_event_carries_the_record(void **state)
{
    struct camwatch_event *event = *state;
    struct cw_event_context context = sample_context(true);
    struct camwatch_device device = sample_device();
    cw_event_from_device(event, CAMWATCH_EVENT_DEVICE_NEW, SAMPLE_TIME_NS, &device, NULL,
                         &context);
    cw_event_finish(event, &context);
    ASSERT_FIELD(event, EVENT_KIND, "asset");
    ASSERT_FIELD(event, EVENT_CATEGORY, "host");
    ASSERT_FIELD(event, EVENT_DATASET, "camwatch.devices");
    ASSERT_FIELD(event, DEVICE_ID, "mac:00-00-5E-00-53-01");
    ASSERT_FIELD(event, DEVICE_IP, "192.0.2.10,2001:db8::10");
    ASSERT_FIELD(event, DEVICE_LISTS, "us-ndaa-889,us-fcc-covered");
    ASSERT_FIELD(event, LOCAL_IP, "192.0.2.10");
    ASSERT_FIELD(event, CONFIDENCE, "95");
    ASSERT_FIELD(event, BAND, "confirmed");
    ASSERT_FIELD(event, CAPTURE_FILE, "office.pcap");
    ASSERT_FIELD(event, CAPTURE_FRAME, "44");
    ASSERT_FIELD(event, EVIDENCE,
                 "identity:90:IPC-X1:wire/dahua-dhip:44,"
                 "mac-camera-maker:55:00-00-5E:rules/vendors/example.yaml:4:");
    ASSERT_FIELD(event, ASSET_SITE, "Lobby, east");
    ASSERT_FIELD(event, ASSET_STATUS, "other-maker");
    assert_null(strstr(camwatch_event_text(event, CAMWATCH_FIELD_MESSAGE), device.serial));
}

static void
stats_list_the_drops_above_zero(void **state)
{
    struct camwatch_event *event = *state;
    struct cw_event_context context = sample_context(false);
    struct cw_record_stats stats = sample_stats();
    cw_event_from_stats(event, &stats, &context);
    cw_event_finish(event, &context);
    ASSERT_FIELD(event, STATS_DROPS, "l4-short=9,ring-full=1");
    ASSERT_FIELD(event, STATS_KERNEL_DROPS, "0");
    ASSERT_FIELD(event, STATS_DEVICES, "");
    ASSERT_FIELD(event, EVENT_KIND, "metric");
}

static void
a_policy_alert_keeps_what_the_alerts_stream_carries(void **state)
{
    struct camwatch_event *event = *state;
    struct camwatch_event *cause = cw_event_new();
    struct cw_event_context context = sample_context(false);
    struct cw_record_flow flow = sample_flow();
    const struct cw_event_policy policy = {.id = "streams-to-unlisted-country",
                                           .name = "Streams to an unlisted country",
                                           .version = "0011",
                                           .reference = "rules/policies/a.yaml:3",
                                           .reason = "10 MB to CN within 10 min",
                                           .severity = 2};
    cw_event_from_flow(cause, &flow, &context);
    cw_event_finish(cause, &context);
    cw_event_from_policy(event, cause, &policy, &context);
    cw_event_finish(event, &context);
    ASSERT_FIELD(event, EVENT_ACTION, "policy-alert");
    ASSERT_FIELD(event, EVENT_KIND, "alert");
    ASSERT_FIELD(event, EVENT_SEVERITY, "2");
    ASSERT_FIELD(event, EVENT_REASON, "10 MB to CN within 10 min");
    ASSERT_FIELD(event, RULE_ID, "streams-to-unlisted-country");
    for (unsigned i = 0; i < CAMWATCH_N_FIELDS; i++) {
        const char *text = camwatch_event_text(event, i);
        bool in_alerts = camwatch_field_info(i)->streams & 1u << CAMWATCH_STREAM_ALERTS;
        assert_true(in_alerts || !*text);
        if (i == CAMWATCH_FIELD_SOURCE_BYTES || i == CAMWATCH_FIELD_EVIDENCE ||
            i == CAMWATCH_FIELD_EVENT_START || i == CAMWATCH_FIELD_DEVICE_BRAND) {
            assert_string_equal(text, camwatch_event_text(cause, i));
            assert_true(*text);
        }
    }
    assert_int_equal(camwatch_event_number(event, CAMWATCH_FIELD_SOURCE_BYTES), 1200);
    cw_event_free(cause);
}

/* The key of a policy is for machines and stands in event.reason; a person reads what was counted. */
static void
the_message_of_an_alert_has_no_field_names(void **state)
{
    struct camwatch_event *event = *state;
    struct camwatch_event *cause = cw_event_new();
    struct cw_event_context context = sample_context(false);
    struct cw_record_flow flow = sample_flow();
    static const struct {
        const char *reason, *end;
    } rows[] = {
        {"camwatch.device.id=mac:00-00-5E-00-53-01, camwatch.peer.country=CN", NULL},
        {"camwatch.device.id=a b; c; 12 events within 600 s", ": c; 12 events within 600 s"},
        {"learnt in the first 24 h: 3 combinations", ": learnt in the first 24 h: 3 combinations"},
    };
    cw_event_from_flow(cause, &flow, &context);
    cw_event_finish(cause, &context);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct cw_event_policy policy = {
            .id = "a", .name = "A", .reason = rows[i].reason, .severity = 1};
        cw_event_from_policy(event, cause, &policy, &context);
        cw_event_finish(event, &context);
        const char *message = camwatch_event_text(event, CAMWATCH_FIELD_MESSAGE);
        ASSERT_FIELD(event, EVENT_REASON, rows[i].reason);
        assert_null(strstr(message, "camwatch.device.id"));
        if (rows[i].end) {
            assert_string_equal(message + strlen(message) - strlen(rows[i].end), rows[i].end);
        }
    }
    cw_event_free(cause);
}

static void
live_ids_count_without_gaps_in_each_stream(void **state)
{
    struct camwatch_event *event = *state;
    struct cw_event_context context = sample_context(false);
    struct cw_record_flow flow = sample_flow();
    struct cw_record_stats stats = sample_stats();
    for (int i = 0; i < 2; i++) {
        cw_event_from_flow(event, &flow, &context);
        cw_event_finish(event, &context);
    }
    ASSERT_FIELD(event, EVENT_ID, "b7c1-F000002");
    cw_event_from_stats(event, &stats, &context);
    cw_event_finish(event, &context);
    ASSERT_FIELD(event, EVENT_ID, "b7c1-S000001");
}

static void
replay_ids_are_of_the_contents(void **state)
{
    struct camwatch_event *event = *state;
    struct cw_event_context context = sample_context(true);
    struct cw_record_flow flow = sample_flow();
    char first[64];
    cw_event_from_flow(event, &flow, &context);
    cw_event_finish(event, &context);
    cw_text_set(first, sizeof(first), camwatch_event_text(event, CAMWATCH_FIELD_EVENT_ID));
    assert_int_equal(strlen(first), 32);
    cw_event_from_flow(event, &flow, &context);
    cw_event_finish(event, &context);
    ASSERT_FIELD(event, EVENT_ID, first);
    flow.bytes[1]++;
    cw_event_from_flow(event, &flow, &context);
    cw_event_finish(event, &context);
    assert_string_not_equal(camwatch_event_text(event, CAMWATCH_FIELD_EVENT_ID), first);
}

static void
a_text_without_room_is_left_out_and_told(void **state)
{
    struct camwatch_event *event = *state;
    struct cw_event_context context = sample_context(true);
    char large[9000];
    memset(large, 'x', sizeof(large));
    large[sizeof(large) - 1] = '\0';
    cw_event_begin(event, CAMWATCH_EVENT_FLOW_END, SAMPLE_TIME_NS, &context);
    cw_event_set_text(event, CAMWATCH_FIELD_SOURCE_DOMAIN, large);
    assert_false(cw_event_is_cut(event));
    cw_event_set_text(event, CAMWATCH_FIELD_DESTINATION_DOMAIN, large);
    assert_true(cw_event_is_cut(event));
    ASSERT_FIELD(event, DESTINATION_DOMAIN, "");
    ASSERT_FIELD(event, SOURCE_DOMAIN, large);
}

static void
a_text_set_again_replaces_the_first(void **state)
{
    struct camwatch_event *event = *state;
    struct cw_event_context context = sample_context(true);
    cw_event_begin(event, CAMWATCH_EVENT_FLOW_END, SAMPLE_TIME_NS, &context);
    cw_event_set_text(event, CAMWATCH_FIELD_PEER_COUNTRY, "CA");
    size_t before;
    (void)camwatch_event_json(event, &before);
    cw_event_set_text(event, CAMWATCH_FIELD_PEER_COUNTRY, "");
    ASSERT_FIELD(event, PEER_COUNTRY, "");
    assert_null(strstr(camwatch_event_json(event, NULL), "camwatch.peer.country"));
    cw_event_set_number(event, CAMWATCH_FIELD_SOURCE_BYTES, UINT64_MAX);
    ASSERT_FIELD(event, SOURCE_BYTES, "9223372036854775807");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_flow_fills_both_ends_and_the_local_one),
        CASE(local_is_the_devices_side_whoever_opened),
        CASE(what_is_not_known_is_empty),
        CASE(the_message_says_tries_when_nothing_answered),
        CASE(a_device_event_carries_the_record),
        CASE(stats_list_the_drops_above_zero),
        CASE(a_policy_alert_keeps_what_the_alerts_stream_carries),
        CASE(the_message_of_an_alert_has_no_field_names),
        CASE(live_ids_count_without_gaps_in_each_stream),
        CASE(replay_ids_are_of_the_contents),
        CASE(a_text_without_room_is_left_out_and_told),
        CASE(a_text_set_again_replaces_the_first),
        CASE(a_packed_event_comes_out_as_it_went_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
