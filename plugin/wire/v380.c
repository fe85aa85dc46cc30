/* SPDX-License-Identifier: Apache-2.0
 *
 * V380 (Macro-video): ASCII search on UDP 10008, binary commands on TCP 8800 on the LAN and
 * through the vendor's relay (protocols_p2p.md 7h). User name and password of a log-in are
 * never read.
 */
#include <stdio.h>

#include "base/cursor.h"
#include "base/text.h"
#include "wire/p2p.h"
#include "wire/said.h"

enum {
    REQUEST = 256,
    VERIFY = 1167,
    VERIFIED = 1168,
    STREAM = 301,
    STREAMING = 401,
    START = 303
};

enum { DIRECT = 1022, BY_SERVER = 120, BY_RELAY = 1002, RELAY_PORT = 8800, VERIFY_DEVICE = 13 };

/* The n-th field of text split by '^'; the last one only where the text is whole. */
static struct cw_bytes
field(struct cw_bytes text, unsigned n, bool is_whole)
{
    while (n-- > 0) {
        ptrdiff_t at = cw_text_find(text, cw_bytes("^", 1));
        if (at < 0) {
            return cw_bytes(NULL, 0);
        }
        text = cw_bytes_from(text, (size_t)at + 1);
    }
    ptrdiff_t end = cw_text_find(text, cw_bytes("^", 1));
    return end >= 0 ? cw_bytes_head(text, (size_t)end) : is_whole ? text : cw_bytes(NULL, 0);
}

static bool
test_v380_search(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (CW_STARTS(in->bytes, "NVDEVSEARCH^")) {
        cw_p2p_describe(out, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_VIEWER, "LAN search");
        return true;
    }
    if (!CW_STARTS(in->bytes, "NVDEVRESULT^")) {
        return false;
    }
    cw_p2p_describe(out, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_DEVICE, "LAN search answer");
    out->step = 1;
    out->is_camera_fact = true;
    bool is_whole = in->bytes.len == in->wire_len;
    cw_said_mac(&out->identity.mac, field(in->bytes, 2, is_whole));
    cw_said_addr(&out->identity.addr, field(in->bytes, 3, is_whole));
    struct cw_bytes id = cw_text_trim(field(in->bytes, 12, is_whole));
    if (cw_text_is_digits(id)) {
        (void)cw_p2p_uid(out, id);
    }
    cw_said_device(out);
    return true;
}

/* The number of the device that an app asks for. */
static void
read_device(uint32_t number, struct cw_wire_match *out)
{
    char text[12];
    (void)snprintf(text, sizeof(text), "%u", (unsigned)number);
    (void)cw_p2p_uid(out, cw_bytes_text(text));
}

static bool
read_request(struct cw_bytes in, struct cw_wire_match *out)
{
    uint32_t how = cw_le32_at(in, 4);
    switch (cw_le32_at(in, 0)) {
    case VERIFY:
        cw_p2p_describe(out, how == BY_RELAY ? CW_WIRE_PHASE_RELAY : CW_WIRE_PHASE_CONTROL,
                        CW_WIRE_FROM_VIEWER,
                        how == BY_RELAY ? "log-in through a relay" : "log-in");
        read_device(cw_le32_at(in, VERIFY_DEVICE), out);
        return how == DIRECT || how == BY_SERVER || how == BY_RELAY;
    case STREAM:
        cw_p2p_describe(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_VIEWER, "stream request");
        read_device(how, out);
        return how != 0;
    case START:
        cw_p2p_describe(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_VIEWER, "stream start");
        return true;
    default:
        return false;
    }
}

static bool
read_answer(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    uint32_t command = cw_le32_at(in->bytes, 0);
    if (in->src_port != RELAY_PORT || (command != VERIFIED && command != STREAMING)) {
        return false;
    }
    cw_p2p_describe(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_UNKNOWN,
                    command == VERIFIED ? "log-in answer" : "stream answer");
    return true;
}

static bool
test_v380(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    bool is_request = in->bytes.len == REQUEST && read_request(in->bytes, out);
    out->step = cw_u8_at(in->bytes, 0);
    return is_request || read_answer(in, out);
}

const struct cw_wire_signature cw_wire_v380_search = {
    .name = "v380-search",
    .vendor = "",
    .platform = "V380 (Macro-video)",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .kind = CAMWATCH_KIND_CAMERA,
    .least = 12,
    .bits = 96,
    .ports = {10008, 10009},
    .first = "N",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(LAN_SEARCH),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_p2p.md 7h",
    .test = test_v380_search,
};

const struct cw_wire_signature cw_wire_v380 = {
    .name = "v380",
    .vendor = "",
    .platform = "V380 (Macro-video)",
    .maker = "",
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .kind = CAMWATCH_KIND_CAMERA,
    .least = 17,
    .bits = 40,
    .ports = {RELAY_PORT},
    .first = "\x8f\x90\x2d\x91\x2f", /* 1167, 1168, 301, 401, 303, little-endian */
    .n_first = 5,
    .phases = CW_WIRE_TELLS(CONTROL) | CW_WIRE_TELLS(RELAY),
    .senders = CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_p2p.md 7h",
    .test = test_v380,
};
