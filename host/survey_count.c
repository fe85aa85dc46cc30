/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "survey.h"

#define SECOND      1000000000LL
#define COPY_LAG_NS 2000000 /* as the sensor itself judges copies */

enum {
    PLACES = 1 << 16, /* of each table; powers of two */
    COPY_PLACES = 1 << 12,
    PROBES = 16,
    COPY_BYTES = 96,
    ONE_WAY_LEAST = 3, /* acknowledgements one way, with none the other */
    LONGEST_FRAME =
        1526, /* 1500 of IP behind Ethernet and three tags: longer ones were put together */
    OUTSIDE_LEAST = 2,  /* global senders behind a MAC that make it a router */
    INSIDE_LEAST = 8,   /* the same for senders at home: hosts have a few addresses */
    COUNTED_MOST = 512, /* addresses counted for a MAC */
    LATE_LEAST = 8,     /* packets one hop late that make a translator */
    TCP = 6,
    UDP = 17,
    ESP = 50,
    FLAG_RST = 0x04,
    FLAG_ACK = 0x10,
};

struct conversation {
    uint8_t ends[2][18]; /* address and port, the lower one first */
    bool is_used;
    uint16_t vlan[2];
    uint32_t acks[2];
};

struct host { /* an address, at either end */
    uint8_t address[16];
    bool is_used, is_home, asks_dns;
    uint64_t frames;
};

struct sender { /* an address behind a MAC */
    uint8_t mac[6], address[16];
    bool is_used, is_home;
    uint8_t late_ttl;
    uint64_t late; /* packets that came one hop late */
};

struct card { /* a MAC */
    uint8_t mac[6];
    bool is_used;
    uint32_t outside, inside;
};

struct copy {
    uint64_t hash;
    int64_t time_ns;
};

struct cw_survey {
    const struct cw_deal *home;
    struct cw_survey_counts counts;
    uint64_t second_bytes, second_frames;
    int64_t second;
    struct conversation conversations[PLACES];
    struct host hosts[PLACES];
    struct sender senders[PLACES];
    struct card cards[PLACES];
    struct copy copies[COPY_PLACES];
};

struct cw_survey *
cw_survey_new(const struct cw_deal *home)
{
    struct cw_survey *s = calloc(1, sizeof(*s));
    if (!s) {
        abort();
    }
    s->home = home;
    return s;
}

void
cw_survey_free(struct cw_survey *s)
{
    free(s);
}

/* FNV-1a: tables of a minute, bounded whatever is sent. */
static uint64_t
hash_of(const void *bytes, size_t len, uint64_t hash)
{
    const uint8_t *b = bytes;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ b[i]) * UINT64_C(0x100000001b3);
    }
    return hash ^ hash >> 29;
}

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* ---- tables ---- */

static struct host *
find_host(struct cw_survey *s, const uint8_t address[16])
{
    uint64_t at = hash_of(address, 16, HASH_START);
    for (unsigned i = 0; i < PROBES; i++) {
        struct host *h = &s->hosts[(at + i) & (PLACES - 1)];
        if (!h->is_used) {
            h->is_used = true;
            memcpy(h->address, address, sizeof(h->address));
            h->is_home = cw_deal_is_home(s->home, address);
            return h;
        }
        if (memcmp(h->address, address, sizeof(h->address)) == 0) {
            return h;
        }
    }
    s->counts.not_kept++;
    return NULL;
}

static struct card *
find_card(struct cw_survey *s, const uint8_t mac[6])
{
    uint64_t at = hash_of(mac, 6, HASH_START);
    for (unsigned i = 0; i < PROBES; i++) {
        struct card *c = &s->cards[(at + i) & (PLACES - 1)];
        if (!c->is_used) {
            c->is_used = true;
            memcpy(c->mac, mac, sizeof(c->mac));
            return c;
        }
        if (memcmp(c->mac, mac, sizeof(c->mac)) == 0) {
            return c;
        }
    }
    return NULL;
}

/* A new sender counts for its MAC, until enough is known of that. */
static struct sender *
add_sender(struct cw_survey *s, struct sender *place, const struct camwatch_packet_view *v)
{
    struct card *card = find_card(s, v->src_mac);
    bool is_home = cw_deal_is_home(s->home, v->src);
    uint32_t *n = card ? is_home ? &card->inside : &card->outside : NULL;
    if (!n || *n >= COUNTED_MOST) {
        return NULL;
    }
    (*n)++;
    *place = (struct sender){.is_used = true, .is_home = is_home};
    memcpy(place->mac, v->src_mac, sizeof(place->mac));
    memcpy(place->address, v->src, sizeof(place->address));
    return place;
}

static struct sender *
find_sender(struct cw_survey *s, const struct camwatch_packet_view *v)
{
    uint64_t at = hash_of(v->src, 16, hash_of(v->src_mac, 6, HASH_START));
    for (unsigned i = 0; i < PROBES; i++) {
        struct sender *p = &s->senders[(at + i) & (PLACES - 1)];
        if (!p->is_used) {
            return add_sender(s, p, v);
        }
        if (memcmp(p->mac, v->src_mac, 6) == 0 && memcmp(p->address, v->src, 16) == 0) {
            return p;
        }
    }
    s->counts.not_kept++;
    return NULL;
}

static void
make_end(uint8_t out[18], const uint8_t address[16], uint16_t port)
{
    memcpy(out, address, 16);
    out[16] = (uint8_t)(port >> 8);
    out[17] = (uint8_t)port;
}

/* @param side  receives which end sent this packet */
static struct conversation *
find_conversation(struct cw_survey *s, const struct camwatch_packet_view *v, unsigned *side)
{
    uint8_t ends[2][18];
    make_end(ends[0], v->src, v->src_port);
    make_end(ends[1], v->dst, v->dst_port);
    *side = memcmp(ends[0], ends[1], sizeof(ends[0])) > 0;
    uint64_t at = hash_of(ends[!*side], 18, hash_of(ends[*side], 18, HASH_START));
    for (unsigned i = 0; i < PROBES; i++) {
        struct conversation *c = &s->conversations[(at + i) & (PLACES - 1)];
        if (!c->is_used) {
            c->is_used = true;
            memcpy(c->ends[0], ends[*side], 18);
            memcpy(c->ends[1], ends[!*side], 18);
            return c;
        }
        if (memcmp(c->ends[0], ends[*side], 18) == 0 &&
            memcmp(c->ends[1], ends[!*side], 18) == 0) {
            return c;
        }
    }
    s->counts.not_kept++;
    return NULL;
}

/* ---- one packet ---- */

/* Hosts send with 64, 128 or 255 (RFC 1700 and common systems); one or two less has been forwarded. */
static bool
is_late(uint8_t ttl)
{
    return ttl == 63 || ttl == 62 || ttl == 127 || ttl == 126 || ttl == 254 || ttl == 253;
}

/* 0.0.0.0/8 and ::, of hosts that have no address yet. */
static bool
is_nobody(const uint8_t address[16])
{
    static const uint8_t none[16], mapped[13] = {[10] = 0xff, [11] = 0xff};
    return memcmp(address, none, sizeof(none)) == 0 ||
           memcmp(address, mapped, sizeof(mapped)) == 0;
}

static void
note_sender(struct cw_survey *s, const struct camwatch_packet_view *v)
{
    static const uint8_t none[6];
    if (!v->is_on_link || memcmp(v->src_mac, none, sizeof(none)) == 0 || is_nobody(v->src)) {
        return;
    }
    struct sender *p = find_sender(s, v);
    if (p && is_late(v->ttl)) {
        p->late++;
        p->late_ttl = v->ttl;
    }
}

static void
note_ends(struct cw_survey *s, const struct camwatch_packet_view *v)
{
    struct host *src = find_host(s, v->src), *dst = find_host(s, v->dst);
    bool src_home = src ? src->is_home : cw_deal_is_home(s->home, v->src);
    bool dst_home = dst ? dst->is_home : cw_deal_is_home(s->home, v->dst);
    s->counts.home += src_home || dst_home;
    s->counts.inside += src_home && dst_home;
    if (src) {
        src->frames++;
        src->asks_dns = src->asks_dns || (v->proto == UDP && v->dst_port == 53);
    }
    if (dst) {
        dst->frames++;
    }
}

/* Who acknowledges has heard the other side. */
static void
note_tcp(struct cw_survey *s, const struct camwatch_packet_view *v)
{
    unsigned side;
    if (v->proto != TCP || v->is_fragment ||
        (v->tcp_flags & (FLAG_ACK | FLAG_RST)) != FLAG_ACK) {
        return;
    }
    struct conversation *c = find_conversation(s, v, &side);
    if (c) {
        c->acks[side]++;
        c->vlan[side] = v->vlan;
    }
}

static void
note_services(struct cw_survey *s, const struct camwatch_packet_view *v)
{
    struct cw_survey_counts *n = &s->counts;
    bool is_udp = v->proto == UDP;
    n->dns_queries += is_udp && v->dst_port == 53;
    n->dns_answers += is_udp && v->src_port == 53;
    n->dns_private += v->dst_port == 853;
    n->dhcp += is_udp && (v->dst_port == 67 || v->dst_port == 68 || v->dst_port == 546 ||
                          v->dst_port == 547);
    n->discovery +=
        is_udp && (v->dst_port == 5353 || v->dst_port == 1900 || v->dst_port == 3702);
    n->encrypted +=
        v->proto == ESP || (is_udp && (v->dst_port == 4500 || v->src_port == 4500 ||
                                       v->dst_port == 51820 || v->src_port == 51820));
}

/* The packet without what a router changes: TTL and header checksum (RFC 791), hop limit (RFC 8200). */
static void
note_copy(struct cw_survey *s, const struct camwatch_frame *frame,
          const struct camwatch_packet_view *v)
{
    uint8_t head[COPY_BYTES];
    size_t len = v->ip_captured < sizeof(head) ? v->ip_captured : sizeof(head);
    if (len < 20 || v->ip_offset > frame->captured || len > frame->captured - v->ip_offset) {
        return;
    }
    memcpy(head, frame->bytes + v->ip_offset, len);
    if (head[0] >> 4 == 4) {
        head[8] = head[10] = head[11] = 0;
    } else {
        head[7] = 0;
    }
    uint64_t hash = hash_of(head, len, HASH_START);
    struct copy *place = &s->copies[hash & (COPY_PLACES - 1)];
    int64_t lag = frame->time_ns - place->time_ns;
    if (place->time_ns != 0 && place->hash == hash && lag >= 0 && lag <= COPY_LAG_NS) {
        s->counts.copies++;
        s->counts.copies_lag_ns += lag;
        place->time_ns = 0; /* a third one is the first of a new pair */
        return;
    }
    *place = (struct copy){.hash = hash, .time_ns = frame->time_ns};
}

static void
note_tunnels(struct cw_survey *s, uint32_t tunnels)
{
#define CW_X(name) name,
    static const char *const names[] = {CW_SURVEY_TUNNELS(CW_X)};
#undef CW_X
    for (size_t i = 0; tunnels != 0 && i < CW_SURVEY_N_TUNNELS; i++) {
        s->counts.tunnels[i] += (tunnels & camwatch_tunnel_bit(names[i])) != 0;
    }
}

static void
note_ip(struct cw_survey *s, const struct camwatch_frame *frame,
        const struct camwatch_packet_view *v)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    s->counts.ip++;
    s->counts.ip6 += memcmp(v->src, mapped, sizeof(mapped)) != 0;
    s->counts.fragments += v->is_fragment;
    note_ends(s, v);
    note_sender(s, v);
    note_tcp(s, v);
    note_services(s, v);
    note_copy(s, frame, v);
}

/* ---- one frame ---- */

static void
note_rate(struct cw_survey *s, const struct camwatch_frame *frame)
{
    struct cw_survey_counts *n = &s->counts;
    int64_t second = frame->time_ns / SECOND;
    if (second != s->second) {
        s->second = second;
        s->second_bytes = s->second_frames = 0;
    }
    s->second_bytes += frame->wire_len;
    s->second_frames++;
    n->peak_bytes = s->second_bytes > n->peak_bytes ? s->second_bytes : n->peak_bytes;
    n->peak_frames = s->second_frames > n->peak_frames ? s->second_frames : n->peak_frames;
    n->first_ns =
        n->first_ns == 0 || frame->time_ns < n->first_ns ? frame->time_ns : n->first_ns;
    n->last_ns = frame->time_ns > n->last_ns ? frame->time_ns : n->last_ns;
}

static void
note_length(struct cw_survey_counts *n, const struct camwatch_frame *frame)
{
    n->truncated += frame->captured < frame->wire_len;
    n->giant += frame->wire_len > LONGEST_FRAME;
    n->captured_most = frame->captured > n->captured_most ? frame->captured : n->captured_most;
    n->longest = frame->wire_len > n->longest ? frame->wire_len : n->longest;
}

void
cw_survey_frame(struct cw_survey *s, const struct camwatch_frame *frame)
{
    struct cw_survey_counts *n = &s->counts;
    struct camwatch_packet_view v = {.size = sizeof(v)};
    unsigned reason = camwatch_frame_view(frame, &v);
    n->frames++;
    n->bytes += frame->wire_len;
    note_rate(s, frame);
    note_length(n, frame);
    n->drops[reason]++;
    n->parsed += reason == CAMWATCH_DROP_NONE;
    n->tagged += v.vlan != 0;
    n->double_tagged += v.vlan_inner != 0;
    n->vlans[v.vlan & (CW_SURVEY_VLANS - 1)] += v.vlan != 0;
    n->arp += v.ethertype == 0x0806;
    n->encrypted += v.ethertype == 0x88e5; /* MACsec, IEEE 802.1AE */
    note_tunnels(s, v.tunnels);
    n->unicast += (v.dst_mac[0] & 1) == 0;
    if (v.is_ip && reason == CAMWATCH_DROP_NONE) {
        note_ip(s, frame, &v);
    } else if (v.is_ip) {
        note_services(s, &v); /* ESP has no ports */
    }
}

/* ---- the sums ---- */

static void
count_conversations(const struct cw_survey *s, struct cw_survey_counts *out)
{
    for (size_t i = 0; i < PLACES; i++) {
        const struct conversation *c = &s->conversations[i];
        uint32_t most = c->acks[0] > c->acks[1] ? c->acks[0] : c->acks[1];
        bool is_two_way = c->acks[0] > 0 && c->acks[1] > 0;
        out->conversations += is_two_way || most >= ONE_WAY_LEAST;
        out->one_way += !is_two_way && most >= ONE_WAY_LEAST;
        out->tag_one_side += is_two_way && (c->vlan[0] == 0) != (c->vlan[1] == 0);
    }
}

static void
count_hosts(const struct cw_survey *s, struct cw_survey_counts *out)
{
    for (size_t i = 0; i < PLACES; i++) {
        const struct host *h = &s->hosts[i];
        out->hosts += h->is_used && h->is_home;
        out->dns_clients += h->is_home && h->asks_dns;
        if (h->frames > out->busiest_frames) {
            out->busiest_frames = h->frames;
            out->busiest_is_home = h->is_home;
            memcpy(out->busiest, h->address, sizeof(out->busiest));
        }
    }
}

static bool
is_router(const struct card *c)
{
    return c->is_used && (c->outside >= OUTSIDE_LEAST || c->inside >= INSIDE_LEAST);
}

/* The list is short: each one is put where it belongs. */
static void
list_router(struct cw_survey_counts *out, const struct card *c)
{
    size_t at = out->routers < CW_SURVEY_ROUTERS ? out->routers : CW_SURVEY_ROUTERS;
    out->routers++;
    while (at > 0 &&
           out->router[at - 1].outside + out->router[at - 1].inside < c->outside + c->inside) {
        if (at < CW_SURVEY_ROUTERS) {
            out->router[at] = out->router[at - 1];
        }
        at--;
    }
    if (at < CW_SURVEY_ROUTERS) {
        out->router[at] = (struct cw_survey_router){.outside = c->outside, .inside = c->inside};
        memcpy(out->router[at].mac, c->mac, sizeof(c->mac));
    }
}

static void
count_routers(const struct cw_survey *s, struct cw_survey_counts *out)
{
    for (size_t i = 0; i < PLACES; i++) {
        if (is_router(&s->cards[i])) {
            list_router(out, &s->cards[i]);
        }
    }
}

/* Alone behind its MAC, and yet its packets have been forwarded: it sends for others. */
static void
count_nats(struct cw_survey *s, struct cw_survey_counts *out)
{
    for (size_t i = 0; i < PLACES; i++) {
        const struct sender *p = &s->senders[i];
        if (!p->is_used || !p->is_home || p->late < LATE_LEAST) {
            continue;
        }
        const struct card *card = find_card(s, p->mac);
        if (!card || card->outside + card->inside > 2) {
            continue;
        }
        if (out->nats < CW_SURVEY_NATS) {
            struct cw_survey_nat *nat = &out->nat[out->nats];
            *nat = (struct cw_survey_nat){.ttl = p->late_ttl, .frames = p->late};
            memcpy(nat->address, p->address, sizeof(nat->address));
        }
        out->nats++;
    }
}

void
cw_survey_count(struct cw_survey *s, struct cw_survey_counts *out)
{
    *out = s->counts;
    count_conversations(s, out);
    count_hosts(s, out);
    count_routers(s, out);
    count_nats(s, out);
}
