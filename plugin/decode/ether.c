/* SPDX-License-Identifier: Apache-2.0
 *
 * Ethernet II, IEEE 802.3 with LLC and SNAP, 802.1Q and 802.1ad tags, 802.1ah (PBB).
 */
#include "decode/ethertype.h"
#include "decode/walk.h"

#define LENGTH_MAX 1500 /* above it the field is a type (IEEE 802.3 3.2.6) */

static unsigned
too_short(const struct cw_walk *w)
{
    return w->depth ? CAMWATCH_DROP_TUNNEL_SHORT : CAMWATCH_DROP_LINK_SHORT;
}

/* Also 0x9100, the tag of older QinQ switches. */
static unsigned
decode_vlan(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    uint16_t id = cw_cursor_be16(&c) & 0x0fff;
    uint16_t type = cw_cursor_be16(&c);
    if (!cw_cursor_ok(&c)) {
        return too_short(w);
    }
    if (++w->tags > CW_WALK_TAGS_MAX) {
        return CAMWATCH_DROP_TUNNEL_DEEP;
    }
    if (w->out->vlan == 0) {
        w->out->vlan = id;
    } else {
        w->out->vlan_inner = id;
    }
    w->in = cw_cursor_rest(&c);
    return cw_decode_ethertype(w, type);
}

/* IEEE 802.1ah: the I-TAG, of which the low 24 bits are the service, then the customer's frame. */
static unsigned
decode_pbb(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    uint32_t tag = cw_cursor_be32(&c);
    if (!cw_cursor_ok(&c)) {
        return too_short(w);
    }
    if (++w->tags > CW_WALK_TAGS_MAX) {
        return CAMWATCH_DROP_TUNNEL_DEEP;
    }
    w->out->segment = tag & 0xffffff;
    w->in = cw_cursor_rest(&c);
    return cw_decode_ethernet(w);
}

static unsigned
decode_snap(struct cw_walk *w, uint32_t oui, uint16_t type)
{
    if (oui == 0x000000 || oui == 0x0000f8) { /* RFC 1042; IEEE 802.1H */
        return type > LENGTH_MAX ? cw_decode_ethertype(w, type) : CAMWATCH_DROP_ETHERTYPE_OTHER;
    }
    if (oui == 0x00000c) { /* Cisco: CDP, VTP, DTP, UDLD, PVST */
        return CAMWATCH_DROP_LINK_CONTROL;
    }
    return CAMWATCH_DROP_ETHERTYPE_OTHER;
}

unsigned
cw_decode_llc(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    uint8_t dsap = cw_cursor_u8(&c);
    uint8_t ssap = cw_cursor_u8(&c);
    uint8_t control = cw_cursor_u8(&c);
    if (!cw_cursor_ok(&c)) {
        return too_short(w);
    }
    w->in = cw_cursor_rest(&c);
    if (dsap == 0xaa && ssap == 0xaa && control == 0x03) {
        uint32_t oui = cw_cursor_be24(&c);
        uint16_t type = cw_cursor_be16(&c);
        w->in = cw_cursor_rest(&c);
        return cw_cursor_ok(&c) ? decode_snap(w, oui, type) : too_short(w);
    }
    switch (dsap) {
    case 0x06: /* IP over LLC */
        return control == 0x03 ? cw_decode_ethertype(w, CW_ETHERTYPE_IP4)
                               : CAMWATCH_DROP_ETHERTYPE_OTHER;
    case 0x00: /* null: XID, TEST */
    case 0x42: /* spanning tree */
    case 0xfe: /* IS-IS and other OSI */
        return CAMWATCH_DROP_LINK_CONTROL;
    default:
        return CAMWATCH_DROP_ETHERTYPE_OTHER;
    }
}

static unsigned
decode_length(struct cw_walk *w, uint16_t length)
{
    if (length > LENGTH_MAX) {
        return CAMWATCH_DROP_ETHERTYPE_OTHER;
    }
    if (length < cw_walk_wire(w)) {
        cw_walk_trim(w, length); /* the rest is padding */
    }
    return cw_decode_llc(w);
}

unsigned
cw_decode_ethertype(struct cw_walk *w, uint16_t type)
{
    w->out->ethertype = type;
    switch (type) {
    case CW_ETHERTYPE_IP4:
        return cw_decode_ip4(w);
    case CW_ETHERTYPE_IP6:
        return cw_decode_ip6(w);
    case CW_ETHERTYPE_VLAN:
    case CW_ETHERTYPE_QINQ:
    case CW_ETHERTYPE_QINQ_OLD:
        return decode_vlan(w);
    case CW_ETHERTYPE_MPLS:
    case CW_ETHERTYPE_MPLS_GROUP:
        return cw_decode_mpls(w);
    case CW_ETHERTYPE_PPPOE:
        return cw_decode_pppoe(w);
    case CW_ETHERTYPE_PBB:
        return decode_pbb(w);
    case CW_ETHERTYPE_ARP:
    case CW_ETHERTYPE_SADP:
    case CW_ETHERTYPE_8D8D:
    case CW_ETHERTYPE_LLDP:
        return cw_walk_finish(w);
    case CW_ETHERTYPE_PPPOE_DISCOVERY:
    case CW_ETHERTYPE_PAUSE:
    case CW_ETHERTYPE_SLOW:
    case CW_ETHERTYPE_EAPOL:
    case CW_ETHERTYPE_MACSEC:
    case CW_ETHERTYPE_LOOPBACK:
        return CAMWATCH_DROP_LINK_CONTROL;
    default:
        return type < CW_ETHERTYPE_LEAST ? decode_length(w, type)
                                         : CAMWATCH_DROP_ETHERTYPE_OTHER;
    }
}

unsigned
cw_decode_ethernet(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    const uint8_t *macs = cw_cursor_advance(&c, 12);
    uint16_t type = cw_cursor_be16(&c);
    if (!cw_cursor_ok(&c)) {
        return too_short(w);
    }
    memcpy(w->out->dst_mac.b, macs, 6);
    memcpy(w->out->src_mac.b, macs + 6, 6);
    w->out->on_link = true;
    w->in = cw_cursor_rest(&c);
    return cw_decode_ethertype(w, type);
}

bool
cw_looks_like_ethernet(struct cw_bytes in, size_t wire)
{
    if (in.len < 14 || wire < 14) {
        return false;
    }
    struct cw_bytes body = cw_bytes_from(in, 14);
    uint16_t type = cw_be16_at(in, 12);
    switch (type) {
    case CW_ETHERTYPE_IP4:
        return cw_looks_like_ip4(body, wire - 14);
    case CW_ETHERTYPE_IP6:
        return cw_looks_like_ip6(body, wire - 14);
    case CW_ETHERTYPE_ARP:
        return cw_be16_at(body, 0) == 1; /* hardware: Ethernet */
    case CW_ETHERTYPE_VLAN:
    case CW_ETHERTYPE_QINQ:
    case CW_ETHERTYPE_MPLS:
    case CW_ETHERTYPE_PPPOE:
    case CW_ETHERTYPE_PPPOE_DISCOVERY:
    case CW_ETHERTYPE_LLDP:
    case CW_ETHERTYPE_SADP:
    case CW_ETHERTYPE_8D8D:
    case CW_ETHERTYPE_EAPOL:
    case CW_ETHERTYPE_SLOW:
    case CW_ETHERTYPE_LOOPBACK:
        return true;
    default:
        return type >= 3 && type <= LENGTH_MAX && type <= wire - 14 &&
               cw_u8_at(body, 2) == 0x03;
    }
}
