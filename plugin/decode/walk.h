/* SPDX-License-Identifier: Apache-2.0
 *
 * The way of one frame through its headers. Each layer is a function that reads its header off
 * the front of walk->in and calls the next one; it returns 0 when a packet came out, else the
 * drop reason. Layers call each other at most max_depth tunnels deep, with at most
 * CW_WALK_TAGS_MAX tags.
 */
#ifndef CW_DECODE_WALK_H
#define CW_DECODE_WALK_H

#include "base/cursor.h"
#include "decode/decode.h"
#include "decode/fragment.h"

#define CW_WALK_TAGS_MAX 8 /* VLAN tags in a frame */

struct cw_decoder {
    uint32_t tunnels_off;
    uint32_t max_depth;
    struct cw_fragments *fragments; /* owned; NULL: later fragments are orphans */
};

struct cw_walk {
    struct cw_bytes in; /* from the next header on, captured part */
    size_t missing;     /* bytes after it that were on the wire but not captured */
    const struct cw_decoder *decoder;
    struct cw_packet *out;
    unsigned depth;                 /* tunnels taken off */
    unsigned tags;                  /* VLAN tags taken off */
    struct cw_fragment *pending[2]; /* first fragments around this packet */
    unsigned n_pending;
};

/** Length of walk->in on the wire. */
static inline size_t
cw_walk_wire(const struct cw_walk *w)
{
    return w->in.len + w->missing;
}

/** Nothing after the first n bytes belongs to this packet. An n beyond the wire says that more
 *  is missing than the capture knew. */
static inline void
cw_walk_trim(struct cw_walk *w, size_t n)
{
    w->missing = n > w->in.len ? n - w->in.len : 0;
    w->in = cw_bytes_head(w->in, n);
}

/** This tunnel is to be taken off. */
static inline bool
cw_walk_takes(const struct cw_walk *w, unsigned tunnel)
{
    return !(w->decoder->tunnels_off & tunnel);
}

/**
 * Go into a tunnel: what was said of the outer packet is forgotten but for MACs and VLANs.
 * @param tunnel   enum cw_tunnel
 * @param segment  VNI, TEID or key; 0 keeps the outer one
 * @return 0 or TUNNEL_DEEP
 */
unsigned cw_walk_enter(struct cw_walk *w, unsigned tunnel, uint32_t segment);

/** The packet is whole: what is left is its payload. Always 0. */
unsigned cw_walk_finish(struct cw_walk *w);

/* Link layers. */
unsigned cw_decode_ethernet(struct cw_walk *w);
unsigned cw_decode_ethertype(struct cw_walk *w, uint16_t type);
unsigned cw_decode_llc(struct cw_walk *w);
unsigned cw_decode_wifi(struct cw_walk *w);
unsigned cw_decode_radiotap(struct cw_walk *w);
unsigned cw_decode_prism(struct cw_walk *w);
unsigned cw_decode_ppp(struct cw_walk *w);
unsigned cw_decode_pppoe(struct cw_walk *w);
unsigned cw_decode_mpls(struct cw_walk *w);

/** Any link type by its DLT value. */
unsigned cw_decode_link(struct cw_walk *w, uint32_t link_type);

/* Network and transport. */
unsigned cw_decode_ip4(struct cw_walk *w);
unsigned cw_decode_ip6(struct cw_walk *w);
/** IPv4 or IPv6 by the version field. */
unsigned cw_decode_ip(struct cw_walk *w);
unsigned cw_decode_gre(struct cw_walk *w);
/** @param proto  IP protocol number of what walk->in begins with */
unsigned cw_decode_l4(struct cw_walk *w, uint8_t proto);

/**
 * Take a tunnel off a UDP datagram when port and content say that there is one.
 * @param taken   set; when false walk is as it was
 * @return reason, when taken
 */
unsigned cw_decode_udp_tunnel(struct cw_walk *w, bool *taken);

/* Is this what it is said to be? For tunnels that announce nothing. wire is the length on the
 * wire. */
bool cw_looks_like_ip4(struct cw_bytes in, size_t wire);
bool cw_looks_like_ip6(struct cw_bytes in, size_t wire);
bool cw_looks_like_ethernet(struct cw_bytes in, size_t wire);

/* What an IP header says. */
struct cw_ip {
    const uint8_t *src; /* 4 or 16 bytes, borrowed */
    const uint8_t *dst;
    uint32_t header; /* length, with IPv6 extensions */
    uint32_t total;  /* length of the packet; 0 not told: to the end of the frame */
    uint32_t id;
    uint32_t offset; /* of the fragment, bytes */
    uint8_t proto;
    uint8_t ttl;
    bool is_v4;
    bool is_fragment; /* first or later */
};

/** Read a header and check its lengths against each other. @return 0 or the drop reason. */
unsigned cw_ip4_read(struct cw_bytes in, struct cw_ip *out);
unsigned cw_ip6_read(struct cw_bytes in, struct cw_ip *out);

/** Addresses, protocol and TTL into the packet. */
void cw_ip_commit(const struct cw_ip *ip, struct cw_packet *out);

#endif
