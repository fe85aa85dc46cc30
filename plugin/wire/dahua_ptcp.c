/* SPDX-License-Identifier: Apache-2.0
 *
 * PTCP, the tunnel in which Dahua carries DVRIP, DHIP and RTSP between peers or over a relay
 * (protocols_seed_vendors.md 1.6). What is inside is shown to the tests of those protocols.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/dahua_words.h"
#include "wire/rtsp.h"
#include "wire/said.h"

enum {
    HEADER = 24,
    BODY = 12,
    SYN = HEADER + 4,
    TYPE_DATA = 0x10,
    TYPE_BIND = 0x11,
    TYPE_STATUS = 0x12,
    TYPE_HEARTBEAT = 0x13,
    TYPE_LAST = 0x1b,
};

/* The tunnelled bytes belong to a stream; the signature that knows them says who speaks. */
static void
read_inner(const struct cw_wire_input *in, struct cw_wire_match *m)
{
    struct cw_wire_input inner = *in;
    inner.bytes = cw_bytes_from(in->bytes, HEADER + BODY);
    inner.wire_len = (uint32_t)inner.bytes.len;
    inner.transport = CW_WIRE_TCP;
    inner.at_start = false;
    struct cw_wire_match found = {.is_evidence = true};
    bool is_own = cw_dahua_dvrip_test(&inner, &found) || cw_dahua_dhip_test(&inner, &found);
    if (!is_own) {
        found = (struct cw_wire_match){.is_evidence = true};
        if (!cw_rtsp_test(&inner, &found)) {
            return;
        }
    }
    if (cw_addr_is_global(&in->src) && found.has_identity) {
        found.identity.origin = CAMWATCH_ORIGIN_CLAIMED; /* the sender may be a relay */
        found.is_camera_fact = false;
    }
    found.phase = CW_WIRE_PHASE_DIRECT;
    found.role = CAMWATCH_ROLE_NONE;
    found.is_enough = is_own;
    found.is_evidence = true;
    found.token = 0;
    found.vendor = found.protocol = NULL;
    *m = found;
}

static bool
is_data(const struct cw_wire_input *in)
{
    struct cw_bytes b = in->bytes;
    return cw_u8_at(b, HEADER) == TYPE_DATA && b.len >= HEADER + BODY &&
           cw_be16_at(b, HEADER + 2) == in->wire_len - HEADER - BODY &&
           cw_be32_at(b, HEADER + 8) == 0;
}

static bool
is_control(const struct cw_wire_input *in)
{
    struct cw_bytes b = in->bytes;
    uint8_t type = cw_u8_at(b, HEADER);
    return type > TYPE_DATA && type <= TYPE_LAST && cw_u8_at(b, HEADER + 1) == 0 &&
           b.len >= HEADER + BODY && cw_be32_at(b, HEADER + 8) == 0;
}

static const char *
control_detail(uint8_t type)
{
    switch (type) {
    case TYPE_BIND:
        return "PTCP bind";
    case TYPE_STATUS:
        return "PTCP status";
    case TYPE_HEARTBEAT:
        return "PTCP heartbeat";
    default:
        return "PTCP control";
    }
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes b = in->bytes;
    uint32_t id = cw_be32_at(b, 12);
    if (b.len < HEADER || !CW_STARTS(b, "PTCP")) {
        return false;
    }
    bool is_syn =
        id == 0x0002ffff && in->wire_len == SYN && cw_be32_at(b, HEADER) == 0x00030100;
    bool is_other = id >> 16 == 0;
    if (is_syn) {
        cw_said_message(out, CW_WIRE_PHASE_DIRECT, CW_WIRE_FROM_UNKNOWN, "PTCP opening");
    } else if (is_other && in->wire_len == HEADER) {
        cw_said_message(out, CW_WIRE_PHASE_DIRECT, CW_WIRE_FROM_UNKNOWN,
                        "PTCP acknowledgement");
    } else if (is_other && is_data(in)) {
        cw_said_message(out, CW_WIRE_PHASE_DIRECT, CW_WIRE_FROM_UNKNOWN, "PTCP data");
        read_inner(in, out);
    } else if (is_other && is_control(in)) {
        uint8_t type = cw_u8_at(b, HEADER);
        cw_said_message(out,
                        type == TYPE_HEARTBEAT ? CW_WIRE_PHASE_KEEPALIVE : CW_WIRE_PHASE_DIRECT,
                        CW_WIRE_FROM_UNKNOWN, control_detail(type));
    } else {
        return false;
    }
    return true;
}

const struct cw_wire_signature cw_wire_dahua_ptcp = {
    .name = "dahua-ptcp",
    .vendor = CW_DAHUA_GROUP,
    .platform = "",
    .maker = CW_DAHUA_MAKER,
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .least = HEADER,
    .bits = 80,
    .first = "P",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(DIRECT) | CW_WIRE_TELLS(KEEPALIVE),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_seed_vendors.md 1.6",
    .test = test,
};
