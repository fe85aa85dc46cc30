/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "wire_walk.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cursor.h"
#include "base/hash.h"

enum { SLOTS = 1 << 14, VLAN = 0x8100, QINQ = 0x88a8, IPV4 = 0x0800, IPV6 = 0x86dd };

struct end {
    struct cw_addr addr;
    uint16_t port;
};

struct walk_flow {
    bool used;
    uint8_t transport;
    struct end opener, other;
    bool has_start[2];
    uint32_t start[2]; /* sequence number of the first byte */
    struct cw_wire_state state;
};

struct walk {
    struct walk_flow *flows;
    unsigned n_flows;
    unsigned frame;
    long payloads;
    bool all; /* payloads that match nothing too */
    bool experimental;
    walk_fn fn;
    void *cookie;
};

static bool
is_end(const struct end *a, const struct end *b)
{
    return a->port == b->port && cw_addr_equal(&a->addr, &b->addr);
}

static struct walk_flow *
find_flow(struct walk *w, unsigned transport, const struct end *src, const struct end *dst,
          uint8_t *direction)
{
    static const struct cw_hash_key key = {1, 2};
    uint64_t at = cw_hash(key, &src->addr, sizeof(src->addr)) +
                  cw_hash(key, &dst->addr, sizeof(dst->addr));
    at += (uint64_t)src->port * 31 + (uint64_t)dst->port * 31 + transport;
    if (w->n_flows > SLOTS / 2) {
        memset(w->flows, 0, SLOTS * sizeof(*w->flows));
        w->n_flows = 0;
    }
    for (;; at++) {
        struct walk_flow *f = &w->flows[at % SLOTS];
        if (!f->used) {
            *f = (struct walk_flow){
                .used = true, .transport = (uint8_t)transport, .opener = *src, .other = *dst};
            w->n_flows++;
        }
        bool forth = is_end(&f->opener, src) && is_end(&f->other, dst);
        bool back = is_end(&f->opener, dst) && is_end(&f->other, src);
        if (f->transport == transport && (forth || back)) {
            *direction = forth ? 0 : 1;
            return f;
        }
    }
}

static void
give(struct walk *w, struct walk_flow *flow, struct cw_wire_input *in)
{
    struct cw_wire_result result;
    w->payloads++;
    in->experimental = w->experimental;
    bool matched = cw_wire_inspect(flow ? &flow->state : NULL, in, &result);
    if (matched || w->all) {
        w->fn(w->cookie, &(struct walk_hit){
                             .frame = w->frame, .in = in, .result = matched ? &result : NULL});
    }
}

static void
walk_udp(struct walk *w, struct cw_wire_input *in, struct cw_bytes segment)
{
    struct cw_cursor c = cw_cursor(segment);
    struct end src = {.addr = in->src, .port = cw_cursor_be16(&c)};
    struct end dst = {.addr = in->dst, .port = cw_cursor_be16(&c)};
    uint16_t length = cw_cursor_be16(&c);
    cw_cursor_skip(&c, 2);
    if (!cw_cursor_ok(&c) || length <= 8) {
        return;
    }
    in->transport = CW_WIRE_UDP;
    in->src_port = src.port;
    in->dst_port = dst.port;
    in->wire_len = length - 8u;
    in->bytes = cw_bytes_head(cw_cursor_rest(&c), in->wire_len);
    give(w, find_flow(w, CW_WIRE_UDP, &src, &dst, &in->direction), in);
}

static void
walk_tcp(struct walk *w, struct cw_wire_input *in, struct cw_bytes segment)
{
    struct end src = {.addr = in->src, .port = cw_be16_at(segment, 0)};
    struct end dst = {.addr = in->dst, .port = cw_be16_at(segment, 2)};
    uint32_t sequence = cw_be32_at(segment, 4);
    size_t header = (size_t)(cw_u8_at(segment, 12) >> 4) * 4;
    bool is_syn = cw_u8_at(segment, 13) & 0x02;
    if (segment.len < 20 || header < 20) {
        return;
    }
    struct walk_flow *flow = find_flow(w, CW_WIRE_TCP, &src, &dst, &in->direction);
    if (is_syn) {
        flow->has_start[in->direction] = true;
        flow->start[in->direction] = sequence + 1;
    }
    in->transport = CW_WIRE_TCP;
    in->src_port = src.port;
    in->dst_port = dst.port;
    in->bytes = cw_bytes_from(segment, header);
    in->wire_len = (uint32_t)in->bytes.len;
    in->at_start = flow->has_start[in->direction] && flow->start[in->direction] == sequence;
    if (in->bytes.len > 0) {
        give(w, flow, in);
    }
}

static void
walk_transport(struct walk *w, struct cw_wire_input *in, unsigned protocol,
               struct cw_bytes segment)
{
    in->to_group = cw_addr_is_group(&in->dst) || cw_mac_is_group(&in->dst_mac);
    if (protocol == 17) {
        walk_udp(w, in, segment);
    } else if (protocol == 6) {
        walk_tcp(w, in, segment);
    }
}

static void
walk_ipv4(struct walk *w, struct cw_wire_input *in, struct cw_bytes packet)
{
    size_t header = (size_t)(cw_u8_at(packet, 0) & 15) * 4, total = cw_be16_at(packet, 2);
    bool is_fragment = cw_be16_at(packet, 6) & 0x3fff;
    if (packet.len < 20 || header < 20 || is_fragment) {
        return;
    }
    in->src = cw_addr_v4(packet.ptr + 12);
    in->dst = cw_addr_v4(packet.ptr + 16);
    packet = cw_bytes_head(packet, total < header ? packet.len : total);
    walk_transport(w, in, packet.ptr[9], cw_bytes_from(packet, header));
}

static void
walk_ipv6(struct walk *w, struct cw_wire_input *in, struct cw_bytes packet)
{
    if (packet.len < 40) {
        return;
    }
    in->src = cw_addr_v6(packet.ptr + 8);
    in->dst = cw_addr_v6(packet.ptr + 24);
    struct cw_bytes payload = cw_bytes_head(cw_bytes_from(packet, 40), cw_be16_at(packet, 4));
    walk_transport(w, in, packet.ptr[6], payload);
}

static void
walk_type(struct walk *w, struct cw_wire_input *in, unsigned type, struct cw_bytes rest)
{
    while ((type == VLAN || type == QINQ) && rest.len >= 4) {
        type = cw_be16_at(rest, 2);
        rest = cw_bytes_from(rest, 4);
    }
    if (type == IPV4) {
        walk_ipv4(w, in, rest);
    } else if (type == IPV6) {
        walk_ipv6(w, in, rest);
    } else if (type >= 0x0600) {
        in->transport = CW_WIRE_ETHER;
        in->ethertype = (uint16_t)type;
        in->bytes = rest;
        in->wire_len = (uint32_t)rest.len;
        give(w, NULL, in);
    }
}

static void
walk_frame(struct walk *w, int link, struct cw_bytes frame)
{
    struct cw_wire_input in = {0};
    if (link == DLT_EN10MB && frame.len >= 14) {
        memcpy(in.dst_mac.b, frame.ptr, 6);
        memcpy(in.src_mac.b, frame.ptr + 6, 6);
        walk_type(w, &in, cw_be16_at(frame, 12), cw_bytes_from(frame, 14));
    } else if (link == DLT_RAW && frame.len > 0) {
        walk_type(w, &in, frame.ptr[0] >> 4 == 6 ? IPV6 : IPV4, frame);
    } else if (link == DLT_LINUX_SLL && frame.len >= 16) {
        walk_type(w, &in, cw_be16_at(frame, 14), cw_bytes_from(frame, 16));
    }
}

static long
walk_file(const char *path, struct walk *w)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(path, error);
    if (!capture) {
        return -1;
    }
    w->flows = calloc(SLOTS, sizeof(*w->flows));
    struct pcap_pkthdr *header;
    const u_char *bytes;
    while (w->flows && pcap_next_ex(capture, &header, &bytes) == 1) {
        w->frame++;
        walk_frame(w, pcap_datalink(capture), cw_bytes(bytes, header->caplen));
    }
    free(w->flows);
    pcap_close(capture);
    return w->payloads;
}

long
walk_capture(const char *path, walk_fn fn, void *cookie)
{
    struct walk w = {.fn = fn, .cookie = cookie};
    return walk_file(path, &w);
}

long
walk_payloads(const char *path, bool experimental, walk_fn fn, void *cookie)
{
    struct walk w = {.all = true, .experimental = experimental, .fn = fn, .cookie = cookie};
    return walk_file(path, &w);
}

const char *
walk_folder(void)
{
    static char path[4096];
    const char *given = getenv("CAMWATCH_CAPTURES"), *source = getenv("CAMWATCH_SOURCE");
    if (given) {
        (void)snprintf(path, sizeof(path), "%s", given);
    } else {
        (void)snprintf(path, sizeof(path), "%s/../shared/pcaps", source ? source : ".");
    }
    struct stat info;
    if (stat(path, &info) != 0) {
        fprintf(stderr, "skipped: no captures at %s (set CAMWATCH_CAPTURES)\n", path);
        return NULL;
    }
    return path;
}
