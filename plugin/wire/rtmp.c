/* SPDX-License-Identifier: Apache-2.0
 *
 * RTMP by its handshake (Adobe RTMP 1.0, 5.2): version 3, then 1,536 bytes each way. One byte
 * and a length, so both directions must show it, and it names nobody.
 */
#include "base/cursor.h"
#include "wire/p2p.h"

enum { VERSION = 3, LEAST = 1000 }; /* C1 does not fit one segment of 1,460 bytes whole */

static bool
test_rtmp(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (!in->at_start || cw_u8_at(in->bytes, 0) != VERSION) {
        return false;
    }
    /* C1: time, then zero or the player's version; S1 the same of the server. Versions are
     * below 128 in each byte, random text is not. */
    for (size_t i = 5; i < 9; i++) {
        if (cw_u8_at(in->bytes, i) > 0x7f) {
            return false;
        }
    }
    cw_p2p_describe(out, CW_WIRE_PHASE_NONE, CW_WIRE_FROM_UNKNOWN, "RTMP handshake");
    out->role = CAMWATCH_ROLE_STREAM;
    return true;
}

const struct cw_wire_signature cw_wire_rtmp = {
    .name = "rtmp",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .least = LEAST,
    .bits = 24,
    .ports = {1935},
    .first = "\x03",
    .n_first = 1,
    .source = "protocols_p2p.md 8d, Adobe RTMP 1.0 5.2",
    .test = test_rtmp,
};
