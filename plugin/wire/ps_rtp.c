/* SPDX-License-Identifier: Apache-2.0
 *
 * MPEG program stream in RTP (RFC 3550 5.1; ISO/IEC 13818-1 2.5.3.3), as surveillance platforms
 * carry media, in datagrams or over TCP with a length in front of each packet (RFC 4571 2). It
 * names neither a vendor nor a camera.
 */
#include "base/cursor.h"
#include "wire/said.h"

enum { RTP = 12, PACK = 14, TYPE_PS = 96, SSRC = 8, FRAMING = 2, CHAIN = 3 };

static bool
is_pack_header(struct cw_bytes b)
{
    return b.len >= PACK && cw_be32_at(b, 0) == 0x000001ba && (cw_u8_at(b, 4) & 0xc4) == 0x44 &&
           (cw_u8_at(b, 6) & 0x04) && (cw_u8_at(b, 8) & 0x04) && (cw_u8_at(b, 9) & 0x01) &&
           (cw_u8_at(b, 12) & 0x03) == 0x03 && (cw_u8_at(b, 13) & 0xf8) == 0xf8;
}

static bool
is_rtp(struct cw_bytes b)
{
    return cw_u8_at(b, 0) == 0x80 && (cw_u8_at(b, 1) & 0x7f) == TYPE_PS;
}

/* All packs of a stream come from one source. */
static void
describe(struct cw_bytes rtp, struct cw_wire_match *out)
{
    cw_said_message(out, CW_WIRE_PHASE_MEDIA, CW_WIRE_FROM_UNKNOWN, "program stream in RTP");
    out->role = CAMWATCH_ROLE_STREAM;
    out->token = cw_be32_at(rtp, SSRC);
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (!is_rtp(in->bytes) || !is_pack_header(cw_bytes_from(in->bytes, RTP))) {
        return false;
    }
    describe(in->bytes, out);
    return true;
}

/* Packets behind the first one, each of the same source and one further; -1 where something else is
 * there. */
static int
count_next(struct cw_bytes b, struct cw_bytes first)
{
    int n = 0;
    uint16_t sequence = cw_be16_at(first, 2);
    while (b.len >= FRAMING + RTP && n < CHAIN) {
        struct cw_bytes rtp = cw_bytes_from(b, FRAMING);
        if (!is_rtp(rtp) || cw_be16_at(rtp, 2) != (uint16_t)(sequence + n + 1) ||
            cw_be32_at(rtp, SSRC) != cw_be32_at(first, SSRC)) {
            return -1;
        }
        n++;
        b = cw_bytes_from(b, FRAMING + (size_t)cw_be16_at(b, 0));
    }
    return n;
}

static bool
test_tcp(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes rtp = cw_bytes_from(in->bytes, FRAMING);
    size_t length = cw_be16_at(in->bytes, 0);
    if (!is_rtp(rtp) || length < RTP + PACK || !is_pack_header(cw_bytes_from(rtp, RTP))) {
        return false;
    }
    int next = count_next(cw_bytes_from(rtp, length), rtp);
    if (next < 0) {
        return false;
    }
    describe(rtp, out);
    out->is_enough = next + 1 >= CHAIN;
    return true;
}

const struct cw_wire_signature cw_wire_ps_rtp = {
    .name = "ps-rtp",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_THREE,
    .proves_device = false,
    .least = RTP + PACK,
    .bits = 54,
    .first = "\x80",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(MEDIA),
    .source = "protocols_seed_vendors.md 6; RFC 3550 5.1",
    .test = test,
};

const struct cw_wire_signature cw_wire_ps_rtp_tcp = {
    .name = "ps-rtp-tcp",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_THREE,
    .proves_device = false,
    .least = FRAMING + RTP + PACK,
    .bits = 54,
    .phases = CW_WIRE_TELLS(MEDIA),
    .source = "protocols_seed_vendors.md 6; RFC 4571 2, RFC 3550 5.1",
    .test = test_tcp,
};
