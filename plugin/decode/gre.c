/* SPDX-License-Identifier: Apache-2.0
 *
 * GRE (RFC 2784, RFC 2890, RFC 1701's checksum), PPTP's version 1 (RFC 2637), ERSPAN types I to
 * III (draft-foschiano-erspan-03).
 */
#include "decode/ethertype.h"
#include "decode/walk.h"

enum gre_flag {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACK = 0x0080, /* version 1 */
    GRE_VERSION = 0x0007,
};

struct gre {
    uint16_t flags;
    uint16_t protocol;
    uint32_t key;
};

static unsigned
enter_ethernet(struct cw_walk *w, uint32_t segment)
{
    unsigned reason = cw_walk_enter(w, CW_TUNNEL_ERSPAN, segment);
    return reason ? reason : cw_decode_ethernet(w);
}

/* Type I has neither a sequence number nor a header, type II has both. */
static unsigned
decode_erspan(struct cw_walk *w, const struct gre *gre)
{
    if (!(gre->flags & GRE_SEQUENCE)) {
        return enter_ethernet(w, 0);
    }
    struct cw_cursor c = cw_cursor(w->in);
    cw_cursor_skip(&c, 2);
    uint32_t session = cw_cursor_be16(&c) & 0x03ff;
    cw_cursor_skip(&c, 4);
    if (!cw_cursor_ok(&c)) {
        return CAMWATCH_DROP_TUNNEL_SHORT;
    }
    w->in = cw_cursor_rest(&c);
    return enter_ethernet(w, session);
}

/* Type III: 12 bytes, and 8 more of the platform when the last bit says so. P with frame type 2
 * would be an IP packet without Ethernet. */
static unsigned
decode_erspan3(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    unsigned version = cw_cursor_u8(&c) >> 4;
    cw_cursor_skip(&c, 1);
    uint32_t session = cw_cursor_be16(&c) & 0x03ff;
    cw_cursor_skip(&c, 6); /* timestamp, group tag */
    uint16_t last = cw_cursor_be16(&c);
    if (last & 0x0001) {
        cw_cursor_skip(&c, 8);
    }
    if (!cw_cursor_ok(&c) || version != 2) {
        return CAMWATCH_DROP_TUNNEL_SHORT;
    }
    w->in = cw_cursor_rest(&c);
    bool is_ip = (last & 0x8000) && (last >> 10 & 0x1f) == 2;
    if (!is_ip) {
        return enter_ethernet(w, session);
    }
    unsigned reason = cw_walk_enter(w, CW_TUNNEL_ERSPAN, session);
    return reason ? reason : cw_decode_ip(w);
}

static unsigned
decode_inside(struct cw_walk *w, const struct gre *gre)
{
    bool is_erspan =
        gre->protocol == CW_ETHERTYPE_ERSPAN || gre->protocol == CW_ETHERTYPE_ERSPAN3;
    if (is_erspan) {
        if (!cw_walk_takes(w, CW_TUNNEL_ERSPAN)) {
            return cw_walk_finish(w);
        }
        return gre->protocol == CW_ETHERTYPE_ERSPAN ? decode_erspan(w, gre) : decode_erspan3(w);
    }
    if (!cw_walk_takes(w, CW_TUNNEL_GRE)) {
        return cw_walk_finish(w);
    }
    unsigned reason = cw_walk_enter(w, CW_TUNNEL_GRE, gre->key);
    if (reason) {
        return reason;
    }
    switch (gre->protocol) {
    case 0: /* keep-alive */
        return CAMWATCH_DROP_LINK_CONTROL;
    case CW_ETHERTYPE_TEB:
        return cw_decode_ethernet(w);
    case CW_ETHERTYPE_PPP:
        return cw_decode_ppp(w);
    default:
        return gre->protocol < CW_ETHERTYPE_LEAST ? CAMWATCH_DROP_ETHERTYPE_OTHER
                                                  : cw_decode_ethertype(w, gre->protocol);
    }
}

/* The key of version 1 is the length of what follows and the number of the call. */
static unsigned
decode_pptp(struct cw_walk *w, struct cw_cursor *c, struct gre *gre)
{
    uint16_t length = cw_cursor_be16(c);
    gre->key = cw_cursor_be16(c);
    if (gre->flags & GRE_SEQUENCE) {
        cw_cursor_skip(c, 4);
    }
    if (gre->flags & GRE_ACK) {
        cw_cursor_skip(c, 4);
    }
    if (!cw_cursor_ok(c) || gre->protocol != CW_ETHERTYPE_PPP) {
        return CAMWATCH_DROP_TUNNEL_SHORT;
    }
    w->in = cw_cursor_rest(c);
    if (length == 0) { /* nothing but an acknowledgement */
        return CAMWATCH_DROP_LINK_CONTROL;
    }
    if (length < cw_walk_wire(w)) {
        cw_walk_trim(w, length);
    }
    return decode_inside(w, gre);
}

unsigned
cw_decode_gre(struct cw_walk *w)
{
    struct cw_cursor c = cw_cursor(w->in);
    struct gre gre = {.flags = cw_cursor_be16(&c)};
    gre.protocol = cw_cursor_be16(&c);
    unsigned version = gre.flags & GRE_VERSION;
    if (cw_cursor_ok(&c) && version == 1) {
        return decode_pptp(w, &c, &gre);
    }
    if (gre.flags & (GRE_CHECKSUM | GRE_ROUTING)) {
        cw_cursor_skip(&c, 4);
    }
    if (gre.flags & GRE_KEY) {
        gre.key = cw_cursor_be32(&c);
    }
    if (gre.flags & GRE_SEQUENCE) {
        cw_cursor_skip(&c, 4);
    }
    if (!cw_cursor_ok(&c) || version != 0 || (gre.flags & GRE_ROUTING)) {
        return CAMWATCH_DROP_TUNNEL_SHORT;
    }
    w->in = cw_cursor_rest(&c);
    return decode_inside(w, &gre);
}
