/* SPDX-License-Identifier: Apache-2.0 */
#include "readdress.h"

#include <stdbool.h>
#include <string.h>

#include "frame.h"

static bool
is_private(uint32_t a)
{
    return a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 16 == 0xa9fe;
}

static bool
is_fixed(uint32_t a)
{
    return a == 0 || a >> 28 >= 0xe || a >> 24 == 127 || (a & 0xff) == 0xff;
}

/* 24 bits for 10/8, host octet never 0 or 255. Two hosts may meet; at 40,000 hosts about 50 do. */
static uint32_t
new_ipv4(uint32_t a, uint32_t copy)
{
    uint64_t seed = (uint64_t)copy << 32 | a;
    uint32_t bits = (uint32_t)next_random(&seed) & 0xffffff;
    unsigned low = bits & 0xff;
    return 10u << 24 | (bits & 0xffff00) | (low == 0 || low == 0xff ? 1 : low);
}

static void
change_ipv4_pair(uint8_t *src, uint8_t *dst, uint32_t copy)
{
    uint32_t s = get32(src), d = get32(dst);
    bool s_moves = is_private(s) && !is_fixed(s), d_moves = is_private(d) && !is_fixed(d);
    if (!s_moves && !d_moves) {
        s_moves = !is_fixed(s) && (s <= d || is_fixed(d));
        d_moves = !s_moves && !is_fixed(d);
    }
    put32(src, s_moves ? new_ipv4(s, copy) : s);
    put32(dst, d_moves ? new_ipv4(d, copy) : d);
}

static void
change_mac(uint8_t *mac, uint32_t copy)
{
    if (mac[0] & 1) {
        return;
    }
    mac[3] ^= (uint8_t)(copy >> 16);
    mac[4] ^= (uint8_t)(copy >> 8);
    mac[5] ^= (uint8_t)copy;
}

static bool
is_local_ipv6(const uint8_t *a)
{
    return (a[0] == 0xfe && (a[1] & 0xc0) == 0x80) || (a[0] & 0xfe) == 0xfc;
}

static void
change_ipv6(uint8_t *a, uint32_t copy)
{
    put32(a + 8, get32(a + 8) ^ copy << 8);
}

static void
change_ipv6_pair(uint8_t *src, uint8_t *dst, uint32_t copy)
{
    bool s_local = is_local_ipv6(src), d_local = is_local_ipv6(dst);
    bool d_group = dst[0] == 0xff, lower = memcmp(src, dst, 16) <= 0;
    if (s_local || (!d_local && (lower || d_group))) {
        change_ipv6(src, copy);
    }
    if (d_local || (!s_local && !d_group && !lower)) {
        change_ipv6(dst, copy);
    }
}

/* The checksum of TCP, UDP or ICMPv6 behind a header; NULL where there is none. */
static uint8_t *
transport_sum(uint8_t *at, size_t len, unsigned proto)
{
    if (proto == 6 && len >= 18) {
        return at + 16;
    }
    if (proto == 17 && len >= 8) {
        return get16(at + 6) != 0 ? at + 6 : NULL;
    }
    return proto == 58 && len >= 4 ? at + 2 : NULL;
}

static void
change_ipv4(uint8_t *ip, size_t len, uint32_t copy)
{
    uint8_t before[8];
    size_t header = (size_t)(ip[0] & 15) * 4;
    if (len < 20 || ip[0] >> 4 != 4 || header < 20) {
        return;
    }
    memcpy(before, ip + 12, 8);
    change_ipv4_pair(ip + 12, ip + 16, copy);
    checksum_update(ip + 10, before, ip + 12, 8);
    bool is_later_fragment = get16(ip + 6) & 0x1fff;
    if (header < len && !is_later_fragment && ip[9] != 58) {
        uint8_t *sum = transport_sum(ip + header, len - header, ip[9]);
        if (sum) {
            checksum_update(sum, before, ip + 12, 8);
        }
    }
}

static void
change_ipv6_header(uint8_t *ip, size_t len, uint32_t copy)
{
    uint8_t before[32];
    if (len < 40 || ip[0] >> 4 != 6) {
        return;
    }
    memcpy(before, ip + 8, 32);
    change_ipv6_pair(ip + 8, ip + 24, copy);
    uint8_t *sum = transport_sum(ip + 40, len - 40, ip[6]);
    if (sum) {
        checksum_update(sum, before, ip + 8, 32);
    }
}

static void
change_arp(uint8_t *arp, size_t len, uint32_t copy)
{
    if (len < 28 || get32(arp) != 0x00010800) {
        return;
    }
    change_mac(arp + 8, copy);
    if (get32(arp + 18) != 0 || get16(arp + 22) != 0) {
        change_mac(arp + 18, copy);
    }
    change_ipv4_pair(arp + 14, arp + 24, copy);
}

void
readdress(uint8_t *frame, size_t len, uint32_t copy)
{
    if (len < 14) {
        return;
    }
    change_mac(frame, copy);
    change_mac(frame + 6, copy);
    size_t at = 12;
    while (at + 6 <= len && (get16(frame + at) == 0x8100 || get16(frame + at) == 0x88a8)) {
        at += 4;
    }
    unsigned type = get16(frame + at);
    uint8_t *body = frame + at + 2;
    size_t left = len - at - 2;
    if (type == 0x0800) {
        change_ipv4(body, left, copy);
    } else if (type == 0x86dd) {
        change_ipv6_header(body, left, copy);
    } else if (type == 0x0806) {
        change_arp(body, left, copy);
    }
}
