/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/addr.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/digits.h"

struct cw_addr
cw_addr_v4(const uint8_t bytes[4])
{
    struct cw_addr a = {.b = {[10] = 0xff, [11] = 0xff}};
    memcpy(a.b + 12, bytes, 4);
    return a;
}

struct cw_addr
cw_addr_v6(const uint8_t bytes[16])
{
    struct cw_addr a;
    memcpy(a.b, bytes, 16);
    return a;
}

bool
cw_prefix_has(const struct cw_prefix *p, const struct cw_addr *a)
{
    unsigned whole = p->bits / 8, rest = p->bits % 8;
    if (memcmp(p->addr.b, a->b, whole) != 0) {
        return false;
    }
    return rest == 0 || ((p->addr.b[whole] ^ a->b[whole]) >> (8 - rest)) == 0;
}

struct special_v4 {
    uint8_t net[4];
    uint8_t bits;
};

/* IANA IPv4 Special-Purpose Address Registry: what is not globally reachable, and 224/4, 240/4. */
static const struct special_v4 not_global_v4[] = {
    {{0}, 8},         {{10}, 8},       {{100, 64}, 10},      {{127}, 8},
    {{169, 254}, 16}, {{172, 16}, 12}, {{192, 0, 0}, 24},    {{192, 0, 2}, 24},
    {{192, 168}, 16}, {{198, 18}, 15}, {{198, 51, 100}, 24}, {{203, 0, 113}, 24},
    {{224}, 4},       {{240}, 4},
};

static bool
is_global_v4(const uint8_t b[4])
{
    uint32_t addr = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    for (size_t i = 0; i < sizeof(not_global_v4) / sizeof(*not_global_v4); i++) {
        const uint8_t *n = not_global_v4[i].net;
        uint32_t net = (uint32_t)n[0] << 24 | (uint32_t)n[1] << 16 | (uint32_t)n[2] << 8 | n[3];
        if ((addr ^ net) >> (32 - not_global_v4[i].bits) == 0) {
            return false;
        }
    }
    return true;
}

bool
cw_addr_is_global(const struct cw_addr *a)
{
    if (cw_addr_is_v4(a)) {
        return is_global_v4(a->b + 12);
    }
    bool documentation =
        a->b[0] == 0x20 && a->b[1] == 0x01 && a->b[2] == 0x0d && a->b[3] == 0xb8;
    return (a->b[0] & 0xe0) == 0x20 && !documentation; /* 2000::/3, RFC 4291 2.4 */
}

bool
cw_addr_is_group(const struct cw_addr *a)
{
    if (!cw_addr_is_v4(a)) {
        return a->b[0] == 0xff;
    }
    return (a->b[12] & 0xf0) == 0xe0 ||
           (a->b[12] == 255 && a->b[13] == 255 && a->b[14] == 255 && a->b[15] == 255);
}

bool
cw_addr_is_linklocal(const struct cw_addr *a)
{
    if (cw_addr_is_v4(a)) {
        return a->b[12] == 169 && a->b[13] == 254;
    }
    return a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

bool
cw_addr_parse(const char *text, struct cw_addr *out)
{
    uint8_t bytes[16];
    if (inet_pton(AF_INET, text, bytes) == 1) {
        *out = cw_addr_v4(bytes);
        return true;
    }
    if (inet_pton(AF_INET6, text, bytes) == 1) {
        *out = cw_addr_v6(bytes);
        return true;
    }
    return false;
}

static bool
parse_bits(const char *text, unsigned max, unsigned *out)
{
    if (text[0] < '0' || text[0] > '9' || strlen(text) > 3) {
        return false;
    }
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end != '\0' || value > max) {
        return false;
    }
    *out = (unsigned)value;
    return true;
}

bool
cw_prefix_parse(const char *text, struct cw_prefix *out)
{
    char host[CW_ADDR_TEXT_MAX];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    if (len >= sizeof(host)) {
        return false;
    }
    memcpy(host, text, len);
    host[len] = '\0';
    struct cw_prefix p;
    if (!cw_addr_parse(host, &p.addr)) {
        return false;
    }
    unsigned width = cw_addr_is_v4(&p.addr) ? 32 : 128, bits = width;
    if (slash && !parse_bits(slash + 1, width, &bits)) {
        return false;
    }
    p.bits = (uint8_t)(bits + 128 - width);
    *out = p;
    return true;
}

static int
hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
cw_mac_parse(struct cw_bytes text, struct cw_mac *out)
{
    size_t step = text.len == 17 ? 3 : 2;
    if (text.len != 12 && text.len != 17) {
        return false;
    }
    struct cw_mac m;
    for (size_t i = 0; i < 6; i++) {
        int high = hex_digit(text.ptr[i * step]), low = hex_digit(text.ptr[i * step + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        if (step == 3 && i < 5 && text.ptr[i * 3 + 2] != ':' && text.ptr[i * 3 + 2] != '-') {
            return false;
        }
        m.b[i] = (uint8_t)(high << 4 | low);
    }
    *out = m;
    return true;
}

const char *
cw_addr_format(const struct cw_addr *a, char out[CW_ADDR_TEXT_MAX])
{
    out[0] = '\0';
    if (cw_addr_is_none(a)) {
        return out;
    }
    if (!cw_addr_is_v4(a)) {
        (void)inet_ntop(AF_INET6, a->b, out, CW_ADDR_TEXT_MAX);
        return out;
    }
    char *at = out;
    for (unsigned i = 12; i < 16; i++) {
        at = cw_digits_decimal(at, a->b[i]);
        *at++ = i < 15 ? '.' : '\0';
    }
    return out;
}

const char *
cw_mac_format(const struct cw_mac *m, char out[CW_MAC_TEXT_MAX])
{
    out[0] = '\0';
    if (!cw_mac_is_none(m)) {
        for (unsigned i = 0; i < 6; i++) {
            out[i * 3] = "0123456789ABCDEF"[m->b[i] >> 4];
            out[i * 3 + 1] = "0123456789ABCDEF"[m->b[i] & 15];
            out[i * 3 + 2] = i < 5 ? '-' : '\0';
        }
    }
    return out;
}
