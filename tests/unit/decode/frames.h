/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames written by hand from the RFCs, in hexadecimal, blanks ignored.
 */
#ifndef CW_TESTS_FRAMES_H
#define CW_TESTS_FRAMES_H

#include <ctype.h>
#include <stdlib.h>

#include "decode/decode.h"

/* 10.0.0.1:1000 to 10.0.0.2:2000, "abcd": 32 bytes. */
#define UDP4                                                                                   \
    "45000020 00010000 40110000 0a000001 0a000002"                                             \
    "03e8 07d0 000c 0000 61626364"
/* 2001:db8::1 to ::2, the same: 52 bytes. */
#define ADDRS6                                                                                 \
    "20010db8000000000000000000000001"                                                         \
    "20010db8000000000000000000000002"
#define UDP6 "60000000 000c1140" ADDRS6 "03e8 07d0 000c 0000 61626364"
/* 10.0.0.1:40000 to 10.0.0.2:80, SYN and ACK, an option of 4 bytes, "abcd": 48 bytes. */
#define TCP4                                                                                   \
    "45000030 00010000 40060000 0a000001 0a000002"                                             \
    "9c40 0050 00000001 00000002 6012 ffff 0000 0000 020405b4 61626364"
#define ETH(type) "020000000002 020000000001" type
/* 192.0.2.1 to 192.0.2.2. */
#define OUTER(total, proto) "4500" total "00020000 40" proto "0000 c0000201 c0000202"

enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_RAW = 12,
    LINK_RAW_OPENBSD = 14,
    LINK_PPP_SERIAL = 50,
    LINK_PPP_ETHER = 51,
    LINK_RAW_FILE = 101,
    LINK_HDLC = 104,
    LINK_WIFI = 105,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_PRISM = 119,
    LINK_RADIOTAP = 127,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_SLL2 = 276,
};

struct buffer {
    uint8_t bytes[1024];
    size_t len;
};

static inline struct buffer
from_hex(const char *hex)
{
    struct buffer out = {.len = 0};
    unsigned value = 0, digits = 0;
    for (; *hex; hex++) {
        if (*hex == ' ') {
            continue;
        }
        int c = tolower((unsigned char)*hex);
        value = value << 4 | (unsigned)(c >= 'a' ? c - 'a' + 10 : c - '0');
        if (++digits % 2 == 0) {
            out.bytes[out.len++] = (uint8_t)value;
        }
    }
    return out;
}

static inline struct cw_frame
frame_of(const struct buffer *b, uint32_t link_type)
{
    return (struct cw_frame){.bytes = cw_bytes(b->bytes, b->len),
                             .wire_len = (uint32_t)b->len,
                             .link_type = link_type};
}

static inline struct cw_decoder *
new_decoder(uint32_t tunnels_off, uint32_t max_depth, uint32_t max_fragments)
{
    struct cw_decoder_settings settings = {.tunnels_off = tunnels_off,
                                           .max_depth = max_depth,
                                           .max_fragments = max_fragments,
                                           .hash_key = {1, 2}};
    return cw_decoder_new(&settings);
}

#endif
