/* SPDX-License-Identifier: Apache-2.0
 *
 * Tunnels over UDP. A port is a hint only: the header must be as its RFC says and what follows
 * must look like what it announces, else the datagram stays a datagram.
 */
#include "decode/ethertype.h"
#include "decode/walk.h"

enum inner_kind {
    INNER_ETHERNET,
    INNER_IP,
    INNER_WIFI,
};

/* What a probe found. */
struct shell {
    size_t header; /* length of the tunnel's own headers */
    uint32_t segment;
    enum inner_kind kind;
};

static bool
looks_like_ip(struct cw_bytes in, size_t wire)
{
    return cw_looks_like_ip4(in, wire) || cw_looks_like_ip6(in, wire);
}

/* RFC 7348 5. Of the reserved bits those of the group-policy extension (flag 0x80) may be set. */
static bool
probe_vxlan(struct cw_bytes in, size_t wire, struct shell *out)
{
    struct cw_cursor c = cw_cursor(in);
    uint8_t flags = cw_cursor_u8(&c);
    cw_cursor_skip(&c, 3);
    uint32_t vni = cw_cursor_be24(&c);
    uint8_t reserved = cw_cursor_u8(&c);
    if (!cw_cursor_ok(&c) || !(flags & 0x08) || (flags & 0x77) || reserved != 0) {
        return false;
    }
    *out = (struct shell){.header = 8, .segment = vni, .kind = INNER_ETHERNET};
    return cw_looks_like_ethernet(cw_cursor_rest(&c), wire - 8);
}

/* RFC 8926 3.4. */
static bool
probe_geneve(struct cw_bytes in, size_t wire, struct shell *out)
{
    struct cw_cursor c = cw_cursor(in);
    uint8_t first = cw_cursor_u8(&c);
    cw_cursor_skip(&c, 1); /* control and critical bits */
    uint16_t protocol = cw_cursor_be16(&c);
    uint32_t vni = cw_cursor_be24(&c);
    uint8_t reserved = cw_cursor_u8(&c);
    size_t options = (first & 0x3fu) * 4;
    cw_cursor_skip(&c, options);
    if (!cw_cursor_ok(&c) || first >> 6 != 0 || reserved != 0) {
        return false;
    }
    struct cw_bytes inner = cw_cursor_rest(&c);
    size_t inner_wire = wire - 8 - options;
    *out = (struct shell){.header = 8 + options, .segment = vni};
    out->kind = protocol == CW_ETHERTYPE_TEB ? INNER_ETHERNET : INNER_IP;
    switch (protocol) {
    case CW_ETHERTYPE_TEB:
        return cw_looks_like_ethernet(inner, inner_wire);
    case CW_ETHERTYPE_IP4:
        return cw_looks_like_ip4(inner, inner_wire);
    case CW_ETHERTYPE_IP6:
        return cw_looks_like_ip6(inner, inner_wire);
    default:
        return false;
    }
}

/* 3GPP TS 29.281 5.2.1: extension headers are chained, each 4 * length bytes, the next one's
 * type in the last of them. */
static bool
skip_gtp_extensions(struct cw_cursor *c)
{
    cw_cursor_skip(c, 3); /* sequence number, N-PDU number */
    uint8_t next = cw_cursor_u8(c);
    for (unsigned n = 0; next != 0 && cw_cursor_ok(c) && n < 8; n++) {
        size_t length = (size_t)cw_cursor_u8(c) * 4;
        if (length == 0) {
            return false;
        }
        cw_cursor_skip(c, length - 2);
        next = cw_cursor_u8(c);
    }
    return next == 0 && cw_cursor_ok(c);
}

static bool
probe_gtpu(struct cw_bytes in, size_t wire, struct shell *out)
{
    struct cw_cursor c = cw_cursor(in);
    uint8_t flags = cw_cursor_u8(&c);
    uint8_t type = cw_cursor_u8(&c);
    size_t length = cw_cursor_be16(&c);
    uint32_t teid = cw_cursor_be32(&c);
    bool is_tpdu = flags >> 4 == 0x3 && !(flags & 0x08) && type == 255; /* version 1, GTP */
    if (!cw_cursor_ok(&c) || !is_tpdu || length + 8 > wire) {
        return false;
    }
    if ((flags & 0x07) && !skip_gtp_extensions(&c)) {
        return false;
    }
    size_t header = (size_t)(c.pos - in.ptr);
    *out = (struct shell){.header = header, .segment = teid, .kind = INNER_IP};
    return looks_like_ip(cw_cursor_rest(&c), wire - header);
}

/* RFC 4380 5.1.1: an authentication and an origin indication may precede the packet. A bubble,
 * an IPv6 packet of nothing (next header 59), carries no conversation. */
static bool
probe_teredo(struct cw_bytes in, size_t wire, struct shell *out)
{
    struct cw_cursor c = cw_cursor(in);
    if (CW_STARTS(cw_cursor_rest(&c), "\x00\x01")) {
        cw_cursor_skip(&c, 2);
        size_t id = cw_cursor_u8(&c);
        size_t value = cw_cursor_u8(&c);
        cw_cursor_skip(&c, id + value + 9); /* nonce, confirmation */
    }
    if (CW_STARTS(cw_cursor_rest(&c), "\x00\x00")) {
        cw_cursor_skip(&c, 8);
    }
    struct cw_bytes inner = cw_cursor_rest(&c);
    size_t header = (size_t)(c.pos - in.ptr);
    *out = (struct shell){.header = header, .kind = INNER_IP};
    return cw_cursor_ok(&c) && cw_looks_like_ip6(inner, wire - header) &&
           cw_u8_at(inner, 6) != 59;
}

/* RFC 5415 4.3, data channel only: version 0, no DTLS, no fragment, no keep-alive. */
static bool
probe_capwap(struct cw_bytes in, size_t wire, struct shell *out)
{
    struct cw_cursor c = cw_cursor(in);
    uint8_t preamble = cw_cursor_u8(&c);
    uint32_t fields = cw_cursor_be24(&c);
    cw_cursor_skip(&c, 4); /* fragment */
    size_t header = (fields >> 19) * 4;
    bool is_native = fields & 0x100;
    bool is_wifi = (fields >> 9 & 0x1f) == 1;
    bool is_part = fields & 0x80;
    bool is_keepalive = fields & 0x08;
    if (!cw_cursor_ok(&c) || preamble != 0 || header < 8 || header >= in.len || is_part ||
        is_keepalive || (is_native && !is_wifi)) {
        return false;
    }
    struct cw_bytes inner = cw_bytes_from(in, header);
    *out = (struct shell){.header = header, .kind = is_native ? INNER_WIFI : INNER_ETHERNET};
    if (!is_native) {
        return cw_looks_like_ethernet(inner, wire - header);
    }
    return inner.len >= 24 && (cw_u8_at(inner, 0) & 0x03) == 0;
}

struct udp_tunnel {
    uint16_t port;
    uint16_t tunnel;   /* enum cw_tunnel */
    bool is_symmetric; /* answers come from the port; else it is the destination's only */
    bool (*probe)(struct cw_bytes in, size_t wire, struct shell *out);
};

static const struct udp_tunnel tunnels[] = {
    {4789, CW_TUNNEL_VXLAN, false, probe_vxlan}, /* RFC 7348 */
    {8472, CW_TUNNEL_VXLAN, false, probe_vxlan}, /* Linux before the RFC, flannel */
    {6081, CW_TUNNEL_GENEVE, false, probe_geneve}, {2152, CW_TUNNEL_GTPU, true, probe_gtpu},
    {3544, CW_TUNNEL_TEREDO, true, probe_teredo},  {5247, CW_TUNNEL_CAPWAP, true, probe_capwap},
};

static const struct udp_tunnel *
find(uint16_t port, bool is_source)
{
    for (size_t i = 0; i < sizeof(tunnels) / sizeof(*tunnels); i++) {
        if (tunnels[i].port == port && (!is_source || tunnels[i].is_symmetric)) {
            return &tunnels[i];
        }
    }
    return NULL;
}

static unsigned
decode_inside(struct cw_walk *w, enum inner_kind kind)
{
    switch (kind) {
    case INNER_ETHERNET:
        return cw_decode_ethernet(w);
    case INNER_WIFI:
        return cw_decode_wifi(w);
    case INNER_IP:
        break;
    }
    return cw_decode_ip(w);
}

unsigned
cw_decode_udp_tunnel(struct cw_walk *w, bool *taken)
{
    const struct udp_tunnel *t = find(w->out->dst_port, false);
    if (!t) {
        t = find(w->out->src_port, true);
    }
    struct shell shell;
    *taken = t && cw_walk_takes(w, t->tunnel) && t->probe(w->in, cw_walk_wire(w), &shell);
    if (!*taken) {
        return CAMWATCH_DROP_NONE;
    }
    w->in = cw_bytes_from(w->in, shell.header);
    unsigned reason = cw_walk_enter(w, t->tunnel, shell.segment);
    return reason ? reason : decode_inside(w, shell.kind);
}
