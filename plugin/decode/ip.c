/* SPDX-License-Identifier: Apache-2.0
 *
 * IPv4 (RFC 791) and IPv6 (RFC 8200) with its extension headers.
 */
#include "decode/walk.h"

#define IP4_HEADER     20
#define IP6_HEADER     40
#define EXTENSIONS_MAX 10

enum ip6_next {
    NEXT_HOP_BY_HOP = 0,
    NEXT_ROUTING = 43,
    NEXT_FRAGMENT = 44,
    NEXT_AH = 51,
    NEXT_DESTINATION = 60,
    NEXT_MOBILITY = 135,
    NEXT_HIP = 139,
    NEXT_SHIM6 = 140,
};

unsigned
cw_ip4_read(struct cw_bytes in, struct cw_ip *out)
{
    struct cw_cursor c = cw_cursor(in);
    const uint8_t *h = cw_cursor_advance(&c, IP4_HEADER);
    if (!h) {
        bool is_other = in.len > 0 && in.ptr[0] >> 4 != 4;
        return is_other ? CAMWATCH_DROP_IP_VERSION : CAMWATCH_DROP_IP_SHORT;
    }
    if (h[0] >> 4 != 4) {
        return CAMWATCH_DROP_IP_VERSION;
    }
    uint32_t header = (h[0] & 0x0fu) * 4;
    uint32_t total =
        (uint32_t)h[2] << 8 | h[3]; /* 0: the sender's network card cuts it (TSO) */
    uint32_t flags = (uint32_t)h[6] << 8 | h[7];
    if (header < IP4_HEADER || (total != 0 && total < header)) {
        return CAMWATCH_DROP_IP_LENGTH;
    }
    if (in.len < header) {
        return CAMWATCH_DROP_IP_SHORT;
    }
    *out = (struct cw_ip){
        .src = h + 12,
        .dst = h + 16,
        .header = header,
        .total = total,
        .id = (uint32_t)h[4] << 8 | h[5],
        .offset = (flags & 0x1fff) * 8,
        .proto = h[9],
        .ttl = h[8],
        .is_v4 = true,
        .is_fragment = flags & 0x3fff,
    };
    return CAMWATCH_DROP_NONE;
}

/* RFC 8200 4.5. An atomic fragment (RFC 6946) is no fragment. */
static void
read_fragment(struct cw_cursor *c, struct cw_ip *ip)
{
    uint16_t field = cw_cursor_be16(c);
    ip->id = cw_cursor_be32(c);
    ip->offset = field & 0xfff8;
    ip->is_fragment = field & 0xfff9;
}

/* One extension header; false when proto is none. */
static bool
read_extension(struct cw_cursor *c, struct cw_ip *ip)
{
    uint8_t kind = ip->proto;
    switch (kind) {
    case NEXT_HOP_BY_HOP:
    case NEXT_ROUTING:
    case NEXT_DESTINATION:
    case NEXT_MOBILITY:
    case NEXT_HIP:
    case NEXT_SHIM6:
    case NEXT_FRAGMENT:
    case NEXT_AH:
        break;
    default:
        return false;
    }
    ip->proto = cw_cursor_u8(c);
    size_t length = cw_cursor_u8(c);
    if (kind == NEXT_FRAGMENT) {
        read_fragment(c, ip);
    } else if (kind == NEXT_AH) {
        cw_cursor_skip(c, (length + 2) * 4 - 2); /* RFC 4302 2.2 */
    } else {
        cw_cursor_skip(c, (length + 1) * 8 - 2);
    }
    return true;
}

unsigned
cw_ip6_read(struct cw_bytes in, struct cw_ip *out)
{
    struct cw_cursor c = cw_cursor(in);
    const uint8_t *h = cw_cursor_advance(&c, IP6_HEADER);
    if (!h) {
        bool is_other = in.len > 0 && in.ptr[0] >> 4 != 6;
        return is_other ? CAMWATCH_DROP_IP_VERSION : CAMWATCH_DROP_IP_SHORT;
    }
    if (h[0] >> 4 != 6) {
        return CAMWATCH_DROP_IP_VERSION;
    }
    uint32_t length =
        (uint32_t)h[4] << 8 | h[5]; /* 0: a jumbogram, or cut by the network card */
    struct cw_ip ip = {
        .src = h + 8,
        .dst = h + 24,
        .total = length ? length + IP6_HEADER : 0,
        .proto = h[6],
        .ttl = h[7],
    };
    unsigned n = 0;
    while (n <= EXTENSIONS_MAX && ip.offset == 0 && read_extension(&c, &ip)) {
        n++;
    }
    ip.header = (uint32_t)(c.pos - in.ptr);
    bool is_beyond = ip.total != 0 && ip.header > ip.total;
    if (!cw_cursor_ok(&c) || n > EXTENSIONS_MAX || is_beyond) {
        return CAMWATCH_DROP_IP6_EXTENSIONS;
    }
    *out = ip;
    return CAMWATCH_DROP_NONE;
}

void
cw_ip_commit(const struct cw_ip *ip, struct cw_packet *out)
{
    out->is_ip = true;
    out->is_fragment = ip->is_fragment;
    out->is_later_fragment = ip->offset != 0;
    out->proto = ip->proto;
    out->ttl = ip->ttl;
    out->src = ip->is_v4 ? cw_addr_v4(ip->src) : cw_addr_v6(ip->src);
    out->dst = ip->is_v4 ? cw_addr_v4(ip->dst) : cw_addr_v6(ip->dst);
}

/* A first fragment is remembered, a later one gets what its first one was. */
static unsigned
decode_fragment(struct cw_walk *w, const struct cw_ip *ip)
{
    struct cw_packet *out = w->out;
    struct cw_fragments *fragments = w->decoder->fragments;
    int64_t now = out->frame->time_ns;
    struct cw_fragment_key key = {
        .src = out->src, .dst = out->dst, .id = ip->id, .proto = ip->is_v4 ? ip->proto : 0};
    if (ip->offset != 0) {
        unsigned reason = cw_fragments_apply(fragments, &key, now, out);
        w->in = cw_bytes_head(w->in, 0);
        w->missing = 0;
        return reason ? reason : cw_walk_finish(w);
    }
    struct cw_fragment *place = NULL;
    if (w->n_pending < sizeof(w->pending) / sizeof(*w->pending)) {
        place = cw_fragments_add(fragments, &key, now);
    }
    if (place) {
        w->pending[w->n_pending++] = place;
    }
    return cw_decode_l4(w, ip->proto);
}

static unsigned
decode_rest(struct cw_walk *w, const struct cw_ip *ip)
{
    if (ip->total != 0) {
        cw_walk_trim(w, ip->total);
    }
    w->out->ip = w->in;
    cw_ip_commit(ip, w->out);
    w->in = cw_bytes_from(w->in, ip->header);
    return ip->is_fragment ? decode_fragment(w, ip) : cw_decode_l4(w, ip->proto);
}

unsigned
cw_decode_ip4(struct cw_walk *w)
{
    struct cw_ip ip;
    unsigned reason = cw_ip4_read(w->in, &ip);
    return reason ? reason : decode_rest(w, &ip);
}

unsigned
cw_decode_ip6(struct cw_walk *w)
{
    struct cw_ip ip;
    unsigned reason = cw_ip6_read(w->in, &ip);
    return reason ? reason : decode_rest(w, &ip);
}

unsigned
cw_decode_ip(struct cw_walk *w)
{
    return cw_u8_at(w->in, 0) >> 4 == 6 ? cw_decode_ip6(w) : cw_decode_ip4(w);
}

bool
cw_looks_like_ip4(struct cw_bytes in, size_t wire)
{
    struct cw_ip ip;
    return cw_ip4_read(in, &ip) == CAMWATCH_DROP_NONE && ip.total <= wire;
}

bool
cw_looks_like_ip6(struct cw_bytes in, size_t wire)
{
    uint32_t total = cw_be16_at(in, 4) + (uint32_t)IP6_HEADER;
    return in.len >= IP6_HEADER && in.ptr[0] >> 4 == 6 && total <= wire;
}
