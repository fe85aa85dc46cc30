/* SPDX-License-Identifier: Apache-2.0
 *
 * Quvii / UMeye / Qualvision over UDP (C1EFABFF): 28-byte header; acknowledgements carry an
 * Internet checksum, 164-byte openers go to the rendezvous server and to the device's addresses
 * at once (protocols_p2p.md 7q). The session token of an opener is never read.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/p2p.h"

enum { HEADER = 28, OPENER = 164, TARGET_ADDR = 140, TARGET_PORT = 156 };

/* RFC 1071 over LE16 words; 0xffff when the field that is part of the sum is right. */
static bool
is_checksum(struct cw_bytes header)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < HEADER; i += 2) {
        sum += cw_le16_at(header, i);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

static void
read_target(struct cw_bytes in, struct cw_wire_match *out)
{
    char text[17];
    struct cw_addr addr;
    cw_text_copy(text, sizeof(text), cw_bytes_head(cw_bytes_from(in, TARGET_ADDR), 16));
    if (cw_addr_parse(text, &addr)) {
        cw_p2p_candidate(out, &addr, cw_le16_at(in, TARGET_PORT));
    }
}

static bool
read_opener(struct cw_bytes in, struct cw_wire_match *out)
{
    if (cw_be32_at(in, HEADER) != 0xffffffff || cw_u8_at(in, 32) != 0x88) {
        return false;
    }
    bool is_reply = cw_u8_at(in, 46) == 1;
    cw_p2p_describe(out, CW_WIRE_PHASE_PUNCH, CW_WIRE_FROM_UNKNOWN,
                    is_reply ? "opener answered" : "opener");
    out->step = is_reply ? 2 : 1;
    read_target(in, out);
    return true;
}

static bool
test_quvii(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (in->bytes.len < HEADER || cw_be32_at(in->bytes, 0) != 0xc1efabff ||
        cw_le16_at(in->bytes, 26) != in->wire_len) {
        return false;
    }
    if (in->wire_len == HEADER) {
        cw_p2p_describe(out, CW_WIRE_PHASE_DIRECT, CW_WIRE_FROM_UNKNOWN, "acknowledgement");
        out->is_enough = is_checksum(in->bytes);
        return out->is_enough;
    }
    if (in->wire_len == OPENER && read_opener(in->bytes, out)) {
        return true;
    }
    cw_p2p_describe(out, CW_WIRE_PHASE_DIRECT, CW_WIRE_FROM_UNKNOWN, "session data");
    out->step = 3;
    return true;
}

const struct cw_wire_signature cw_wire_quvii = {
    .name = "quvii",
    .vendor = "",
    .platform = "Quvii (UMeye)",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .least = HEADER,
    .bits = 48,
    .first = "\xc1",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(PUNCH) | CW_WIRE_TELLS(DIRECT),
    .source = "protocols_p2p.md 7q",
    .test = test_quvii,
};
