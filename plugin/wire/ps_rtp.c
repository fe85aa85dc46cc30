/* SPDX-License-Identifier: Apache-2.0
 *
 * MPEG program stream in RTP (RFC 3550 5.1; ISO/IEC 13818-1 2.5.3.3), as surveillance platforms
 * carry media. It names neither a vendor nor a camera.
 */
#include "base/cursor.h"
#include "wire/said.h"

enum { RTP = 12, PACK = 14, TYPE_PS = 96 };

static bool
is_pack_header(struct cw_bytes b)
{
    return b.len >= PACK && cw_be32_at(b, 0) == 0x000001ba && (cw_u8_at(b, 4) & 0xc4) == 0x44 &&
           (cw_u8_at(b, 6) & 0x04) && (cw_u8_at(b, 8) & 0x04) && (cw_u8_at(b, 9) & 0x01) &&
           (cw_u8_at(b, 12) & 0x03) == 0x03 && (cw_u8_at(b, 13) & 0xf8) == 0xf8;
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes b = in->bytes;
    if (cw_u8_at(b, 0) != 0x80 || (cw_u8_at(b, 1) & 0x7f) != TYPE_PS ||
        !is_pack_header(cw_bytes_from(b, RTP))) {
        return false;
    }
    cw_said_message(out, CW_WIRE_PHASE_MEDIA, CW_WIRE_FROM_UNKNOWN, "program stream in RTP");
    out->role = CAMWATCH_ROLE_STREAM;
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
