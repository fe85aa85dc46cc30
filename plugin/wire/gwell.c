/* SPDX-License-Identifier: Apache-2.0
 *
 * Gwell / IoTVideo, also on newer Wyze devices: GUTES frames to list and signalling servers,
 * MTP frames around KCP for media (protocols_p2p.md 7g).
 *
 * GUTES is weak: two constrained bytes, a length, a type with its sizes. So three messages are
 * asked for whose numbers go on (corrections.md, classes), unless the frame is in clear and its
 * 32-bit checksum holds.
 */
#include "base/cursor.h"
#include "wire/p2p.h"

enum { GUTES_HEADER = 24, MTP_SHORT = 6, MTP_LONG = 14 };

struct gutes_type {
    uint8_t type;
    uint16_t size; /* 0: any */
    uint8_t phase, sender;
    const char *detail;
};

static const struct gutes_type types[] = {
    {0x15, 40, CW_WIRE_PHASE_LOOKUP, CW_WIRE_FROM_UNKNOWN, "server list request"},
    {0x16, 176, CW_WIRE_PHASE_LOOKUP, CW_WIRE_FROM_SERVER, "server list"},
    {0x01, 68, CW_WIRE_PHASE_RENDEZVOUS, CW_WIRE_FROM_UNKNOWN, "network detection"},
    {0x02, 56, CW_WIRE_PHASE_RENDEZVOUS, CW_WIRE_FROM_SERVER, "network detection answer"},
    {0x17, 44, CW_WIRE_PHASE_LOOKUP, CW_WIRE_FROM_UNKNOWN, "server list acknowledged"},
    {0x0c, 164, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_UNKNOWN, "certification"},
    {0x0c, 72, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_UNKNOWN, "certification"},
    {0x0c, 48, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_UNKNOWN, "certification"},
    {0x0c, 32, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_UNKNOWN, "certification"},
    {0x0d, 164, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_UNKNOWN, "certification answer"},
    {0x0d, 72, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_UNKNOWN, "certification answer"},
    {0x0d, 48, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_UNKNOWN, "certification answer"},
    {0x0d, 32, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_UNKNOWN, "certification answer"},
    {0xa0, 0, CW_WIRE_PHASE_KEEPALIVE, CW_WIRE_FROM_UNKNOWN, "heartbeat"},
    {0xa2, 122, CW_WIRE_PHASE_RELAY, CW_WIRE_FROM_UNKNOWN, "media resource request"},
    {0xa4, 128, CW_WIRE_PHASE_RENDEZVOUS, CW_WIRE_FROM_UNKNOWN, "call"},
    {0xca, 52, CW_WIRE_PHASE_RENDEZVOUS, CW_WIRE_FROM_UNKNOWN, "port test"},
    {0xcb, 52, CW_WIRE_PHASE_RENDEZVOUS, CW_WIRE_FROM_UNKNOWN, "port test answer"},
};

static const struct gutes_type *
find_type(uint8_t type, uint32_t size)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        if (types[i].type == type && (types[i].size == 0 || types[i].size == size)) {
            return &types[i];
        }
    }
    return NULL;
}

/* Bits 16-17 of the flags give the encryption mode; byte 22 holds them again. */
static bool
is_flags(uint32_t flags)
{
    return (flags >> 16 & 3) < 3;
}

/* XOR of all words but itself, with 24 bits of the flags; only a frame in clear shows it. */
static bool
is_checksum(struct cw_bytes frame, uint32_t flags)
{
    uint32_t sum = flags & 0xffffff;
    for (size_t at = 0; at < frame.len; at += 4) {
        sum ^= at == 16 || at == 20 ? 0 : cw_le32_at(frame, at);
    }
    return frame.len % 4 == 0 && sum == cw_le32_at(frame, 16);
}

static bool
test_gwell_gutes(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes all = in->bytes;
    const struct gutes_type *type = find_type(cw_u8_at(all, 1), in->wire_len);
    if (all.len < GUTES_HEADER || !type || cw_le16_at(all, 2) != in->wire_len ||
        !is_flags(cw_le32_at(all, 20))) {
        return false;
    }
    cw_p2p_describe(out, type->phase, type->sender, type->detail);
    out->step = type->type;
    out->has_sequence = true;
    out->sequence = cw_le32_at(all, 12);
    out->is_enough = all.len == in->wire_len && is_checksum(all, cw_le32_at(all, 20));
    return true;
}

/* Twelve LE16 words from byte 6, the i-th rotated left by i bits, XORed; zeros where the
 * frame ends. */
static uint16_t
mtp_checksum(struct cw_bytes frame)
{
    uint16_t sum = 0;
    for (unsigned i = 0; i < 12; i++) {
        size_t at = 6 + 2 * i;
        unsigned word = cw_u8_at(frame, at) | (unsigned)cw_u8_at(frame, at + 1) << 8;
        sum ^= (uint16_t)(word << i | word >> (16 - i));
    }
    return sum;
}

static bool
test_gwell_mtp(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes all = in->bytes;
    uint32_t size = (cw_u8_at(all, 2) & 7u) | (uint32_t)cw_u8_at(all, 3) << 3;
    bool is_relay = cw_u8_at(all, 1) & 0x60;
    uint32_t header = is_relay ? MTP_LONG : MTP_SHORT;
    bool is_here = all.len == in->wire_len || all.len >= 30;
    if (!is_here || size != in->wire_len || size <= header ||
        (mtp_checksum(all) ^ cw_le16_at(all, 2)) != cw_le16_at(all, 4)) {
        return false;
    }
    cw_p2p_describe(out, is_relay ? CW_WIRE_PHASE_RELAY : CW_WIRE_PHASE_DIRECT,
                    CW_WIRE_FROM_UNKNOWN,
                    is_relay ? "relayed media transport" : "media transport");
    return true;
}

const struct cw_wire_signature cw_wire_gwell_gutes = {
    .name = "gwell-gutes",
    .vendor = "",
    .platform = "Gwell IoTVideo",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_THREE,
    .proves_device = true,
    .least = GUTES_HEADER,
    .bits = 36,
    .ports = {51701, 51705, 28800, 8000},
    .first = "\x7f\x7e",
    .n_first = 2,
    .phases = CW_WIRE_TELLS(LOOKUP) | CW_WIRE_TELLS(REGISTRATION) | CW_WIRE_TELLS(RENDEZVOUS) |
              CW_WIRE_TELLS(RELAY) | CW_WIRE_TELLS(KEEPALIVE),
    .senders = CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_p2p.md 7g",
    .test = test_gwell_gutes,
};

const struct cw_wire_signature cw_wire_gwell_mtp = {
    .name = "gwell-mtp",
    .vendor = "",
    .platform = "Gwell IoTVideo",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .least = MTP_SHORT + 1,
    .bits = 37,
    .ports = {6789, 32761, 32100},
    .first = "\xc0",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(DIRECT) | CW_WIRE_TELLS(RELAY),
    .source = "protocols_p2p.md 7g",
    .test = test_gwell_mtp,
};
