/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/walk.h"

static bool
is_error(const struct cw_packet *icmp)
{
    if (icmp->is_later_fragment) {
        return false;
    }
    if (icmp->proto == CW_PROTO_ICMP6) {
        return icmp->icmp_type >= 1 && icmp->icmp_type <= 4; /* RFC 4443 3 */
    }
    if (icmp->proto != CW_PROTO_ICMP) {
        return false;
    }
    switch (icmp->icmp_type) { /* RFC 792, without redirect: it refuses nothing */
    case 3:                    /* unreachable */
    case 4:                    /* source quench */
    case 11:                   /* time exceeded */
    case 12:                   /* parameter problem */
        return true;
    default:
        return false;
    }
}

static bool
read_l4(struct cw_bytes in, struct cw_packet *out)
{
    struct cw_cursor c = cw_cursor(in);
    switch (out->proto) {
    case CW_PROTO_TCP:
        out->src_port = cw_cursor_be16(&c);
        out->dst_port = cw_cursor_be16(&c);
        out->tcp_seq = cw_cursor_be32(&c);
        break;
    case CW_PROTO_UDP:
    case CW_PROTO_SCTP:
        out->src_port = cw_cursor_be16(&c);
        out->dst_port = cw_cursor_be16(&c);
        break;
    case CW_PROTO_ICMP:
    case CW_PROTO_ICMP6:
        out->icmp_type = cw_cursor_u8(&c);
        out->icmp_code = cw_cursor_u8(&c);
        break;
    default:
        break;
    }
    return cw_cursor_ok(&c);
}

bool
cw_decode_quoted(const struct cw_packet *icmp, struct cw_packet *quoted)
{
    if (!is_error(icmp)) {
        return false;
    }
    struct cw_ip ip;
    bool is_v6 = icmp->proto == CW_PROTO_ICMP6;
    unsigned reason = is_v6 ? cw_ip6_read(icmp->payload, &ip) : cw_ip4_read(icmp->payload, &ip);
    if (reason || ip.offset != 0) {
        return false;
    }
    struct cw_packet out = {
        .frame = icmp->frame,
        .vlan = icmp->vlan,
        .vlan_inner = icmp->vlan_inner,
        .tunnels = icmp->tunnels,
        .segment = icmp->segment,
        .ip = icmp->payload,
        .wire_len = icmp->wire_len,
        .is_cut = true,
    };
    cw_ip_commit(&ip, &out);
    if (!read_l4(cw_bytes_from(icmp->payload, ip.header), &out)) {
        return false;
    }
    *quoted = out;
    return true;
}
