/* SPDX-License-Identifier: Apache-2.0
 *
 * RTMP by its handshake (Adobe RTMP 1.0, 5.2): version 3, then 1,536 bytes each way. One byte
 * and a version, so both directions must show it, and it names nobody.
 */
#include "base/cursor.h"
#include "wire/p2p.h"

enum { VERSION = 3, LEAST = 1000 }; /* C1 does not fit one segment of 1,460 bytes whole */

/* What C1 says after its time: zero, or the version of a Flash player and of those that pose as one
 * (9.0.124.2, 10.0.45.2, 32.0.0.101), or of nginx as a client. */
static bool
is_client_version(uint32_t v)
{
    unsigned major = v >> 24, minor = v >> 16 & 0xff;
    return v == 0 || v == 0x0c000d0e ||
           (major >= 9 && major <= 32 && minor <= 3 && (v & 0x8080) == 0);
}

/* S1 likewise: zero, a media server of Adobe or one that poses as it (3.5.1.1, 4.5.0.1, 1.0.5.4),
 * or nginx. */
static bool
is_server_version(uint32_t v)
{
    unsigned major = v >> 24, minor = v >> 16 & 0xff;
    return v == 0 || v == 0x0d0e0a0d ||
           (major >= 1 && major <= 5 && minor <= 5 && (v & 0x8080) == 0);
}

static bool
test_rtmp(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (!in->at_start || cw_u8_at(in->bytes, 0) != VERSION) {
        return false;
    }
    uint32_t version = cw_be32_at(in->bytes, 5);
    if (in->direction == 0 ? !is_client_version(version) : !is_server_version(version)) {
        return false;
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
    .bits = 40,
    .ports = {1935},
    .first = "\x03",
    .n_first = 1,
    .source = "protocols_p2p.md 8d, Adobe RTMP 1.0 5.2",
    .test = test_rtmp,
};
