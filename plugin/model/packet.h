/* SPDX-License-Identifier: Apache-2.0
 *
 * A decoded packet: what later stages need and nothing of the headers. Spans are borrowed from the
 * frame. Of nested tunnels the innermost IP packet counts.
 */
#ifndef CW_MODEL_PACKET_H
#define CW_MODEL_PACKET_H

#include "base/addr.h"
#include "base/bytes.h"
#include "model/frame.h"

enum cw_proto { /* IP protocol numbers that camwatch follows (IANA) */
                CW_PROTO_NONE = 0,
                CW_PROTO_ICMP = 1,
                CW_PROTO_TCP = 6,
                CW_PROTO_UDP = 17,
                CW_PROTO_ICMP6 = 58,
                CW_PROTO_SCTP = 132,
};

enum cw_tcp_flag {
    CW_TCP_FIN = 0x01,
    CW_TCP_SYN = 0x02,
    CW_TCP_RST = 0x04,
    CW_TCP_PSH = 0x08,
    CW_TCP_ACK = 0x10,
};

/* Encapsulations that were taken off; a bit each in cw_packet.tunnels and in the decoder's
 * settings. X(symbol, text) */
#define CW_TUNNELS(X)                                                                          \
    X(MPLS, "mpls")                                                                            \
    X(PPPOE, "pppoe")                                                                          \
    X(GRE, "gre")                                                                              \
    X(ERSPAN, "erspan")                                                                        \
    X(VXLAN, "vxlan")                                                                          \
    X(GENEVE, "geneve")                                                                        \
    X(GTPU, "gtp-u")                                                                           \
    X(IPIP, "ip-in-ip")                                                                        \
    X(SIXINFOUR, "6in4")                                                                       \
    X(TEREDO, "teredo")                                                                        \
    X(CAPWAP, "capwap")

/* clang-format off */
#define CW_X(s, t) CW_TUNNEL_INDEX_##s,
enum cw_tunnel_index { CW_TUNNELS(CW_X) CW_N_TUNNELS };
#undef CW_X
#define CW_X(s, t) CW_TUNNEL_##s = 1u << CW_TUNNEL_INDEX_##s,
enum cw_tunnel { CW_TUNNELS(CW_X) };
#undef CW_X

/* clang-format on */

struct cw_packet {
    const struct cw_frame *frame; /* borrowed */
    struct cw_mac src_mac; /* of the innermost Ethernet header; none where there is none */
    struct cw_mac dst_mac;
    uint16_t ethertype; /* innermost; for non-IP packets says what payload is */
    uint16_t vlan;      /* outermost VLAN ID, 0 none */
    uint16_t vlan_inner;
    uint16_t tunnels; /* enum cw_tunnel bits taken off */
    uint32_t segment; /* VNI, TEID or key of the innermost tunnel, 0 none */
    bool is_ip;       /* false: payload is what follows the EtherType (ARP, SADP, ...) */
    bool
        is_fragment; /* any fragment; a later one has no payload, its ports come from the first */
    bool is_later_fragment;
    bool is_cut; /* the captured part ends before the packet does */
    bool
        on_link; /* the MACs are of the Ethernet (or 802.11) frame that carries this packet, on the
                            span or mirrored in ERSPAN, VXLAN ...; false behind an IP-level tunnel,
                            MPLS or PPPoE */
    uint8_t proto;     /* innermost upper protocol, enum cw_proto or another IANA number */
    uint8_t ttl;       /* TTL or hop limit */
    uint8_t tcp_flags; /* enum cw_tcp_flag bits */
    uint8_t icmp_type;
    uint8_t icmp_code;
    uint16_t src_port; /* host order; 0 without ports */
    uint16_t dst_port;
    uint32_t tcp_seq;
    uint32_t tcp_ack;
    struct cw_addr src;
    struct cw_addr dst;
    struct cw_bytes
        ip; /* from the innermost IP header to the end of its packet, captured part */
    struct cw_bytes
        payload;           /* of TCP, UDP, ICMP or the EtherType; trimmed of Ethernet padding */
    uint32_t payload_wire; /* its length on the wire, by the IP header */
    uint32_t wire_len;     /* of the whole frame */
};

#endif
