/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sha1.h"

#include "base/cursor.h"

#define BLOCK 64

static uint32_t
rotl(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static void
put_be32(uint8_t *out, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        out[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

/* f and K of FIPS 180-4 4.1.1 and 4.2.1. */
static uint32_t
mix(unsigned t, uint32_t b, uint32_t c, uint32_t d)
{
    switch (t / 20) {
    case 0:
        return ((b & c) ^ (~b & d)) + 0x5a827999;
    case 1:
        return (b ^ c ^ d) + 0x6ed9eba1;
    case 2:
        return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdc;
    default:
        return (b ^ c ^ d) + 0xca62c1d6;
    }
}

/* FIPS 180-4 6.1.2: one block of 64 bytes. */
static void
digest_block(uint32_t h[5], struct cw_bytes block)
{
    uint32_t w[80];
    for (unsigned t = 0; t < 80; t++) {
        w[t] = t < 16 ? cw_be32_at(block, (size_t)t * 4)
                      : rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    }
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (unsigned t = 0; t < 80; t++) {
        uint32_t next = rotl(a, 5) + mix(t, b, c, d) + e + w[t];
        e = d;
        d = c;
        c = rotl(b, 30);
        b = a;
        a = next;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

/* FIPS 180-4 5.1.1: a 1 bit, zeros, the length in bits; one or two blocks. */
static void
digest_tail(uint32_t h[5], struct cw_bytes rest, uint64_t bits)
{
    uint8_t last[2 * BLOCK] = {0};
    size_t len = rest.len + 9 > BLOCK ? 2 * BLOCK : BLOCK;
    if (rest.len > 0) {
        memcpy(last, rest.ptr, rest.len);
    }
    last[rest.len] = 0x80;
    put_be32(last + len - 8, (uint32_t)(bits >> 32));
    put_be32(last + len - 4, (uint32_t)bits);
    for (size_t at = 0; at < len; at += BLOCK) {
        digest_block(h, cw_bytes(last + at, BLOCK));
    }
}

void
cw_sha1(struct cw_bytes message, uint8_t digest[CW_SHA1_LEN])
{
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    struct cw_bytes rest = message;
    for (; rest.len >= BLOCK; rest = cw_bytes_from(rest, BLOCK)) {
        digest_block(h, cw_bytes_head(rest, BLOCK));
    }
    digest_tail(h, rest, (uint64_t)message.len * 8);
    for (size_t i = 0; i < 5; i++) {
        put_be32(digest + i * 4, h[i]);
    }
}
