/* SPDX-License-Identifier: Apache-2.0
 *
 * Hikvision SADP without IP, EtherType 0x8033 (protocols_seed_vendors.md 2.2). The sender's MAC
 * stands in the message and must be that of the frame.
 */
#include "base/cursor.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"

enum { LEAST = 38, FROM_TOOL = 0x42, FROM_DEVICE = 0xf6 };

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes b = in->bytes;
    uint8_t kind = cw_u8_at(b, 1), origin = cw_u8_at(b, 3);
    if (b.len < LEAST || cw_u8_at(b, 0) != 0x21 || (kind != 1 && kind != 2) ||
        cw_u8_at(b, 2) != 1 || (origin != FROM_TOOL && origin != FROM_DEVICE) ||
        cw_be16_at(b, 8) != 0x0604 ||
        !cw_bytes_starts(cw_bytes_from(b, 14), in->src_mac.b, sizeof(in->src_mac.b)) ||
        cw_mac_is_none(&in->src_mac)) {
        return false;
    }
    bool is_device = origin == FROM_DEVICE;
    out->role = CAMWATCH_ROLE_DISCOVERY;
    cw_said_message(out, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_UNKNOWN,
                    is_device ? "SADP answer" : "SADP search");
    if (is_device) {
        struct cw_addr addr = cw_addr_v4(cw_bytes_from(b, 20).ptr);
        cw_said_device(out);
        out->identity.mac = in->src_mac;
        out->identity.addr = addr;
    }
    return true;
}

const struct cw_wire_signature cw_wire_hikvision_sadp_ether = {
    .name = "hikvision-sadp-ether",
    .vendor = CW_HIKVISION_GROUP,
    .platform = "",
    .maker = CW_HIKVISION_MAKER,
    .transports = CW_WIRE_ETHER,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .least = LEAST,
    .bits = 100,
    .ethertype = 0x8033,
    .phases = CW_WIRE_TELLS(LAN_SEARCH),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source = "protocols_seed_vendors.md 2.2",
    .test = test,
};
