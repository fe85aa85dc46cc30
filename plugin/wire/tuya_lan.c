/* SPDX-License-Identifier: Apache-2.0
 *
 * Tuya on the local network: 55AA frames with a CRC-32, 6699 frames of newer firmware. Bulbs
 * and plugs speak it as cameras do, so it names the platform and nothing more (protocols_p2p.md
 * 5).
 */
#include "base/cursor.h"
#include "wire/crc32.h"
#include "wire/p2p.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum { HEADER = 16, TRAILER = 8, MOST_COMMAND = 0x40, MOST_PAYLOAD = 8192, HEADER_66 = 18 };

enum { CONTROL_PORT = 6668, ANNOUNCE = 0x13, ANNOUNCE_34 = 0x23, WHO_IS_THERE = 0x25 };

/* A device announces itself and answers on its port; an app asks who is there. */
static unsigned
sender_of(const struct cw_wire_input *in, uint32_t command)
{
    if (in->transport == CW_WIRE_TCP) {
        return in->src_port == CONTROL_PORT ? CW_WIRE_FROM_DEVICE : CW_WIRE_FROM_UNKNOWN;
    }
    return command == ANNOUNCE || command == ANNOUNCE_34 ? CW_WIRE_FROM_DEVICE
           : command == WHO_IS_THERE                     ? CW_WIRE_FROM_VIEWER
                                                         : CW_WIRE_FROM_UNKNOWN;
}

static void
describe(const struct cw_wire_input *in, uint32_t command, struct cw_wire_match *out)
{
    bool is_search = in->transport == CW_WIRE_UDP;
    cw_p2p_describe(out, is_search ? CW_WIRE_PHASE_LAN_SEARCH : CW_WIRE_PHASE_LAN_CONTROL,
                    sender_of(in, command), is_search ? "LAN broadcast" : "LAN control");
    out->step = (uint8_t)command;
}

/* The broadcast of version 3.1 is plain JSON. */
static void
read_broadcast(struct cw_bytes payload, struct cw_wire_match *out)
{
    struct cw_bytes id = cw_scan_json(payload, "gwId");
    if (id.len == 0 || cw_scan_json(payload, "productKey").len == 0) {
        return;
    }
    out->sender = CW_WIRE_FROM_DEVICE;
    if (cw_p2p_uid(out, id)) {
        cw_said_addr(&out->identity.addr, cw_scan_json(payload, "ip"));
    }
}

static bool
read_55aa(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes all = in->bytes;
    uint32_t command = cw_be32_at(all, 8), length = cw_be32_at(all, 12);
    if (length < TRAILER || length > MOST_PAYLOAD || command == 0 || command > MOST_COMMAND ||
        length + HEADER > all.len ||
        (in->transport == CW_WIRE_UDP && length + HEADER != in->wire_len) ||
        cw_be32_at(all, HEADER + length - 4) != 0x0000aa55) {
        return false;
    }
    uint32_t crc = cw_be32_at(all, HEADER + length - TRAILER);
    uint32_t actual = ~cw_crc32(0xffffffff, cw_bytes_head(all, HEADER + length - TRAILER));
    describe(in, command, out);
    out->is_enough = crc == actual; /* else an HMAC stands there (version 3.4) */
    read_broadcast(cw_bytes_head(cw_bytes_from(all, HEADER), length - TRAILER), out);
    return true;
}

static bool
read_6699(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes all = in->bytes;
    uint32_t command = cw_be32_at(all, 10), length = cw_be32_at(all, 14);
    if (cw_be16_at(all, 4) != 0 || command == 0 || command > MOST_COMMAND || length < 28 ||
        length > MOST_PAYLOAD || length + HEADER_66 + 4 > all.len ||
        cw_be32_at(all, HEADER_66 + length) != 0x00009966) {
        return false;
    }
    describe(in, command, out);
    return true;
}

static bool
test_tuya_lan(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    switch (cw_be32_at(in->bytes, 0)) {
    case 0x000055aa:
        return read_55aa(in, out);
    case 0x00006699:
        return read_6699(in, out);
    default:
        return false;
    }
}

const struct cw_wire_signature cw_wire_tuya_lan = {
    .name = "tuya-lan",
    .vendor = "",
    .platform = "Tuya",
    .maker = "",
    .transports = CW_WIRE_UDP | CW_WIRE_TCP,
    .class = CW_WIRE_TWO,
    .proves_device = false,
    .least = HEADER + TRAILER,
    .bits = 80,
    .ports = {6666, 6667, 7000, 6668},
    .first = "\0",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(LAN_SEARCH) | CW_WIRE_TELLS(LAN_CONTROL),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_p2p.md 5",
    .test = test_tuya_lan,
};
