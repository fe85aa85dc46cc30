/* SPDX-License-Identifier: Apache-2.0
 *
 * Dahua's hole punching: a classic STUN message of 44 bytes with every bit inverted
 * (protocols_seed_vendors.md 1.5).
 */
#include "base/cursor.h"
#include "wire/dahua_words.h"
#include "wire/said.h"

enum { LENGTH = 44, REQUEST = 0xfffe, SUCCESS = 0xfefe };

static void
read_address(struct cw_bytes b, struct cw_wire_match *m)
{
    struct cw_cursor c = cw_cursor(cw_bytes_from(b, 38));
    uint16_t port = (uint16_t)~cw_cursor_be16(&c);
    uint8_t v4[4];
    for (size_t i = 0; i < sizeof(v4); i++) {
        v4[i] = (uint8_t)~cw_cursor_u8(&c);
    }
    struct cw_addr addr = cw_addr_v4(v4);
    if (port != 0 && v4[0] != 0 && !cw_addr_is_group(&addr)) {
        m->candidate[0] = (struct cw_wire_endpoint){.addr = addr, .port = port};
        m->n_candidates = 1;
    }
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes b = in->bytes;
    uint16_t type = cw_be16_at(b, 0);
    uint32_t attribute = cw_be32_at(b, 20);
    if (in->wire_len != LENGTH || b.len != LENGTH || (type != REQUEST && type != SUCCESS) ||
        cw_be16_at(b, 2) != 0xffe7 || (attribute != 0x7fd5fff7 && attribute != 0x7fd6fff7) ||
        cw_be32_at(b, 32) != 0xfffbfff7 || cw_be16_at(b, 36) != 0xfffe) {
        return false;
    }
    cw_said_message(out, CW_WIRE_PHASE_PUNCH, CW_WIRE_FROM_UNKNOWN,
                    type == REQUEST ? "Dahua P2P punch" : "Dahua P2P punch answer");
    read_address(b, out);
    return true;
}

const struct cw_wire_signature cw_wire_dahua_stun = {
    .name = "dahua-stun",
    .vendor = CW_DAHUA_GROUP,
    .platform = "",
    .maker = CW_DAHUA_MAKER,
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .least = LENGTH,
    .bits = 112,
    .first = "\xff\xfe",
    .n_first = 2,
    .phases = CW_WIRE_TELLS(PUNCH),
    .source = "protocols_seed_vendors.md 1.5",
    .test = test,
};
