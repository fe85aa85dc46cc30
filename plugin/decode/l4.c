/* SPDX-License-Identifier: Apache-2.0
 *
 * TCP (RFC 9293), UDP (RFC 768), ICMP (RFC 792, RFC 4443), SCTP (RFC 9260), and what IP carries
 * besides.
 */
#include "decode/walk.h"

#define TCP_HEADER  20
#define UDP_HEADER  8
#define ICMP_HEADER 8
#define SCTP_HEADER 12
#define AH_MAX      4

enum ip_proto {
    PROTO_IPIP = 4,
    PROTO_IP6 = 41,
    PROTO_GRE = 47,
    PROTO_AH = 51,
    PROTO_MPLS = 137,
};

/* A header that does not fit: the capture's fault, or the packet's. */
static unsigned
not_fitting(const struct cw_walk *w, size_t header)
{
    return cw_walk_wire(w) < header ? CAMWATCH_DROP_L4_LENGTH : CAMWATCH_DROP_L4_SHORT;
}

static unsigned
decode_tcp(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    uint16_t src_port = cw_cursor_be16(&c);
    uint16_t dst_port = cw_cursor_be16(&c);
    uint32_t seq = cw_cursor_be32(&c);
    uint32_t ack = cw_cursor_be32(&c);
    size_t header = (size_t)(cw_cursor_u8(&c) >> 4) * 4;
    uint8_t flags = cw_cursor_u8(&c);
    cw_cursor_skip(&c, 6); /* window, checksum, urgent */
    if (!cw_cursor_ok(&c)) {
        return not_fitting(w, TCP_HEADER);
    }
    if (header < TCP_HEADER) {
        return CAMWATCH_DROP_L4_LENGTH;
    }
    if (header > w->in.len) {
        return not_fitting(w, header);
    }
    struct cw_packet *out = w->out;
    out->src_port = src_port;
    out->dst_port = dst_port;
    out->tcp_seq = seq;
    out->tcp_ack = ack;
    out->tcp_flags = flags;
    w->in = cw_bytes_from(w->in, header);
    return cw_walk_finish(w);
}

static unsigned
decode_udp(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    uint16_t src_port = cw_cursor_be16(&c);
    uint16_t dst_port = cw_cursor_be16(&c);
    uint16_t length = cw_cursor_be16(&c);
    cw_cursor_skip(&c, 2); /* checksum */
    if (!cw_cursor_ok(&c)) {
        return not_fitting(w, UDP_HEADER);
    }
    if (length != 0 && length < UDP_HEADER) { /* 0: longer than 64 KB (RFC 2675 4) */
        return CAMWATCH_DROP_L4_LENGTH;
    }
    if (length != 0 && length < cw_walk_wire(w)) {
        cw_walk_trim(w, length);
    }
    w->out->src_port = src_port;
    w->out->dst_port = dst_port;
    w->in = cw_bytes_from(w->in, UDP_HEADER);
    bool taken = false;
    unsigned reason = cw_decode_udp_tunnel(w, &taken);
    return taken ? reason : cw_walk_finish(w);
}

static unsigned
decode_icmp(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    uint8_t type = cw_cursor_u8(&c);
    uint8_t code = cw_cursor_u8(&c);
    cw_cursor_skip(&c, ICMP_HEADER - 2);
    if (!cw_cursor_ok(&c)) {
        return not_fitting(w, ICMP_HEADER);
    }
    w->out->icmp_type = type;
    w->out->icmp_code = code;
    w->in = cw_cursor_rest(&c);
    return cw_walk_finish(w);
}

static unsigned
decode_sctp(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    uint16_t src_port = cw_cursor_be16(&c);
    uint16_t dst_port = cw_cursor_be16(&c);
    cw_cursor_skip(&c, SCTP_HEADER - 4);
    if (!cw_cursor_ok(&c)) {
        return not_fitting(w, SCTP_HEADER);
    }
    w->out->src_port = src_port;
    w->out->dst_port = dst_port;
    w->in = cw_cursor_rest(&c);
    return cw_walk_finish(w);
}

/* IP in IP (RFC 2003, RFC 2473), 6in4 (RFC 4213). */
static unsigned
decode_ip_in_ip(struct cw_walk *w, uint8_t proto)
{
    bool is_6in4 = proto == PROTO_IP6 && cw_addr_is_v4(&w->out->src);
    unsigned tunnel = is_6in4 ? CW_TUNNEL_SIXINFOUR : CW_TUNNEL_IPIP;
    if (!cw_walk_takes(w, tunnel)) {
        return cw_walk_finish(w);
    }
    unsigned reason = cw_walk_enter(w, tunnel, 0);
    if (reason) {
        return reason;
    }
    return proto == PROTO_IPIP ? cw_decode_ip4(w) : cw_decode_ip6(w);
}

/* IPsec's authentication header carries the packet in clear (RFC 4302). */
static unsigned
decode_ah(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    uint8_t proto = PROTO_AH;
    for (unsigned n = 0; n < AH_MAX && proto == PROTO_AH; n++) {
        proto = cw_cursor_u8(&c);
        size_t length = cw_cursor_u8(&c);
        cw_cursor_skip(&c, (length + 2) * 4 - 2);
    }
    if (!cw_cursor_ok(&c)) {
        return CAMWATCH_DROP_L4_SHORT;
    }
    if (proto == PROTO_AH) {
        return CAMWATCH_DROP_L4_OTHER;
    }
    w->out->proto = proto;
    w->in = cw_cursor_rest(&c);
    return cw_decode_l4(w, proto);
}

unsigned
cw_decode_l4(struct cw_walk *w, uint8_t proto)
{
    switch (proto) {
    case CW_PROTO_TCP:
        return decode_tcp(w);
    case CW_PROTO_UDP:
        return decode_udp(w);
    case CW_PROTO_ICMP:
    case CW_PROTO_ICMP6:
        return decode_icmp(w);
    case CW_PROTO_SCTP:
        return decode_sctp(w);
    case PROTO_IPIP:
    case PROTO_IP6:
        return decode_ip_in_ip(w, proto);
    case PROTO_GRE:
        return cw_decode_gre(w);
    case PROTO_MPLS:
        return cw_walk_takes(w, CW_TUNNEL_MPLS) ? cw_decode_mpls(w) : cw_walk_finish(w);
    case PROTO_AH:
        return decode_ah(w);
    default:
        return CAMWATCH_DROP_L4_OTHER;
    }
}
