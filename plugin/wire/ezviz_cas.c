/* SPDX-License-Identifier: Apache-2.0
 *
 * EZVIZ CAS frames: to a device on the LAN, TCP 9010 and 9020, and within the cloud's TLS
 * (protocols_seed_vendors.md 2.5). Bodies are mostly enciphered.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

#define MAGIC 0x9ebaace9u

enum {
    HEADER = 32,
    BODY_MAX = 1024 * 1024,
    TAIL_MAX = 4096,
    COMMAND_PORT = 9010,
    STREAM_PORT = 9020,
};

static bool
is_local_port(uint16_t port)
{
    return port == COMMAND_PORT || port == STREAM_PORT;
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes b = in->bytes;
    uint32_t version = cw_be32_at(b, 4), command = cw_be32_at(b, 16);
    if (b.len < HEADER || cw_be32_at(b, 0) != MAGIC ||
        (version != 0x01000000 && version != 0x00000001) || cw_be32_at(b, 12) != 0 ||
        command == 0 || command > UINT16_MAX || cw_be32_at(b, 24) > BODY_MAX ||
        cw_be32_at(b, 28) > TAIL_MAX) {
        return false;
    }
    bool is_device = is_local_port(in->src_port), is_viewer = is_local_port(in->dst_port);
    cw_said_message(out, CW_WIRE_PHASE_CONTROL,
                    is_viewer ? CW_WIRE_FROM_VIEWER : CW_WIRE_FROM_UNKNOWN,
                    "EZVIZ CAS message");
    out->role = is_device || is_viewer ? CAMWATCH_ROLE_CONTROL : CAMWATCH_ROLE_API;
    if (is_device) {
        cw_said_device(out);
    }
    struct cw_bytes serial = cw_scan_xml(cw_bytes_from(b, HEADER), "DevSerial");
    if (serial.len > 0 && cw_text_is_alnum(serial) && !is_device) {
        cw_said_other(out);
        CW_SAID(out->identity.serial, serial);
    }
    return true;
}

const struct cw_wire_signature cw_wire_ezviz_cas = {
    .name = "ezviz-cas",
    .vendor = CW_HIKVISION_GROUP,
    .platform = "",
    .maker = CW_HIKVISION_MAKER,
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .least = HEADER,
    .bits = 110,
    .ports = {COMMAND_PORT, STREAM_PORT, 6500},
    .first = "\x9e",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(CONTROL),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_seed_vendors.md 2.5",
    .test = test,
};
