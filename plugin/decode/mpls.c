/* SPDX-License-Identifier: Apache-2.0
 *
 * MPLS label stacks (RFC 3032). Nothing says what is inside: the first four bits and the looks
 * of what follows tell (RFC 4385 3, RFC 4928).
 */
#include "decode/walk.h"

#define LABELS_MAX 16

static unsigned
decode_inside(struct cw_walk *w)
{
    size_t wire = cw_walk_wire(w);
    if (w->in.len == 0) {
        return CAMWATCH_DROP_TUNNEL_SHORT;
    }
    unsigned nibble = cw_u8_at(w->in, 0) >> 4;
    if (nibble == 0 && cw_looks_like_ethernet(cw_bytes_from(w->in, 4), wire - 4)) {
        w->in = cw_bytes_from(w->in, 4); /* control word of a pseudo-wire */
        return cw_decode_ethernet(w);
    }
    bool is_ethernet = cw_looks_like_ethernet(w->in, wire);
    if (nibble == 4 && (!is_ethernet || cw_looks_like_ip4(w->in, wire))) {
        return cw_decode_ip4(w);
    }
    if (nibble == 6 && (!is_ethernet || cw_looks_like_ip6(w->in, wire))) {
        return cw_decode_ip6(w);
    }
    if (is_ethernet) {
        return cw_decode_ethernet(w);
    }
    /* 1: associated channel, RFC 5586 */
    return nibble == 1 ? CAMWATCH_DROP_LINK_CONTROL : CAMWATCH_DROP_ETHERTYPE_OTHER;
}

unsigned
cw_decode_mpls(struct cw_walk *w)
{
    if (!cw_walk_takes(w, CW_TUNNEL_MPLS)) {
        return CAMWATCH_DROP_ETHERTYPE_OTHER;
    }
    struct cw_cursor c = cw_cursor(w->in);
    unsigned n = 0;
    bool is_bottom = false;
    while (!is_bottom && n++ < LABELS_MAX && cw_cursor_ok(&c)) {
        is_bottom = cw_cursor_be32(&c) & 0x100;
    }
    if (!cw_cursor_ok(&c)) {
        return CAMWATCH_DROP_TUNNEL_SHORT;
    }
    if (!is_bottom) {
        return CAMWATCH_DROP_TUNNEL_DEEP;
    }
    w->in = cw_cursor_rest(&c);
    unsigned reason = cw_walk_enter(w, CW_TUNNEL_MPLS, 0);
    return reason ? reason : decode_inside(w);
}
