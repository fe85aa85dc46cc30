/* SPDX-License-Identifier: Apache-2.0
 *
 * Every field of every published event, in the order of the streams. From this list come the JSON
 * keys, the stream fields, the JSON Schema, the Elastic component template and docs/events.md.
 * X(symbol, name, type, streams, help)
 *
 * type     KEYWORD text · IP address · LONG whole number (0..2^63-1) · DATE RFC 3339 UTC with 9
 *          digits · GEO "lat,lon" · LIST several keywords: an array in JSON, joined by ',' in streams
 * streams  which streams carry it: A alerts, D devices, F flows, S stats (bits)
 *
 * Unknown is empty in a stream and absent in JSON; never 0 and never "unknown" unless the
 * vocabulary says so. Names follow ECS 8.11 where ECS has one.
 */
#ifndef CAMWATCH_FIELDS_H
#define CAMWATCH_FIELDS_H

#define CAMWATCH_FIELDS(X)                                                                           \
    X(TIMESTAMP, "@timestamp", DATE, ADFS, "when it happened, by the packet's clock")                \
    X(ECS_VERSION, "ecs.version", KEYWORD, ADFS, "version of ECS that the names follow")             \
    X(MESSAGE, "message", KEYWORD, ADFS, "one line for a person")                                    \
    X(EVENT_ID, "event.id", KEYWORD, ADFS, "boot-id and contiguous number live; a hash in replay")   \
    X(EVENT_KIND, "event.kind", KEYWORD, ADFS, "event, alert, metric or asset")                      \
    X(EVENT_CATEGORY, "event.category", LIST, ADFS, "ECS category")                                  \
    X(EVENT_TYPE, "event.type", LIST, ADFS, "ECS type")                                              \
    X(EVENT_DATASET, "event.dataset", KEYWORD, ADFS, "camwatch.alerts, .devices, .flows or .stats")  \
    X(EVENT_ACTION, "event.action", KEYWORD, ADFS, "the kind of event")                              \
    X(EVENT_OUTCOME, "event.outcome", KEYWORD, F, "success, failure or unknown")                     \
    X(EVENT_START, "event.start", DATE, ADF, "first packet, or first seen")                          \
    X(EVENT_END, "event.end", DATE, ADF, "last packet, or last seen")                                \
    X(EVENT_DURATION, "event.duration", LONG, F, "nanoseconds between start and end")                \
    X(EVENT_SEVERITY, "event.severity", LONG, A, "1 low, 2 medium, 3 high, 4 critical")              \
    X(EVENT_REASON, "event.reason", KEYWORD, ADF, "why the event was made")                          \
    X(OBSERVER_NAME, "observer.name", KEYWORD, ADFS, "name of the sensor")                           \
    X(OBSERVER_TYPE, "observer.type", KEYWORD, ADFS, "sensor")                                       \
    X(OBSERVER_VENDOR, "observer.vendor", KEYWORD, ADFS, "camwatch")                                 \
    X(OBSERVER_VERSION, "observer.version", KEYWORD, ADFS, "version of camwatch")                    \
    X(OBSERVER_INTERFACE, "observer.ingress.interface.name", KEYWORD, ADFS, "where it was captured") \
    X(RULE_ID, "rule.id", KEYWORD, A, "policy that matched")                                         \
    X(RULE_NAME, "rule.name", KEYWORD, A, "what the policy is called")                               \
    X(RULE_VERSION, "rule.version", KEYWORD, A, "version of the rules")                              \
    X(RULE_REFERENCE, "rule.reference", KEYWORD, A, "file:line or url")                              \
    X(ALERT_ID, "camwatch.alert.id", KEYWORD, A, "the same from open to closed; 16 hex digits")      \
    X(ALERT_STATE, "camwatch.alert.state", KEYWORD, A, "open updated closed; empty: told once")      \
    X(ALERT_EVENTS, "camwatch.alert.events", LONG, A, "events that matched since it was opened")     \
    X(SOURCE_IP, "source.ip", IP, AF, "end that opened the flow")                                    \
    X(SOURCE_PORT, "source.port", LONG, AF, "its port")                                              \
    X(SOURCE_MAC, "source.mac", KEYWORD, AF, "its MAC, if on-link")                                  \
    X(SOURCE_DOMAIN, "source.domain", KEYWORD, AF, "its name")                                       \
    X(SOURCE_BYTES, "source.bytes", LONG, AF, "bytes it sent, as on the wire, total")                \
    X(SOURCE_PACKETS, "source.packets", LONG, AF, "packets it sent, total")                          \
    X(SOURCE_COUNTRY, "source.geo.country_iso_code", KEYWORD, AF, "where its address is registered") \
    X(SOURCE_CITY, "source.geo.city_name", KEYWORD, AF, "city, if the database says")                \
    X(SOURCE_LOCATION, "source.geo.location", GEO, AF, "place, if the database says")                \
    X(SOURCE_ASN, "source.as.number", LONG, AF, "autonomous system")                                 \
    X(SOURCE_AS_ORG, "source.as.organization.name", KEYWORD, AF, "its name")                         \
    X(DESTINATION_IP, "destination.ip", IP, AF, "the other end")                                     \
    X(DESTINATION_PORT, "destination.port", LONG, AF, "its port")                                    \
    X(DESTINATION_MAC, "destination.mac", KEYWORD, AF, "its MAC, if on-link")                        \
    X(DESTINATION_DOMAIN, "destination.domain", KEYWORD, AF, "its name")                             \
    X(DESTINATION_BYTES, "destination.bytes", LONG, AF, "bytes it sent, as on the wire, total")      \
    X(DESTINATION_PACKETS, "destination.packets", LONG, AF, "packets it sent, total")                \
    X(DESTINATION_COUNTRY, "destination.geo.country_iso_code", KEYWORD, AF, "registered country")    \
    X(DESTINATION_CITY, "destination.geo.city_name", KEYWORD, AF, "city, if the database says")      \
    X(DESTINATION_LOCATION, "destination.geo.location", GEO, AF, "place, if the database says")      \
    X(DESTINATION_ASN, "destination.as.number", LONG, AF, "autonomous system")                       \
    X(DESTINATION_AS_ORG, "destination.as.organization.name", KEYWORD, AF, "its name")               \
    X(NETWORK_TRANSPORT, "network.transport", KEYWORD, AF, "tcp, udp, icmp, ...")                    \
    X(NETWORK_PROTOCOL, "network.protocol", KEYWORD, AF, "protocol on top, lower case")              \
    X(NETWORK_APPLICATION, "network.application", KEYWORD, AF, "what nDPI calls it")                 \
    X(NETWORK_COMMUNITY_ID, "network.community_id", KEYWORD, AF, "Community ID v1, seed 0")          \
    X(NETWORK_DIRECTION, "network.direction", KEYWORD, AF, "outbound inbound internal external")     \
    X(NETWORK_VLAN, "network.vlan.id", KEYWORD, AF, "VLAN of the first packet")                      \
    X(TLS_SERVER_NAME, "tls.client.server_name", KEYWORD, AF, "SNI")                                 \
    X(TLS_JA3, "tls.client.ja3", KEYWORD, AF, "JA3 of the client")                                   \
    X(FLOW_ID, "camwatch.flow.id", KEYWORD, AF, "number of the flow, 16 hex digits")                 \
    X(CAPTURE_FILE, "camwatch.capture.file", KEYWORD, ADF, "capture, in replay")                     \
    X(CAPTURE_FRAME, "camwatch.capture.frame", LONG, ADF, "first frame of the flow or fact")         \
    X(LOCAL_IP, "camwatch.local.ip", IP, ADF, "the device's side")                                   \
    X(LOCAL_PORT, "camwatch.local.port", LONG, AF, "its port")                                       \
    X(PEER_IP, "camwatch.peer.ip", IP, ADF, "the far end")                                           \
    X(PEER_PORT, "camwatch.peer.port", LONG, ADF, "its port")                                        \
    X(PEER_DOMAIN, "camwatch.peer.domain", KEYWORD, ADF, "its name")                                 \
    X(PEER_COUNTRY, "camwatch.peer.country", KEYWORD, ADF, "where its address is registered")        \
    X(PEER_ASN, "camwatch.peer.asn", LONG, ADF, "its autonomous system")                             \
    X(DOMAIN_SOURCE, "camwatch.domain_source", KEYWORD, ADF, "where the name came from")             \
    X(SERVICE_VENDOR, "camwatch.service.vendor", KEYWORD, AF, "whose service the far end is")        \
    X(SERVICE_PLATFORM, "camwatch.service.platform", KEYWORD, AF, "shared platform, if any")         \
    X(SERVICE_ROLE, "camwatch.service.role", KEYWORD, AF, "what the far end does")                   \
    X(PATH, "camwatch.path", KEYWORD, AF, "lan cloud relay p2p-direct")                              \
    X(SIDE, "camwatch.side", KEYWORD, AF, "device viewer both unknown")                              \
    X(ACTIVITY, "camwatch.activity", KEYWORD, AF, "idle control streaming")                          \
    X(CLEARTEXT, "camwatch.cleartext", KEYWORD, AF, "log-in that all on the way can read; no word of it")\
    X(OUTCOME, "camwatch.outcome", KEYWORD, AF, "attempted refused established unknown, DNS")        \
    X(CONFIDENCE, "camwatch.confidence", LONG, ADF, "0..99")                                         \
    X(BAND, "camwatch.band", KEYWORD, ADF, "confirmed likely hint")                                  \
    X(EVIDENCE, "camwatch.evidence", LIST, ADF, "kind:points:seen:rule:frame, the best first")       \
    X(DELTA_BYTES_OUT, "camwatch.delta.bytes_out", LONG, F, "sent by local since the last event")    \
    X(DELTA_BYTES_IN, "camwatch.delta.bytes_in", LONG, F, "received by local since the last event")  \
    X(DEVICE_ID, "camwatch.device.id", KEYWORD, ADF, "mac:..., sn:MAKER:SERIAL or ip:SITE:SEGMENT:A") \
    X(DEVICE_KIND, "camwatch.device.kind", KEYWORD, ADF, "camera recorder doorbell ...")             \
    X(DEVICE_SCOPE, "camwatch.device.scope", KEYWORD, ADF, "local remote behind")                    \
    X(DEVICE_BRAND, "camwatch.device.brand", KEYWORD, ADF, "brand on the box")                       \
    X(DEVICE_MAKER, "camwatch.device.maker", KEYWORD, ADF, "who makes it")                           \
    X(DEVICE_MAKER_CONFIDENCE, "camwatch.device.maker_confidence", LONG, ADF, "0..99")               \
    X(DEVICE_OWNER, "camwatch.device.owner", KEYWORD, ADF, "owner of the maker at that date")        \
    X(DEVICE_MODEL, "camwatch.device.model", KEYWORD, ADF, "model, as the device says")              \
    X(DEVICE_SERIAL, "camwatch.device.serial", KEYWORD, ADF, "serial, as the device says")           \
    X(DEVICE_FIRMWARE, "camwatch.device.firmware", KEYWORD, ADF, "firmware, as the device says")     \
    X(DEVICE_NAME, "camwatch.device.name", KEYWORD, ADF, "name, as the device says")                 \
    X(DEVICE_MAC, "camwatch.device.mac", KEYWORD, ADF, "on-link MAC")                                \
    X(DEVICE_IP, "camwatch.device.ip", LIST, ADF, "addresses, the latest first")                     \
    X(DEVICE_LISTS, "camwatch.device.lists", LIST, ADF, "lists that name the maker, brand or owner") \
    X(ASSET_NAME, "camwatch.device.asset.name", KEYWORD, ADF, "from assets.csv")                     \
    X(ASSET_SITE, "camwatch.device.asset.site", KEYWORD, ADF, "from assets.csv")                     \
    X(ASSET_STATUS, "camwatch.device.asset.status", KEYWORD, ADF, "what assets.csv says of it")      \
    X(DEVICE_BEHIND, "camwatch.device.behind", KEYWORD, ADF, "id of the recorder, hub or router in front of it")\
    X(STATS_PACKETS, "camwatch.stats.packets", LONG, S, "frames captured")                           \
    X(STATS_PARSED, "camwatch.stats.parsed", LONG, S, "frames parsed")                               \
    X(STATS_BYTES, "camwatch.stats.bytes", LONG, S, "bytes captured, as on the wire")                \
    X(STATS_FLOWS, "camwatch.stats.flows", LONG, S, "flows in the table now")                        \
    X(STATS_FLOWS_NEW, "camwatch.stats.flows_new", LONG, S, "flows opened since start")              \
    X(STATS_DEVICES, "camwatch.stats.devices", LONG, S, "devices known")                             \
    X(STATS_EVENTS, "camwatch.stats.events", LONG, S, "events made since start")                     \
    X(STATS_DROPS, "camwatch.stats.drops", LIST, S, "reason=count since start, those above 0")       \
    X(STATS_TRUNCATED, "camwatch.stats.truncated", LONG, S, "frames cut by the snap length")         \
    X(STATS_KERNEL_DROPS, "camwatch.stats.kernel_drops", LONG, S, "frames the kernel dropped")      \
    X(STATS_TWO_WAY, "camwatch.stats.flows_two_way", LONG, S, "TCP flows of 8 packets, seen both ways") \
    X(STATS_ONE_WAY, "camwatch.stats.flows_one_way", LONG, S, "the same, seen in one direction only")   \
    X(STATS_INTERFACE_DROPS, "camwatch.stats.interface_drops", LONG, S,                              \
      "frames that interfaces dropped before the kernel had them")                                   \
    X(STATS_LOST, "camwatch.stats.process_losses", LONG, S,                                          \
      "frames captured and gone with a process that ended")

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* clang-format off */
#define CW_X(s, n, t, w, h) CAMWATCH_FIELD_##s,
enum camwatch_field { CAMWATCH_FIELDS(CW_X) CAMWATCH_N_FIELDS };
#undef CW_X
/* clang-format on */

enum camwatch_field_type {
    CAMWATCH_TYPE_KEYWORD,
    CAMWATCH_TYPE_IP,
    CAMWATCH_TYPE_LONG,
    CAMWATCH_TYPE_DATE,
    CAMWATCH_TYPE_GEO,
    CAMWATCH_TYPE_LIST,
};

/** One row of the list. Static storage. */
struct camwatch_field_info {
    const char *name;
    enum camwatch_field_type type;
    unsigned streams; /* bit 1u << enum camwatch_stream */
    const char *help;
};

/** NULL for values out of range. */
const struct camwatch_field_info *camwatch_field_info(unsigned field);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
