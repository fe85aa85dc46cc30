/* SPDX-License-Identifier: Apache-2.0
 *
 * PPP (RFC 1661, RFC 1662) and PPPoE (RFC 2516).
 */
#include "decode/walk.h"

enum ppp_protocol {
    PPP_IP4 = 0x0021,
    PPP_IP6 = 0x0057,
    PPP_ENCRYPTED = 0x0053,
    PPP_COMPRESSED = 0x00fd,
    PPP_MPLS = 0x0281,
    PPP_MPLS_GROUP = 0x0283,
    PPP_CONTROL = 0x4000, /* from here on low-volume, network and link control */
};

/* Both bytes of address and control, and the first one of the protocol, may have been left out
 * (RFC 1661 6.5, 6.6). */
unsigned
cw_decode_ppp(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    if (CW_STARTS(w->in, "\xff\x03")) {
        cw_cursor_skip(&c, 2);
    }
    uint16_t protocol = cw_cursor_u8(&c);
    if (!(protocol & 1)) {
        protocol = (uint16_t)(protocol << 8 | cw_cursor_u8(&c));
    }
    if (!cw_cursor_ok(&c)) {
        return w->depth ? CAMWATCH_DROP_TUNNEL_SHORT : CAMWATCH_DROP_LINK_SHORT;
    }
    w->in = cw_cursor_rest(&c);
    switch (protocol) {
    case PPP_IP4:
        return cw_decode_ip4(w);
    case PPP_IP6:
        return cw_decode_ip6(w);
    case PPP_MPLS:
    case PPP_MPLS_GROUP:
        return cw_decode_mpls(w);
    case PPP_ENCRYPTED:
    case PPP_COMPRESSED:
        return CAMWATCH_DROP_LINK_CONTROL;
    default:
        return protocol >= PPP_CONTROL ? CAMWATCH_DROP_LINK_CONTROL
                                       : CAMWATCH_DROP_ETHERTYPE_OTHER;
    }
}

unsigned
cw_decode_pppoe(struct cw_walk *w)
{
    if (!cw_walk_takes(w, CW_TUNNEL_PPPOE)) {
        return CAMWATCH_DROP_ETHERTYPE_OTHER;
    }
    struct cw_cursor c = cw_cursor(w->in);
    uint8_t version_type = cw_cursor_u8(&c);
    uint8_t code = cw_cursor_u8(&c);
    cw_cursor_skip(&c, 2); /* session: given by the server, no key between servers */
    uint16_t length = cw_cursor_be16(&c);
    if (!cw_cursor_ok(&c) || version_type != 0x11) {
        return CAMWATCH_DROP_TUNNEL_SHORT;
    }
    if (code != 0) {
        return CAMWATCH_DROP_LINK_CONTROL;
    }
    w->in = cw_cursor_rest(&c);
    if (length < cw_walk_wire(w)) {
        cw_walk_trim(w, length);
    }
    unsigned reason = cw_walk_enter(w, CW_TUNNEL_PPPOE, 0);
    return reason ? reason : cw_decode_ppp(w);
}
