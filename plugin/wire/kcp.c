/* SPDX-License-Identifier: Apache-2.0
 *
 * KCP, a reliable transport that Tuya, Gwell and many games use: 24-byte segments that tile the
 * datagram (protocols_p2p.md 8k). Names the protocol and never anybody.
 */
#include "base/cursor.h"
#include "wire/p2p.h"

enum { HEADER = 24, PUSH = 81, ACK = 82, ASK = 83, TELL = 84, SEGMENTS_MOST = 64 };

static bool
test_kcp(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_cursor c = cw_cursor(in->bytes);
    uint32_t conversation = cw_le32_at(in->bytes, 0);
    if (in->bytes.len != in->wire_len) {
        return false; /* cut: cannot be checked */
    }
    for (unsigned i = 0; i < SEGMENTS_MOST && cw_cursor_left(&c) > 0; i++) {
        uint32_t here = cw_cursor_le32(&c);
        uint8_t command = cw_cursor_u8(&c);
        cw_cursor_skip(&c, 15);
        uint32_t length = cw_cursor_le32(&c);
        cw_cursor_skip(&c, length);
        bool is_segment = here == conversation && command >= PUSH && command <= TELL &&
                          (command == PUSH || length == 0);
        if (!is_segment || !cw_cursor_ok(&c)) {
            return false;
        }
    }
    cw_p2p_describe(out, CW_WIRE_PHASE_NONE, CW_WIRE_FROM_UNKNOWN, "KCP segments");
    out->is_evidence = false;
    out->token = conversation ? conversation : 1;
    return cw_cursor_left(&c) == 0;
}

const struct cw_wire_signature cw_wire_kcp = {
    .name = "kcp",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_TWO,
    .least = HEADER,
    .bits = 38,
    .source = "protocols_p2p.md 8k",
    .test = test_kcp,
};
