/* SPDX-License-Identifier: Apache-2.0
 *
 * Records and devices as the other stages would make them, for the tests of publish/ and sink/.
 * Addresses and names are those kept for documentation (RFC 5737, RFC 3849, RFC 2606, RFC 7042).
 */
#ifndef SUPPORT_SAMPLES_H
#define SUPPORT_SAMPLES_H

#include <string.h>

#include "base/text.h"
#include "event/record.h"
#include "model/flow.h"
#include "publish/event.h"

#define SAMPLE_TIME_NS INT64_C(1700000000123456789) /* 2023-11-14T22:13:20.123456789Z */

static inline struct cw_addr
sample_addr(const char *text)
{
    struct cw_addr addr = {{0}};
    (void)cw_addr_parse(text, &addr);
    return addr;
}

static inline struct cw_mac
sample_mac(const char *text)
{
    struct cw_mac mac = {{0}};
    (void)cw_mac_parse(cw_bytes_text(text), &mac);
    return mac;
}

static inline struct cw_event_context
sample_context(bool is_replay)
{
    static const char *const files[] = {"office.pcap", "lobby.pcapng", NULL};
    static const char *const interfaces[] = {"span0", "span1", NULL};
    return (struct cw_event_context){.sensor = "site1",
                                     .boot_id = "b7c1",
                                     .capture_files = is_replay ? files : NULL,
                                     .interfaces = is_replay ? NULL : interfaces,
                                     .is_replay = is_replay};
}

static inline void
sample_flow_evidence(struct cw_record_evidence out[2])
{
    out[0] = (struct cw_record_evidence){.kind = CAMWATCH_EVIDENCE_PORT,
                                         .points = 10,
                                         .file = 2,
                                         .frame = 5,
                                         .rule = "wire/port",
                                         .seen = "udp 8800"};
    out[1] = (struct cw_record_evidence){.kind = CAMWATCH_EVIDENCE_SIGNATURE,
                                         .points = 85,
                                         .file = 1,
                                         .frame = 19,
                                         .rule = "wire/dahua-p2p",
                                         .seen = "DHGET /online, CSeq"};
}

/* A camera (192.0.2.10, the source) at its vendor's rendezvous. */
static inline struct cw_record_flow
sample_flow(void)
{
    struct cw_record_flow flow = {
        .kind = CAMWATCH_EVENT_FLOW_END,
        .end = CW_FLOW_END_IDLE,
        .outcome = CAMWATCH_OUTCOME_ESTABLISHED,
        .direction = CAMWATCH_DIRECTION_OUTBOUND,
        .path = CAMWATCH_PATH_CLOUD,
        .activity = CAMWATCH_ACTIVITY_CONTROL,
        .domain_source = CAMWATCH_DOMAIN_DNS_OWN,
        .proto = CW_PROTO_UDP,
        .has_local = 1,
        .local_is_device = 1,
        .n_evidence = 2,
        .vlan = 12,
        .src_port = 40000,
        .dst_port = 8800,
        .file = 1,
        .frame = 17,
        .flow_id = 0xabc,
        .first_ns = SAMPLE_TIME_NS - INT64_C(12000000001),
        .last_ns = SAMPLE_TIME_NS,
        .bytes = {1200, 3400},
        .packets = {12, 34},
        .delta = {200, 400},
        .src = sample_addr("192.0.2.10"),
        .dst = sample_addr("203.0.113.5"),
        .src_mac = sample_mac("00:00:5e:00:53:01"),
        .dst_mac = sample_mac("00:00:5e:00:53:fe"),
        .local_mac = sample_mac("00:00:5e:00:53:01"),
        .domain = "p2p.example.com",
        .protocol = "dahua-ptcp",
        .application = "unknown",
        .service = {.confidence = 91,
                    .band = CAMWATCH_BAND_CONFIRMED,
                    .role = CAMWATCH_ROLE_RENDEZVOUS,
                    .side = CAMWATCH_SIDE_DEVICE,
                    .vendor = "Example group"},
        .device = {.confidence = 85,
                   .band = CAMWATCH_BAND_CONFIRMED,
                   .device_kind = CAMWATCH_KIND_CAMERA,
                   .is_surveillance = 1,
                   .maker_confidence = 80,
                   .brand = "Example Vision",
                   .maker = "Example Digital"},
    };
    flow.head = (struct cw_record){.size = sizeof(flow),
                                   .version = CW_RECORD_VERSION,
                                   .type = CW_RECORD_FLOW,
                                   .time_ns = SAMPLE_TIME_NS};
    sample_flow_evidence(flow.evidence);
    return flow;
}

/* A camera that says who it is; mac and addr are its first, the caller's to number. */
static inline struct cw_record_device
sample_camera(int64_t time_ns)
{
    return (struct cw_record_device){.head = {.size = cw_record_size(CW_RECORD_DEVICE, 1),
                                              .version = CW_RECORD_VERSION,
                                              .type = CW_RECORD_DEVICE,
                                              .time_ns = time_ns},
                                     .scope = CAMWATCH_SCOPE_LOCAL,
                                     .mac = sample_mac("00:00:5e:00:53:00"),
                                     .addr = sample_addr("10.0.0.0"),
                                     .has_identity = 1,
                                     .n_evidence = 1,
                                     .identity = {.origin = CAMWATCH_ORIGIN_SELF,
                                                  .kind = CAMWATCH_KIND_CAMERA,
                                                  .is_surveillance = true,
                                                  .maker = "Example Digital"},
                                     .evidence = {{.kind = CAMWATCH_EVIDENCE_IDENTITY,
                                                   .points = 90,
                                                   .subject = CW_SUBJECT_DEVICE,
                                                   .side = CAMWATCH_SIDE_DEVICE,
                                                   .origin = CAMWATCH_ORIGIN_SELF,
                                                   .is_surveillance = 1,
                                                   .rule = "wire/example",
                                                   .seen = "an answer",
                                                   .time_ns = time_ns}}};
}

static inline struct camwatch_device
sample_device(void)
{
    static const struct camwatch_device_evidence evidence[] = {
        {.kind = "mac-camera-maker",
         .rule = "rules/vendors/example.yaml:4",
         .seen = "00-00-5E",
         .points = 55,
         .file = "",
         .frame = 0},
        {.kind = "identity",
         .rule = "wire/dahua-dhip",
         .seen = "IPC-X1",
         .points = 90,
         .file = "office.pcap",
         .frame = 44},
    };
    static const struct camwatch_listing listings[] = {
        {.list = "us-ndaa-889", .status = "verified"},
        {.list = "us-ndaa-889", .status = "verified"},
        {.list = "not-proven", .status = "unverified"}, /* accuses nobody */
        {.list = "us-fcc-covered", .status = "verified"}};
    return (struct camwatch_device){
        .size = sizeof(struct camwatch_device),
        .id = "mac:00-00-5E-00-53-01",
        .brand = "Example Vision",
        .maker = "Example Digital",
        .owner = "Example Holding",
        .model = "IPC-X1",
        .serial = "4C0000000001",
        .uid = "",
        .firmware = "2.800",
        .name = "",
        .mac = "00-00-5E-00-53-01",
        .behind = "",
        .asset_name = "Front door",
        .asset_site = "Lobby, east",
        .asset_status = CAMWATCH_ASSET_OTHER_MAKER,
        .addresses = {"192.0.2.10", "2001:db8::10"},
        .n_addresses = 2,
        .kind = CAMWATCH_KIND_CAMERA,
        .scope = CAMWATCH_SCOPE_LOCAL,
        .band = CAMWATCH_BAND_CONFIRMED,
        .confidence = 95,
        .maker_confidence = 95,
        .is_surveillance = true,
        .first_ns = SAMPLE_TIME_NS - INT64_C(1000000000),
        .last_ns = SAMPLE_TIME_NS,
        .evidence = evidence,
        .n_evidence = 2,
        .listings = listings,
        .n_listings = 4,
    };
}

static inline struct cw_record_stats
sample_stats(void)
{
    struct cw_record_stats stats = {.packets = 1000, .bytes = 64000, .parsed = 990, .flows = 7};
    stats.head = (struct cw_record){.size = sizeof(stats),
                                    .version = CW_RECORD_VERSION,
                                    .type = CW_RECORD_STATS,
                                    .time_ns = SAMPLE_TIME_NS};
    stats.drops[CAMWATCH_DROP_L4_SHORT] = 9;
    stats.drops[CAMWATCH_DROP_RING_FULL] = 1;
    return stats;
}

static inline struct cw_record_alert
sample_alert(void)
{
    struct cw_record_alert alert = {.severity = 3, .name = "span-silent"};
    alert.head = (struct cw_record){.size = sizeof(alert),
                                    .version = CW_RECORD_VERSION,
                                    .type = CW_RECORD_ALERT,
                                    .time_ns = SAMPLE_TIME_NS};
    cw_text_set(alert.reason, sizeof(alert.reason), "no packet for 60 s: check the span port");
    return alert;
}

#endif
