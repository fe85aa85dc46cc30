/* SPDX-License-Identifier: Apache-2.0
 *
 * The UDP rendezvous of Xiongmai's cloud ("xmip"): a magic and four sizes, both ways. Only
 * these are published (protocols_p2p.md 3), so it stays experimental.
 */
#include "base/cursor.h"
#include "wire/p2p.h"

static bool
test_xiongmai_nat(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    uint32_t size = in->wire_len;
    if (cw_be32_at(in->bytes, 0) != 0x1220d007 ||
        !(size == 112 || size == 120 || size == 148 || size == 184)) {
        return false;
    }
    cw_p2p_describe(out, CW_WIRE_PHASE_RENDEZVOUS, CW_WIRE_FROM_UNKNOWN, "rendezvous message");
    out->step = (uint8_t)size;
    return true;
}

const struct cw_wire_signature cw_wire_xiongmai_nat = {
    .name = "xiongmai-xmip",
    .vendor = "",
    .platform = "Xiongmai XMeye",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_BOTH,
    .is_experimental = true,
    .proves_device = true,
    .least = 112,
    .bits = 38,
    .first = "\x12",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(RENDEZVOUS),
    .source = "protocols_p2p.md 3 (XM NAT)",
    .test = test_xiongmai_nat,
};
