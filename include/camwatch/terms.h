/* SPDX-License-Identifier: Apache-2.0
 *
 * The closed vocabularies of camwatch, each one X-macro: code, documentation, JSON schema and rule
 * checks come from these rows. X(symbol, text, help). The first row of each is "not known" with the
 * empty text, so that zeroed memory says nothing.
 */
#ifndef CAMWATCH_TERMS_H
#define CAMWATCH_TERMS_H

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

#define CAMWATCH_EVENT_KINDS(X)                                                                      \
    X(NONE, "", "no event")                                                                          \
    X(POLICY_ALERT, "policy-alert", "a policy of the operator matched")                              \
    X(SENSOR_ALERT, "sensor-alert", "the sensor cannot see, keep or deliver what it should")         \
    X(DEVICE_NEW, "device-new", "a device seen for the first time")                                  \
    X(DEVICE_IDENTIFIED, "device-identified", "brand, maker or kind became known or surer")          \
    X(DEVICE_CHANGED, "device-changed", "address, firmware, name or another fact changed")           \
    X(DEVICE_GONE, "device-gone", "unseen for 24 h while the sensor could see")                      \
    X(DEVICE_DESTINATION, "device-destination", "a device reached for the first time what no rule explains")\
    X(FLOW_CLASSIFIED, "flow-classified", "a conversation's far end or protocol became known")       \
    X(FLOW_UPDATE, "flow-update", "totals of a conversation that goes on")                           \
    X(FLOW_END, "flow-end", "a conversation ended; final totals")                                    \
    X(SENSOR_STATS, "sensor-stats", "counters of the sensor")

#define CAMWATCH_STREAMS(X)                                                                          \
    X(ALERTS, "alerts", "policy-alert and sensor-alert")                                             \
    X(DEVICES, "devices", "device-*")                                                                \
    X(FLOWS, "flows", "flow-*")                                                                      \
    X(STATS, "stats", "sensor-stats")

#define CAMWATCH_ALERT_STATES(X)                                                                     \
    X(NONE, "", "no alert of a policy")                                                              \
    X(OPEN, "open", "it began")                                                                      \
    X(UPDATED, "updated", "it goes on, or again")                                                    \
    X(CLOSED, "closed", "it ended: event.reason says why")

#define CAMWATCH_ROLES(X)                                                                            \
    X(NONE, "", "not known")                                                                         \
    X(REGISTRATION, "registration", "where a device reports itself")                                 \
    X(API, "api", "log-in and control interface")                                                    \
    X(RENDEZVOUS, "rendezvous", "introduces peers to each other")                                    \
    X(RELAY, "relay", "carries media between peers")                                                 \
    X(STREAM, "stream", "takes or serves media")                                                     \
    X(STORAGE, "storage", "keeps recordings")                                                        \
    X(DDNS, "ddns", "publishes the device's address")                                                \
    X(FIRMWARE, "firmware", "software updates")                                                      \
    X(PUSH, "push", "notifications")                                                                 \
    X(NTP, "ntp", "time")                                                                            \
    X(TELEMETRY, "telemetry", "logs and usage")                                                      \
    X(DISCOVERY, "discovery", "search on the local network")                                         \
    X(CONTROL, "control", "commands to a device")                                                    \
    X(WEB, "web", "pages for people")

#define CAMWATCH_PATHS(X)                                                                            \
    X(NONE, "", "not known")                                                                         \
    X(LAN, "lan", "both ends are local")                                                             \
    X(CLOUD, "cloud", "to a server of the vendor or platform")                                       \
    X(RELAY, "relay", "media through somebody's relay")                                              \
    X(P2P_DIRECT, "p2p-direct", "straight to a peer after a rendezvous")

#define CAMWATCH_SIDES(X)                                                                            \
    X(UNKNOWN, "unknown", "it cannot be told who the local end is")                                  \
    X(DEVICE, "device", "the local end is the device")                                               \
    X(VIEWER, "viewer", "the local end is an app or browser")                                        \
    X(BOTH, "both", "device and viewer are local")

#define CAMWATCH_ACTIVITIES(X)                                                                       \
    X(NONE, "", "not known")                                                                         \
    X(IDLE, "idle", "keep-alives only")                                                              \
    X(CONTROL, "control", "commands, settings, log-in")                                              \
    X(STREAMING, "streaming", "media by rate and direction")

#define CAMWATCH_CLEARTEXTS(X)                                                                       \
    X(NONE, "", "none seen")                                                                         \
    X(HTTP_BASIC, "http-basic", "HTTP Basic log-in")                                                 \
    X(RTSP_BASIC, "rtsp-basic", "RTSP Basic log-in")                                                 \
    X(TELNET, "telnet", "Telnet session")

#define CAMWATCH_ASSET_STATUSES(X)                                                                   \
    X(NONE, "", "no assets.csv, or no surveillance device")                                          \
    X(LISTED, "listed", "in assets.csv, and as it says")                                             \
    X(NOT_LISTED, "not-listed", "seen, and not in assets.csv")                                       \
    X(NOT_SANCTIONED, "not-sanctioned", "in assets.csv, which says sanctioned no")                   \
    X(OTHER_MAKER, "other-maker", "in assets.csv, which names another maker")

#define CAMWATCH_OUTCOMES(X)                                                                         \
    X(UNKNOWN, "unknown", "only one direction is visible")                                           \
    X(ATTEMPTED, "attempted", "asked, never answered")                                               \
    X(REFUSED, "refused", "answered with a reset or an ICMP error")                                  \
    X(ESTABLISHED, "established", "both sides spoke")                                                \
    X(ANSWERED, "answered", "DNS: an address was given")                                             \
    X(NXDOMAIN, "nxdomain", "DNS: no such name")                                                     \
    X(SINKHOLED, "sinkholed", "DNS: answered with an address that leads nowhere")

#define CAMWATCH_DIRECTIONS(X)                                                                       \
    X(NONE, "", "not known")                                                                         \
    X(OUTBOUND, "outbound", "opened by the local end to the outside")                                \
    X(INBOUND, "inbound", "opened from outside to the local end")                                    \
    X(LAN, "internal", "both ends are local")                                                        \
    X(EXTERNAL, "external", "neither end is local")

#define CAMWATCH_BANDS(X)                                                                            \
    X(NONE, "", "no evidence")                                                                       \
    X(HINT, "hint", "below 50; never names a vendor")                                                \
    X(LIKELY, "likely", "50 to 79")                                                                  \
    X(CONFIRMED, "confirmed", "80 and more")

#define CAMWATCH_DEVICE_KINDS(X)                                                                     \
    X(UNKNOWN, "unknown", "a device of a known maker; kind not known")                               \
    X(CAMERA, "camera", "network camera")                                                            \
    X(RECORDER, "recorder", "NVR, DVR, XVR")                                                         \
    X(DOORBELL, "doorbell", "video doorbell")                                                        \
    X(ACCESS_CONTROL, "access-control", "door controller or terminal")                               \
    X(INTERCOM, "intercom", "indoor station")                                                        \
    X(ENCODER, "encoder", "video encoder or decoder")                                                \
    X(HUB, "hub", "base station of cameras")                                                         \
    X(VMS_CLIENT, "vms-client", "software that views or manages devices")                            \
    X(ALARM_PANEL, "alarm-panel", "alarm panel")

#define CAMWATCH_SCOPES(X)                                                                           \
    X(NONE, "", "not known")                                                                         \
    X(LOCAL, "local", "on a watched network")                                                        \
    X(REMOTE, "remote", "outside the watched networks")                                              \
    X(BEHIND, "behind", "behind a recorder or hub that speaks for it, or a router that hides it")

#define CAMWATCH_DOMAIN_SOURCES(X)                                                                   \
    X(NONE, "", "no name")                                                                           \
    X(SNI, "sni", "TLS or QUIC server name")                                                         \
    X(HOST, "host", "HTTP or RTSP host")                                                             \
    X(CERT, "cert", "name in the server's certificate")                                              \
    X(DNS_OWN, "dns-own", "this device's own DNS answer")                                            \
    X(DNS_OTHER, "dns-other", "another client's DNS answer")

/* Evidence: X(symbol, text, points, help). Points of different kinds combine as
 * 100 (1 - product(1 - p/100)), the best of each kind counting once. */
#define CAMWATCH_EVIDENCE_KINDS(X)                                                                   \
    X(NONE, "", 0, "no evidence")                                                                    \
    X(IDENTITY, "identity", 90, "a device says of itself what it is, in clear")                      \
    X(SIGNATURE, "signature", 85, "wire signature, confirmed as its class asks")                     \
    X(NAME, "name", 80, "SNI, host, certificate or device-only name")                                \
    X(NAME_SERVICE, "name-service", 60,                                                              \
      "a name that apps and browsers use too: the service, and the brand of what is a camera by "    \
      "other evidence")                                                                              \
    X(NAME_DNS_OWN, "name-dns-own", 70, "name of the address in this device's own DNS answers")      \
    X(LINEAGE, "lineage", 70, "came out of a rendezvous on the same socket or device")               \
    X(MAC_CAMERA, "mac-camera-maker", 55, "MAC prefix of a maker of only such devices, on-link")     \
    X(NAME_DNS_OTHER, "name-dns-other", 45, "name of the address in another client's DNS answers")   \
    X(SERVER_ADDRESS, "server-address", 40, "published server address")                              \
    X(SIGNATURE_WEAK, "signature-weak", 40, "signature on a one-way span, or experimental")          \
    X(MAC_GENERAL, "mac-general-maker", 20, "MAC prefix of a maker of many things")                  \
    X(PORT, "port", 10, "port; never alone")

#define CAMWATCH_ORIGINS(X)                                                                          \
    X(NONE, "", "not known")                                                                         \
    X(SELF, "self", "said by the sender of itself, or seen of it")                                   \
    X(CLAIMED, "claimed", "said by one device of another")

/* clang-format off */
#define CW_X(s, t, h) CAMWATCH_EVENT_##s,
enum camwatch_event_kind { CAMWATCH_EVENT_KINDS(CW_X) CAMWATCH_N_EVENT_KINDS };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_STREAM_##s,
enum camwatch_stream { CAMWATCH_STREAMS(CW_X) CAMWATCH_N_STREAMS };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_ALERT_##s,
enum camwatch_alert_state { CAMWATCH_ALERT_STATES(CW_X) CAMWATCH_N_ALERT_STATES };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_ROLE_##s,
enum camwatch_role { CAMWATCH_ROLES(CW_X) CAMWATCH_N_ROLES };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_PATH_##s,
enum camwatch_path { CAMWATCH_PATHS(CW_X) CAMWATCH_N_PATHS };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_SIDE_##s,
enum camwatch_side { CAMWATCH_SIDES(CW_X) CAMWATCH_N_SIDES };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_ACTIVITY_##s,
enum camwatch_activity { CAMWATCH_ACTIVITIES(CW_X) CAMWATCH_N_ACTIVITIES };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_CLEARTEXT_##s,
enum camwatch_cleartext { CAMWATCH_CLEARTEXTS(CW_X) CAMWATCH_N_CLEARTEXTS };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_ASSET_##s,
enum camwatch_asset_status { CAMWATCH_ASSET_STATUSES(CW_X) CAMWATCH_N_ASSET_STATUSES };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_OUTCOME_##s,
enum camwatch_outcome { CAMWATCH_OUTCOMES(CW_X) CAMWATCH_N_OUTCOMES };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_DIRECTION_##s,
enum camwatch_direction { CAMWATCH_DIRECTIONS(CW_X) CAMWATCH_N_DIRECTIONS };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_BAND_##s,
enum camwatch_band { CAMWATCH_BANDS(CW_X) CAMWATCH_N_BANDS };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_KIND_##s,
enum camwatch_device_kind { CAMWATCH_DEVICE_KINDS(CW_X) CAMWATCH_N_DEVICE_KINDS };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_SCOPE_##s,
enum camwatch_scope { CAMWATCH_SCOPES(CW_X) CAMWATCH_N_SCOPES };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_DOMAIN_##s,
enum camwatch_domain_source { CAMWATCH_DOMAIN_SOURCES(CW_X) CAMWATCH_N_DOMAIN_SOURCES };
#undef CW_X
#define CW_X(s, t, p, h) CAMWATCH_EVIDENCE_##s,
enum camwatch_evidence_kind { CAMWATCH_EVIDENCE_KINDS(CW_X) CAMWATCH_N_EVIDENCE_KINDS };
#undef CW_X
#define CW_X(s, t, h) CAMWATCH_ORIGIN_##s,
enum camwatch_origin { CAMWATCH_ORIGINS(CW_X) CAMWATCH_N_ORIGINS };
#undef CW_X
/* clang-format on */

/* Texts of the values above; "" for values out of range. Never NULL; static storage;
 * thread-safe. */
const char *camwatch_event_kind_text(unsigned value);
const char *camwatch_stream_text(unsigned value);
const char *camwatch_alert_state_text(unsigned value);
const char *camwatch_role_text(unsigned value);
const char *camwatch_path_text(unsigned value);
const char *camwatch_side_text(unsigned value);
const char *camwatch_activity_text(unsigned value);
const char *camwatch_cleartext_text(unsigned value);
const char *camwatch_asset_status_text(unsigned value);
const char *camwatch_outcome_text(unsigned value);
const char *camwatch_direction_text(unsigned value);
const char *camwatch_band_text(unsigned value);
const char *camwatch_device_kind_text(unsigned value);
const char *camwatch_scope_text(unsigned value);
const char *camwatch_domain_source_text(unsigned value);
const char *camwatch_evidence_kind_text(unsigned value);
const char *camwatch_origin_text(unsigned value);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
