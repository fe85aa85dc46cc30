/* SPDX-License-Identifier: Apache-2.0
 *
 * Ethernet and its VLAN tags (IEEE 802.1Q), LINKTYPE_RAW and LINKTYPE_LINUX_SLL of tcpdump.org, RFC 791,
 * RFC 8200, RFC 826.
 */
#include "frame_ends.h"

#include <string.h>

enum {
    DLT_ETHERNET = 1,
    DLT_RAW = 12,
    DLT_SLL = 113,
    ETHER_LEN = 14,
    SLL_LEN = 16,
    ETHER_IP4 = 0x0800,
    ETHER_ARP = 0x0806,
    ETHER_VLAN = 0x8100,
    ETHER_IP6 = 0x86dd,
    ETHER_QINQ = 0x88a8,
    IP4_LEN = 20,
    IP6_LEN = 40,
    ARP_LEN = 28,
    UDP = 17,
    PORT_DNS = 53,
};

/* A part of a frame. */
struct part {
    const uint8_t *at;
    size_t len;
};

static unsigned
word16(const uint8_t *at)
{
    return (unsigned)(at[0] << 8 | at[1]);
}

static struct part
behind(struct part part, size_t n)
{
    return part.len < n ? (struct part){part.at, 0} : (struct part){part.at + n, part.len - n};
}

/* What stands behind the link layer, and its EtherType; 0: unknown. */
static unsigned
network_of(const struct camwatch_frame *f, struct part *out)
{
    struct part all = {f->bytes, f->captured};
    if (f->link_type == DLT_RAW) {
        *out = all;
        unsigned version = all.len > 0 ? all.at[0] >> 4 : 0;
        return version == 4 ? ETHER_IP4 : version == 6 ? ETHER_IP6 : 0;
    }
    size_t header = f->link_type == DLT_ETHERNET ? ETHER_LEN
                    : f->link_type == DLT_SLL    ? SLL_LEN
                                                 : 0;
    if (header == 0 || all.len < header) {
        return 0;
    }
    unsigned type = word16(all.at + header - 2);
    *out = behind(all, header);
    while ((type == ETHER_VLAN || type == ETHER_QINQ) && out->len >= 4) {
        type = word16(out->at + 2);
        *out = behind(*out, 4);
    }
    return type;
}

static void
put_ip4(uint8_t out[16], const uint8_t *from)
{
    out[10] = out[11] = 0xff;
    memcpy(out + 12, from, 4);
}

static void
put_ports(struct cw_frame_ends *out, struct part udp)
{
    if (udp.len >= 4) {
        unsigned src = word16(udp.at), dst = word16(udp.at + 2);
        out->server = (uint16_t)cw_deal_server((uint16_t)src, (uint16_t)dst);
        out->is_dns = src == PORT_DNS || dst == PORT_DNS;
    }
}

static void
read_ip4(struct cw_frame_ends *out, struct part ip)
{
    if (ip.len < IP4_LEN || ip.at[0] >> 4 != 4) {
        return;
    }
    put_ip4(out->src, ip.at + 12);
    put_ip4(out->dst, ip.at + 16);
    bool is_later_fragment = word16(ip.at + 6) & 0x1fff;
    if (ip.at[9] == UDP && !is_later_fragment) {
        put_ports(out, behind(ip, (size_t)(ip.at[0] & 15) * 4));
    }
}

static void
read_ip6(struct cw_frame_ends *out, struct part ip)
{
    if (ip.len < IP6_LEN || ip.at[0] >> 4 != 6) {
        return;
    }
    memcpy(out->src, ip.at + 8, 16);
    memcpy(out->dst, ip.at + 24, 16);
    if (ip.at[6] == UDP) {
        put_ports(out, behind(ip, IP6_LEN));
    }
}

void
cw_frame_ends(const struct camwatch_frame *frame, struct cw_frame_ends *out)
{
    struct part network = {NULL, 0};
    memset(out, 0, sizeof(*out));
    unsigned type = network_of(frame, &network);
    if (frame->link_type == DLT_ETHERNET && frame->captured >= ETHER_LEN) {
        memcpy(out->dst_mac, frame->bytes, sizeof(out->dst_mac));
        memcpy(out->src_mac, frame->bytes + 6, sizeof(out->src_mac));
    }
    if (type == ETHER_IP4) {
        read_ip4(out, network);
    } else if (type == ETHER_IP6) {
        read_ip6(out, network);
    } else if (type == ETHER_ARP && network.len >= ARP_LEN) {
        put_ip4(out->src, network.at + 14);
        put_ip4(out->dst, network.at + 24);
    }
}
