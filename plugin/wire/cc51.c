/* SPDX-License-Identifier: Apache-2.0
 *
 * The framing of newer Wyze cameras on TUTK ("CC51"): not scrambled, no UID in clear
 * (protocols_p2p.md 1w). Ticket, session id and HMAC are not looked at.
 */
#include "base/cursor.h"
#include "wire/p2p.h"

enum { HEADER = 12, DISCOVERY = 0x1002, KEEPALIVE = 0x1202, DTLS = 0x1502, DTLS_AT = 28 };

/* A DTLS record (RFC 6347 4.1): content type 20..25, version FE FF or FE FD. */
static bool
is_dtls(struct cw_bytes in)
{
    uint8_t type = cw_u8_at(in, DTLS_AT);
    uint16_t version = cw_be16_at(in, DTLS_AT + 1);
    return type >= 20 && type <= 25 && (version == 0xfeff || version == 0xfefd);
}

static bool
read_command(struct cw_bytes in, uint32_t size, struct cw_wire_match *out)
{
    switch (cw_le16_at(in, 4)) {
    case DISCOVERY:
        cw_p2p_describe(out, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_UNKNOWN, "discovery");
        return size == 52;
    case KEEPALIVE:
        cw_p2p_describe(out, CW_WIRE_PHASE_KEEPALIVE, CW_WIRE_FROM_UNKNOWN, "keep-alive");
        return size == 48;
    case DTLS:
        cw_p2p_describe(out, CW_WIRE_PHASE_DIRECT, CW_WIRE_FROM_UNKNOWN, "session data");
        return is_dtls(in);
    default:
        return false;
    }
}

static bool
test_cc51(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    uint16_t direction = cw_le16_at(in->bytes, 8);
    bool is_frame = cw_be32_at(in->bytes, 0) == 0x51cc0000 &&
                    cw_le16_at(in->bytes, 6) + (uint32_t)HEADER == in->wire_len &&
                    (direction == 0 || direction == 0xffff);
    if (!is_frame || !read_command(in->bytes, in->wire_len, out)) {
        return false;
    }
    out->step = (uint8_t)(cw_le16_at(in->bytes, 4) >> 8);
    out->brand_hint = "Wyze";
    return true;
}

const struct cw_wire_signature cw_wire_cc51 = {
    .name = "tutk-cc51",
    .vendor = "",
    .platform = "TUTK Kalay",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .kind = CAMWATCH_KIND_CAMERA,
    .least = 48,
    .bits = 60,
    .ports = {32761},
    .first = "\x51",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(LAN_SEARCH) | CW_WIRE_TELLS(DIRECT) | CW_WIRE_TELLS(KEEPALIVE),
    .source = "protocols_p2p.md 1w",
    .test = test_cc51,
};
