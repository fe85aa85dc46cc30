/* SPDX-License-Identifier: Apache-2.0
 *
 * The rendezvous messages of EZVIZ over UDP, called STUN there: a header of 32 bytes and a body of
 * type-length-value (protocols_seed_vendors.md 2.8). Known from a disassembly only, without a
 * capture: off by default.
 */
#include "base/cursor.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"

enum { HEADER = 32, CHECKSUM = 4, VERSION = 0x01000000, TYPE_MAX = UINT16_MAX };

#define MAGIC UINT32_C(0x9e5335e9)

/* Whether the CRC-32 at the end counts as body is not known. */
static bool
is_length_right(struct cw_bytes b, uint32_t wire_len)
{
    uint32_t length = cw_be32_at(b, 28), have = wire_len - HEADER;
    return length == have || (have >= CHECKSUM && length == have - CHECKSUM);
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes b = in->bytes;
    uint32_t type = cw_be32_at(b, 16);
    if (b.len < HEADER || cw_be32_at(b, 0) != MAGIC || cw_be32_at(b, 4) != (uint32_t)VERSION ||
        cw_be32_at(b, 12) != 0 || cw_be32_at(b, 20) != 0 || type == 0 || type > TYPE_MAX ||
        !is_length_right(b, in->wire_len)) {
        return false;
    }
    out->role = CAMWATCH_ROLE_RENDEZVOUS;
    out->step = (uint8_t)type;
    cw_said_message(out, CW_WIRE_PHASE_RENDEZVOUS, CW_WIRE_FROM_UNKNOWN, "EZVIZ STUN message");
    return true;
}

const struct cw_wire_signature cw_wire_ezviz_stun = {
    .name = "ezviz-stun",
    .vendor = CW_HIKVISION_GROUP,
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_BOTH,
    .is_experimental = true,
    .is_off = true,
    .least = HEADER,
    .bits = 128,
    .ports = {6000},
    .first = "\x9e",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(RENDEZVOUS),
    .source = "protocols_seed_vendors.md 2.8",
    .test = test,
};
