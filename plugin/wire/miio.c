/* SPDX-License-Identifier: Apache-2.0
 *
 * Xiaomi miIO: 21 31, length, device number in clear; on the LAN (UDP 54321) and to the cloud
 * (UDP 8053, 80). Lamps and vacuum cleaners speak it too (protocols_p2p.md 6, corrections.md
 * 5). The checksum field can hold a token and is not looked at.
 */
#include <stdio.h>

#include "base/cursor.h"
#include "wire/p2p.h"

enum { HEADER = 32, LAN_PORT = 54321, CLOUD_PORT = 8053, HTTP_PORT = 80 };

static bool
is_unknown_zero_or_ones(uint32_t word)
{
    return word == 0 || word == 0xffffffff;
}

static void
describe(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    bool is_hello = in->wire_len == HEADER;
    bool to_cloud = in->dst_port == CLOUD_PORT || in->dst_port == HTTP_PORT;
    bool from_cloud = in->src_port == CLOUD_PORT || in->src_port == HTTP_PORT;
    bool from_device = to_cloud || in->src_port == LAN_PORT;
    unsigned phase = to_cloud || from_cloud ? CW_WIRE_PHASE_REGISTRATION
                     : is_hello             ? CW_WIRE_PHASE_LAN_SEARCH
                                            : CW_WIRE_PHASE_LAN_CONTROL;
    unsigned sender = from_cloud    ? CW_WIRE_FROM_SERVER
                      : from_device ? CW_WIRE_FROM_DEVICE
                                    : CW_WIRE_FROM_UNKNOWN;
    cw_p2p_describe(out, phase, sender, is_hello ? "hello" : "message");
    out->step = is_hello;
}

static bool
test_miio(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    uint32_t device = cw_be32_at(in->bytes, 8), size = cw_be16_at(in->bytes, 2);
    bool is_message = in->bytes.len >= HEADER && cw_be16_at(in->bytes, 0) == 0x2131 &&
                      size == in->wire_len &&
                      is_unknown_zero_or_ones(cw_be32_at(in->bytes, 4)) &&
                      (size - HEADER) % 16 == 0; /* AES-128-CBC blocks */
    if (!is_message) {
        return false;
    }
    describe(in, out);
    if (!is_unknown_zero_or_ones(device)) {
        char text[12];
        (void)snprintf(text, sizeof(text), "%u", (unsigned)device);
        (void)cw_p2p_uid(out, cw_bytes_text(text));
    }
    return true;
}

const struct cw_wire_signature cw_wire_miio = {
    .name = "miio",
    .vendor = "",
    .platform = "Xiaomi miIO",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_TWO,
    .proves_device = false,
    .least = HEADER,
    .bits = 64,
    .ports = {54321, 8053, 80},
    .first = "\x21",
    .n_first = 1,
    .phases =
        CW_WIRE_TELLS(LAN_SEARCH) | CW_WIRE_TELLS(LAN_CONTROL) | CW_WIRE_TELLS(REGISTRATION),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(SERVER),
    .source = "corrections.md 5, protocols_p2p.md 6",
    .test = test_miio,
};
