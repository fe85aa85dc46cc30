/* SPDX-License-Identifier: Apache-2.0
 *
 * Link types by their DLT_ value (tcpdump.org/linktypes.html), and the small ones among them.
 */
#include "decode/ethertype.h"
#include "decode/walk.h"

enum dlt { /* as pcap_datalink() gives them on Linux */
           DLT_NULL = 0,
           DLT_EN10MB = 1,
           DLT_PPP = 9,
           DLT_RAW = 12,
           DLT_RAW_OPENBSD = 14,
           DLT_PPP_SERIAL = 50,
           DLT_PPP_ETHER = 51,
           DLT_RAW_FILE = 101,
           DLT_C_HDLC = 104,
           DLT_IEEE802_11 = 105,
           DLT_LOOP = 108,
           DLT_LINUX_SLL = 113,
           DLT_PRISM = 119,
           DLT_IEEE802_11_RADIO = 127,
           DLT_IEEE802_11_AVS = 163,
           DLT_IPV4 = 228,
           DLT_IPV6 = 229,
           DLT_LINUX_SLL2 = 276,
};

enum arphrd { /* linux/if_arp.h */
              ARPHRD_NETLINK = 824,
              ARPHRD_IEEE80211 = 801,
              ARPHRD_IEEE80211_PRISM = 802,
              ARPHRD_IEEE80211_RADIOTAP = 803,
};

#define SLL_PROTOCOL_LLC 0x0004

/* Address families of the BSDs, Darwin and Linux. */
static unsigned
decode_family(struct cw_walk *w, uint32_t family)
{
    switch (family) {
    case 2:
        return cw_decode_ip4(w);
    case 10:
    case 24:
    case 28:
    case 30:
        return cw_decode_ip6(w);
    default:
        return CAMWATCH_DROP_ETHERTYPE_OTHER;
    }
}

/* DLT_NULL is in the byte order of the host that captured, DLT_LOOP in network order. */
static unsigned
decode_null(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    uint32_t family = cw_cursor_be32(&c);
    if (!cw_cursor_ok(&c)) {
        return CAMWATCH_DROP_LINK_SHORT;
    }
    if (family > 0xffff) {
        family = cw_le32_at(w->in, 0);
    }
    w->in = cw_cursor_rest(&c);
    return decode_family(w, family);
}

static unsigned
decode_cooked(struct cw_walk *w, uint16_t hardware, struct cw_bytes address, uint16_t protocol)
{
    if (address.len == sizeof(w->out->src_mac.b)) {
        memcpy(w->out->src_mac.b, address.ptr, address.len);
        w->out->on_link = true;
    }
    switch (hardware) {
    case ARPHRD_NETLINK:
        return CAMWATCH_DROP_LINK_CONTROL;
    case ARPHRD_IEEE80211:
        return cw_decode_wifi(w);
    case ARPHRD_IEEE80211_PRISM:
        return cw_decode_prism(w);
    case ARPHRD_IEEE80211_RADIOTAP:
        return cw_decode_radiotap(w);
    default:
        break;
    }
    if (protocol == SLL_PROTOCOL_LLC) {
        return cw_decode_llc(w);
    }
    return protocol < CW_ETHERTYPE_LEAST ? CAMWATCH_DROP_ETHERTYPE_OTHER
                                         : cw_decode_ethertype(w, protocol);
}

static unsigned
decode_sll(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    cw_cursor_skip(&c, 2); /* packet type */
    uint16_t hardware = cw_cursor_be16(&c);
    uint16_t length = cw_cursor_be16(&c);
    struct cw_bytes address = cw_cursor_take(&c, 8);
    uint16_t protocol = cw_cursor_be16(&c);
    if (!cw_cursor_ok(&c)) {
        return CAMWATCH_DROP_LINK_SHORT;
    }
    w->in = cw_cursor_rest(&c);
    return decode_cooked(w, hardware, cw_bytes_head(address, length), protocol);
}

static unsigned
decode_sll2(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    uint16_t protocol = cw_cursor_be16(&c);
    cw_cursor_skip(&c, 6); /* reserved, interface index */
    uint16_t hardware = cw_cursor_be16(&c);
    cw_cursor_skip(&c, 1); /* packet type */
    uint8_t length = cw_cursor_u8(&c);
    struct cw_bytes address = cw_cursor_take(&c, 8);
    if (!cw_cursor_ok(&c)) {
        return CAMWATCH_DROP_LINK_SHORT;
    }
    w->in = cw_cursor_rest(&c);
    return decode_cooked(w, hardware, cw_bytes_head(address, length), protocol);
}

/* Cisco HDLC: address, control, then an EtherType; 8035 is SLARP, 2000 CDP. */
static unsigned
decode_hdlc(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    cw_cursor_skip(&c, 2);
    uint16_t type = cw_cursor_be16(&c);
    if (!cw_cursor_ok(&c)) {
        return CAMWATCH_DROP_LINK_SHORT;
    }
    w->in = cw_cursor_rest(&c);
    if (type == 0x8035 || type == 0x2000) {
        return CAMWATCH_DROP_LINK_CONTROL;
    }
    return type < CW_ETHERTYPE_LEAST ? CAMWATCH_DROP_ETHERTYPE_OTHER
                                     : cw_decode_ethertype(w, type);
}

/* PPP in HDLC framing, or Cisco HDLC (RFC 1547 4.3.1). */
static unsigned
decode_serial(struct cw_walk *w)
{
    uint8_t address = cw_u8_at(w->in, 0);
    return address == 0x0f || address == 0x8f ? decode_hdlc(w) : cw_decode_ppp(w);
}

unsigned
cw_decode_link(struct cw_walk *w, uint32_t link_type)
{
    switch (link_type) {
    case DLT_EN10MB:
        return cw_decode_ethernet(w);
    case DLT_LINUX_SLL:
        return decode_sll(w);
    case DLT_LINUX_SLL2:
        return decode_sll2(w);
    case DLT_RAW:
    case DLT_RAW_OPENBSD:
    case DLT_RAW_FILE:
        return cw_decode_ip(w);
    case DLT_IPV4:
        return cw_decode_ip4(w);
    case DLT_IPV6:
        return cw_decode_ip6(w);
    case DLT_NULL:
    case DLT_LOOP:
        return decode_null(w);
    case DLT_PPP:
    case DLT_PPP_SERIAL:
        return decode_serial(w);
    case DLT_PPP_ETHER:
        return cw_decode_pppoe(w);
    case DLT_C_HDLC:
        return decode_hdlc(w);
    case DLT_IEEE802_11:
        return cw_decode_wifi(w);
    case DLT_IEEE802_11_RADIO:
        return cw_decode_radiotap(w);
    case DLT_PRISM:
    case DLT_IEEE802_11_AVS:
        return cw_decode_prism(w);
    default:
        return CAMWATCH_DROP_LINK_UNKNOWN;
    }
}
