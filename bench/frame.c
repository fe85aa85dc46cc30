/* SPDX-License-Identifier: Apache-2.0 */
#include "frame.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ETHER_LEN = 14,
    IP_LEN = 20,
    UDP_LEN = 8,
    TCP_LEN = 20,
};

void
put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

void
put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

unsigned
get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

uint32_t
get32(const uint8_t *at)
{
    return (uint32_t)get16(at) << 16 | get16(at + 2);
}

struct ends
ends_back(const struct ends *ends)
{
    struct ends back = {
        .src = ends->dst,
        .dst = ends->src,
        .src_port = ends->dst_port,
        .dst_port = ends->src_port,
    };
    memcpy(back.src_mac, ends->dst_mac, 6);
    memcpy(back.dst_mac, ends->src_mac, 6);
    return back;
}

static uint32_t
sum_words(const uint8_t *bytes, size_t len)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < len; i += 2) {
        sum += get16(bytes + i);
    }
    return sum + (len & 1 ? (uint32_t)bytes[len - 1] << 8 : 0);
}

static unsigned
fold(uint32_t sum)
{
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return ~sum & 0xffff;
}

void
checksum_update(uint8_t *sum, const uint8_t *before, const uint8_t *after, size_t len)
{
    uint32_t next = (uint32_t)(~get16(sum) & 0xffff) + sum_words(after, len);
    for (size_t i = 0; i < len; i += 2) {
        next += ~get16(before + i) & 0xffff;
    }
    put16(sum, fold(next));
}

/* Ethernet and IPv4; returns where the transport header goes. */
static uint8_t *
begin(struct frame *out, const struct ends *ends, unsigned proto, size_t len)
{
    assert(ETHER_LEN + IP_LEN + len <= FRAME_MAX);
    uint8_t *ip = out->bytes + ETHER_LEN;
    out->len = ETHER_LEN + IP_LEN + len;
    memcpy(out->bytes, ends->dst_mac, 6);
    memcpy(out->bytes + 6, ends->src_mac, 6);
    put16(out->bytes + 12, 0x0800);
    memset(ip, 0, IP_LEN);
    ip[0] = 0x45;
    put16(ip + 2, (unsigned)(IP_LEN + len));
    ip[8] = 64;
    ip[9] = (uint8_t)proto;
    put32(ip + 12, ends->src);
    put32(ip + 16, ends->dst);
    put16(ip + 10, fold(sum_words(ip, IP_LEN)));
    return ip + IP_LEN;
}

static void
finish(uint8_t *transport, size_t len, unsigned proto, uint8_t *sum)
{
    uint32_t words = sum_words(transport - 8, 8 + len) + proto + (uint32_t)len;
    put16(sum, fold(words));
}

void
frame_udp(struct frame *out, const struct ends *ends, const void *payload, size_t len)
{
    uint8_t *udp = begin(out, ends, 17, UDP_LEN + len);
    put16(udp, ends->src_port);
    put16(udp + 2, ends->dst_port);
    put16(udp + 4, (unsigned)(UDP_LEN + len));
    put16(udp + 6, 0);
    memcpy(udp + UDP_LEN, payload, len);
    finish(udp, UDP_LEN + len, 17, udp + 6);
}

void
frame_tcp(struct frame *out, const struct ends *ends, unsigned flags, uint32_t seq,
          uint32_t ack, const void *payload, size_t len)
{
    uint8_t *tcp = begin(out, ends, 6, TCP_LEN + len);
    memset(tcp, 0, TCP_LEN);
    put16(tcp, ends->src_port);
    put16(tcp + 2, ends->dst_port);
    put32(tcp + 4, seq);
    put32(tcp + 8, flags & TCP_ACK ? ack : 0);
    tcp[12] = TCP_LEN / 4 << 4;
    tcp[13] = (uint8_t)flags;
    put16(tcp + 14, 0xffff);
    if (len > 0) {
        memcpy(tcp + TCP_LEN, payload, len);
    }
    finish(tcp, TCP_LEN + len, 6, tcp + 16);
}

uint64_t
next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}
