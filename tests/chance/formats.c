/* SPDX-License-Identifier: Apache-2.0
 *
 * Sizes and length fields are those of the sources that the signatures name.
 */
#include "formats.h"

#include <stdio.h>
#include <string.h>

#include "wire/cs2_cipher.h"
#include "wire/tutk_cipher.h"

enum { ANY = CHANCE_SIZE_MAX, SHORT = 600 };

static void
put_be(uint8_t *b, unsigned width, uint32_t value)
{
    for (unsigned i = 0; i < width; i++) {
        b[i] = (uint8_t)(value >> 8 * (width - 1 - i));
    }
}

static void
put_le(uint8_t *b, unsigned width, uint32_t value)
{
    for (unsigned i = 0; i < width; i++) {
        b[i] = (uint8_t)(value >> 8 * i);
    }
}

/* name, byte order, offset, width, what of the size is not counted */
#define FIELD(name, order, at, width, less)                                                    \
    static void name(uint8_t *b, uint32_t size, uint64_t noise)                                \
    {                                                                                          \
        (void)noise;                                                                           \
        put_##order(b + (at), (width), size - (less));                                         \
    }

FIELD(dvrip, le, 4, 4, 32)
FIELD(sdk, be, 0, 4, 0)
FIELD(cas, be, 24, 4, 32)
FIELD(sdk_frame, le, 2, 2, 0)
FIELD(rtp_frame, be, 2, 2, 4)
FIELD(rfc4571, be, 0, 2, 2)
FIELD(snmp, be, 1, 1, 2)
FIELD(vtm, be, 2, 2, 8)
FIELD(mqtt, be, 1, 1, 2)
FIELD(ezviz_stun, be, 28, 4, 32)
FIELD(pppp, be, 2, 2, 4)
FIELD(cc51, le, 6, 2, 12)
FIELD(tuya_55aa, be, 12, 4, 16)
FIELD(tuya_6699, be, 14, 4, 22)
FIELD(baichuan, le, 8, 4, 20)
FIELD(baichuan_long, le, 8, 4, 24)
FIELD(bcudp_signal, le, 4, 4, 20)
FIELD(bcudp_data, le, 16, 4, 20)
FIELD(bcudp_ack, le, 24, 4, 28)
FIELD(xiongmai, le, 16, 4, 20)
FIELD(quvii, le, 26, 2, 0)
FIELD(miio, be, 2, 2, 0)
FIELD(naxclow, le, 0, 4, 20)
FIELD(gutes, le, 2, 2, 0)
FIELD(stun, be, 2, 2, 20)
FIELD(kcp, le, 20, 4, 24)
FIELD(kcp_empty, le, 20, 4, size)

static void
dhip(uint8_t *b, uint32_t size, uint64_t noise)
{
    (void)noise;
    put_le(b + 16, 4, size - 32);
    put_le(b + 24, 4, size - 32);
}

static void
dahua_discovery(uint8_t *b, uint32_t size, uint64_t noise)
{
    uint32_t both = size - 120, head = (uint32_t)noise % (both < 255 ? both + 1 : 256);
    b[2] = (uint8_t)head;
    put_le(b + 20, 2, both - head);
}

static void
dahua_stun(uint8_t *b, uint32_t size, uint64_t noise)
{
    (void)noise;
    put_be(b + 2, 2, ~(size - 20));
}

static void
ptcp(uint8_t *b, uint32_t size, uint64_t noise)
{
    (void)noise;
    put_be(b + 26, 2, size - 36);
}

static void
tiandy(uint8_t *b, uint32_t size, uint64_t noise)
{
    put_le(b + 6, 2, size);
    put_le(b + (noise & 1 ? 16 : 18), noise & 1 ? 4 : 2, size - 20);
}

static void
mtp(uint8_t *b, uint32_t size, uint64_t noise)
{
    (void)noise;
    b[2] = (uint8_t)((b[2] & 0xf8) | (size & 7));
    b[3] = (uint8_t)(size >> 3);
}

static void
encipher(const struct cw_cs2_key *key, uint8_t *b, uint32_t size)
{
    uint8_t previous = 0;
    for (uint32_t i = 0; i < size; i++) {
        previous = b[i] ^= cw_cs2_keystream(key, previous);
    }
}

static void
pppp_keyed(uint8_t *b, uint32_t size, uint64_t noise)
{
    static const char *const keys[] = {"camera", "SHIX", "SSD@cs2-network.", "aqarakr19kn"};
    struct cw_cs2_key key = cw_cs2_key_of(cw_bytes_text(keys[noise % 4]));
    pppp(b, size, 0);
    encipher(&key, b, size);
}

static void
pppp_tcp(uint8_t *b, uint32_t size, uint64_t noise)
{
    char text[5];
    (void)snprintf(text, sizeof(text), "%02X%02X", b[4], b[5]);
    struct cw_cs2_key key = cw_cs2_key_of(cw_bytes(text, 4));
    (void)noise;
    put_be(b, 2, size - 8);
    pppp(b + 8, size - 8, 0);
    encipher(&key, b + 8, size - 8);
}

/* Four words rotated right: the inverse of what tutk_cipher.c does to them. */
static void
rotate_words(const uint8_t *in, const uint8_t by[4], uint8_t *out)
{
    for (size_t i = 0; i < 4; i++) {
        const uint8_t *p = in + i * 4;
        uint32_t word =
            (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        put_le(out + i * 4, 4, word >> by[i] | word << (32 - by[i]));
    }
}

/* Only the first block matters: what follows stays noise, scrambled or not. */
static void
tutk(uint8_t *b, uint32_t size, uint64_t noise)
{
    static const uint8_t before[4] = {3, 7, 11, 15}, after[4] = {1, 5, 9, 13};
    static const uint8_t places[CW_TUTK_BLOCK] = {11, 9, 8, 15, 13, 10, 12, 14,
                                                  2,  1, 5, 0,  6,  4,  7,  3};
    uint8_t mixed[CW_TUTK_BLOCK], turned[CW_TUTK_BLOCK];
    (void)noise;
    put_le(b + 4, 2, size - 16);
    rotate_words(b, after, mixed);
    for (size_t i = 0; i < CW_TUTK_BLOCK; i++) {
        turned[places[i]] = mixed[i] ^ (uint8_t) "Charlie is the d"[i];
    }
    rotate_words(turned, before, b);
}

#define PPPP_SIZES                                                                             \
    {                                                                                          \
        4, 8, 12, 20, 24, 27, 28, 32, 36, 40, 44, 48, 52, 56, 64, 68, 72, 76, 88, 108, 156,    \
            164                                                                                \
    }

/* clang-format off */
static const struct chance_format formats[] = {
    {"dahua-dhip", 3, {0}, 33, SHORT, 1, dhip},
    {"dahua-dvrip", 2, {32}, 33, SHORT, 1, dvrip},
    {"dahua-discovery", 1, {32}, 120, SHORT, 1, dahua_discovery},
    {"dahua-stun", 1, {44}, 0, 0, 0, dahua_stun},
    {"dahua-ptcp", 1, {24, 28, 36}, 37, SHORT, 1, ptcp},
    {"hikvision-sdk", 2, {16, 32}, 17, SHORT, 1, sdk},
    {"ezviz-cas", 2, {32}, 33, SHORT, 1, cas},
    {"ezviz-vtm", 2, {0}, 9, SHORT, 1, vtm},
    {"ezviz-das", 2, {0}, 40, 129, 1, mqtt},
    {"ezviz-lbs", 2, {0}, 18, 129, 1, mqtt},
    {"hikvision-isup5", 2, {0}, 18, 129, 1, mqtt},
    {"ezviz-stun", 1, {32}, 33, SHORT, 1, ezviz_stun},
    {"hikvision-media", 2, {0}, 16, SHORT, 1, sdk_frame},
    {"hikvision-media", 2, {0}, 16, SHORT, 1, rtp_frame},
    {"ps-rtp-tcp", 2, {0}, 28, SHORT, 1, rfc4571},
    {"snmp-identity", 1, {0}, 40, 129, 1, snmp},
    {"tiandy-nvs", 2, {0}, 21, SHORT, 1, tiandy},
    {"pppp", 1, PPPP_SIZES, 0, 0, 0, pppp},
    {"pppp", 1, {0}, 4, ANY, 1, pppp},
    {"pppp-keyed", 1, PPPP_SIZES, 0, 0, 0, pppp_keyed},
    {"pppp-keyed", 1, {0}, 4, ANY, 1, pppp_keyed},
    {"pppp-unkeyed", 1, {4, 20, 24, 28, 44, 48}, 0, 0, 0, NULL},
    {"pppp-tcp", 2, {12, 16, 20, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64}, 12, SHORT, 1, pppp_tcp},
    {"tutk-cc51", 1, {48, 52}, 48, SHORT, 1, cc51},
    {"tuya-lan", 3, {0}, 24, SHORT, 1, tuya_55aa},
    {"tuya-lan", 3, {0}, 46, SHORT, 1, tuya_6699},
    {"reolink-baichuan", 2, {20}, 20, SHORT, 1, baichuan},
    {"reolink-baichuan", 2, {24}, 24, SHORT, 1, baichuan_long},
    {"reolink-bcudp", 1, {0}, 21, SHORT, 1, bcudp_signal},
    {"reolink-bcudp", 1, {0}, 21, SHORT, 1, bcudp_data},
    {"reolink-bcudp", 1, {28}, 28, SHORT, 1, bcudp_ack},
    {"xiongmai-dvrip", 3, {20}, 21, SHORT, 1, xiongmai},
    {"xiongmai-xmip", 1, {112, 120, 148, 184}, 0, 0, 0, NULL},
    {"quvii", 1, {28, 164}, 28, SHORT, 1, quvii},
    {"v380", 2, {256}, 17, SHORT, 1, NULL},
    {"miio", 1, {32}, 48, 608, 16, miio},
    {"tutk", 1, {24, 28, 44, 48, 52, 54, 60, 64, 68, 88, 112, 200, 288, 544}, 16, SHORT, 1, tutk},
    {"naxclow-v720", 3, {20}, 21, SHORT, 1, naxclow},
    {"gwell-gutes", 1, {32, 40, 44, 48, 52, 56, 68, 72, 122, 128, 164, 176}, 24, SHORT, 1, gutes},
    {"gwell-mtp", 1, {0}, 7, ANY, 1, mtp},
    {"turn", 3, {0}, 20, 400, 4, stun},
    {"stun", 3, {0}, 20, 400, 4, stun},
    {"kcp", 1, {0}, 25, ANY, 1, kcp},
    {"kcp", 1, {24}, 0, 0, 0, kcp_empty},
    {"rtmp", 2, {1460}, 1000, 1460, 1, NULL},
    {"port-mapping", 1, {12, 60}, 60, 128, 4, NULL},
    {"mdns-identity", 1, {0}, 24, SHORT, 1, NULL},
    {"dhcp-identity", 1, {300}, 240, SHORT, 1, NULL},
};

/* clang-format on */

enum { N_FORMATS = sizeof(formats) / sizeof(*formats) };

const struct chance_format *
chance_next_format(const char *signature, unsigned transport, size_t *at)
{
    while (*at < N_FORMATS) {
        const struct chance_format *f = &formats[(*at)++];
        if ((f->transports & transport) && strcmp(f->signature, signature) == 0) {
            return f;
        }
    }
    return NULL;
}

const char *
chance_unknown_format(void)
{
    for (size_t i = 0; i < N_FORMATS; i++) {
        const struct cw_wire_signature *const *s = cw_wire_table();
        while (*s && strcmp((*s)->name, formats[i].signature) != 0) {
            s++;
        }
        if (!*s) {
            return formats[i].signature;
        }
    }
    return NULL;
}
