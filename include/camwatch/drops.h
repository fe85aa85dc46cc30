/* SPDX-License-Identifier: Apache-2.0
 *
 * Why something that was captured or made did not come through. One list; every row is counted,
 * published in sensor-stats and shown in the summary. X(symbol, text, help).
 *
 * Rows of PACKET reasons: a frame (or its inner packet) that was not parsed to a flow; frames =
 * parsed + the sum of these. The other rows count things that are not frames, or frames that were
 * parsed all the same; they are no part of that account.
 */
#ifndef CAMWATCH_DROPS_H
#define CAMWATCH_DROPS_H

#define CAMWATCH_PACKET_DROPS(X)                                                                     \
    X(LINK_UNKNOWN, "link-unknown", "link type that camwatch does not decode")                       \
    X(LINK_SHORT, "link-short", "cut before the end of the link header")                             \
    X(LINK_CONTROL, "link-control", "link control, management or encrypted frame without a packet")  \
    X(ETHERTYPE_OTHER, "ethertype-other", "neither IP nor a protocol that camwatch reads")           \
    X(TUNNEL_SHORT, "tunnel-short", "cut or malformed tunnel header")                                \
    X(TUNNEL_DEEP, "tunnel-deep", "more nested tunnels than the limit")                              \
    X(IP_SHORT, "ip-short", "cut before the end of the IP header")                                   \
    X(IP_VERSION, "ip-version", "IP version is neither 4 nor 6, or not the one announced")           \
    X(IP_LENGTH, "ip-length", "IP header length or total length is impossible")                      \
    X(IP6_EXTENSIONS, "ip6-extensions", "IPv6 extension headers cut, malformed or too many")         \
    X(FRAGMENT_ORPHAN, "fragment-orphan", "later fragment whose first one was not seen")             \
    X(FRAGMENT_TABLE, "fragment-table", "no room to remember one more fragmented packet")            \
    X(L4_SHORT, "l4-short", "cut before the end of the transport header")                            \
    X(L4_LENGTH, "l4-length", "transport header length is impossible")                               \
    X(L4_OTHER, "l4-other", "transport protocol that camwatch does not follow")                      \
    X(DUPLICATE, "duplicate", "second copy of a frame on a span that repeats each one")              \
    X(FLOW_TABLE, "flow-table", "no flow could be made: memory cap reached by flows of more value")

#define CAMWATCH_OTHER_DROPS(X)                                                                      \
    X(FLOW_EVICTED, "flow-evicted", "flow ended early to stay under the memory cap")                 \
    X(DPI_MEMORY, "dpi-memory", "flow not given to nDPI: its memory cap was reached")                \
    X(NAMES_EVICTED, "names-evicted", "DNS answer forgotten early")                                  \
    X(HOSTS_EVICTED, "hosts-evicted", "local address forgotten early")                               \
    X(STREAM_BUFFER, "stream-buffer", "start of a TCP stream not kept: no buffer free")              \
    X(FACTS_FULL, "facts-full", "facts of a flow not kept: their memory cap was reached")           \
    X(RING_FULL, "ring-full", "event not kept: the ring to the publisher was full")                  \
    X(EVENT_TRUNCATED, "event-truncated", "event made shorter to fit its record")                    \
    X(DEVICES_FULL, "devices-full", "device not kept: limit of the inventory")                       \
    X(SPOOL_FULL, "spool-full", "event not kept: the spool was full")                                \
    X(SINK_REFUSED, "sink-refused", "event refused by an output for good")                           \
    X(SINK_FAILED, "sink-failed", "event lost by a failing output")

#define CAMWATCH_DROPS(X) CAMWATCH_PACKET_DROPS(X) CAMWATCH_OTHER_DROPS(X)

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* clang-format off */
#define CW_X(s, t, h) CAMWATCH_DROP_##s,
enum camwatch_drop { CAMWATCH_DROP_NONE, CAMWATCH_DROPS(CW_X) CAMWATCH_N_DROPS };
#undef CW_X
/* clang-format on */

/** "" for NONE and values out of range. Static storage. */
const char *camwatch_drop_text(unsigned value);
/** One line on what the reason means, likewise. */
const char *camwatch_drop_help(unsigned value);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
