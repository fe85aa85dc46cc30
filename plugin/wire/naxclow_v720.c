/* SPDX-License-Identifier: Apache-2.0
 *
 * Naxclow V720, the small "A9" cameras without PPPP: 20-byte header and JSON with a code, or
 * media (protocols_p2p.md 7n). The device's token stands beside its uid and is never read.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/p2p.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum { HEADER = 20, MOST_BODY = 1 << 20, JSON = 0, HEARTBEAT = 100, PING = 101, PONG = 102 };

enum { REGISTER = 100, REGISTERED = 101 };

struct code {
    uint16_t first, last;
    uint8_t phase, sender;
    const char *detail;
};

static const struct code codes[] = {
    {10, 13, CW_WIRE_PHASE_PUNCH, CW_WIRE_FROM_UNKNOWN, "punch set-up"},
    {20, 21, CW_WIRE_PHASE_RENDEZVOUS, CW_WIRE_FROM_UNKNOWN, "UDP rendezvous"},
    {50, 51, CW_WIRE_PHASE_PUNCH, CW_WIRE_FROM_UNKNOWN, "probe"},
    {100, 100, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_DEVICE, "device registration"},
    {101, 101, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_SERVER, "device registration answer"},
    {301, 301, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_UNKNOWN, "forwarded command"},
    {501, 502, CW_WIRE_PHASE_LAN_CONTROL, CW_WIRE_FROM_UNKNOWN, "access point command"},
};

static bool
is_command(unsigned command, uint32_t body)
{
    static const uint16_t media[] = {1, 4, 6, 7, 8, 605};
    for (size_t i = 0; i < sizeof(media) / sizeof(*media); i++) {
        if (command == media[i]) {
            return body > 0;
        }
    }
    return command == JSON ? body > 0 : command >= HEARTBEAT && command <= PONG && body == 0;
}

/* Pieces of media are numbered by their flag: first, middle, last. Without that, small numbers and
 * zeros of other protocols would do (capture hislip). */
static bool
is_piece(struct cw_bytes in)
{
    uint8_t flag = cw_u8_at(in, 6);
    return flag >= 250 && flag <= 252 && cw_u8_at(in, 7) == 0;
}

static bool
is_forward_id(struct cw_bytes id)
{
    static const uint8_t zeros[8], ones[8] = {255, 255, 255, 255, 255, 255, 255, 255};
    return cw_bytes_equal(id, cw_bytes(zeros, 8)) || cw_bytes_equal(id, cw_bytes(ones, 8)) ||
           cw_text_is_alnum(id);
}

static bool
is_header(const struct cw_wire_input *in, unsigned command, uint32_t body)
{
    uint8_t flag = cw_u8_at(in->bytes, 6);
    bool is_flag = flag == 0 || flag == 250 || flag == 251 || flag == 252 || flag == 255;
    bool is_length =
        in->transport == CW_WIRE_UDP ? body + HEADER == in->wire_len : body <= MOST_BODY;
    return in->bytes.len >= HEADER && is_flag && is_length && is_command(command, body) &&
           is_forward_id(cw_bytes_head(cw_bytes_from(in->bytes, 8), 8));
}

static bool
read_json(struct cw_bytes json, struct cw_wire_match *out)
{
    uint32_t code;
    if (cw_u8_at(json, 0) != '{' || !cw_text_number(cw_scan_json(json, "code"), 9999, &code)) {
        return false;
    }
    cw_p2p_describe(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_UNKNOWN, "message");
    out->step = (uint8_t)code;
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        if (code >= codes[i].first && code <= codes[i].last) {
            cw_p2p_describe(out, codes[i].phase, codes[i].sender, codes[i].detail);
            out->is_enough = true;
        }
    }
    if (code == REGISTER && cw_p2p_uid(out, cw_scan_json(json, "uid"))) {
        cw_said_device(out);
    }
    return true;
}

static bool
test_naxclow_v720(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    uint32_t body = cw_le32_at(in->bytes, 0);
    unsigned command = cw_le16_at(in->bytes, 4);
    if (!is_header(in, command, body)) {
        return false;
    }
    if (command == JSON) {
        return read_json(cw_bytes_head(cw_bytes_from(in->bytes, HEADER), body), out);
    }
    bool is_media = command < HEARTBEAT || command > PONG;
    if (is_media && !is_piece(in->bytes)) {
        return false;
    }
    bool has_more = !is_media && in->transport == CW_WIRE_TCP && in->bytes.len != HEADER;
    cw_p2p_describe(out, is_media ? CW_WIRE_PHASE_MEDIA : CW_WIRE_PHASE_KEEPALIVE,
                    CW_WIRE_FROM_UNKNOWN, is_media ? "media" : "heartbeat");
    out->step = (uint8_t)command;
    return !has_more; /* a heartbeat travels alone */
}

const struct cw_wire_signature cw_wire_naxclow_v720 = {
    .name = "naxclow-v720",
    .vendor = "",
    .platform = "Naxclow V720",
    .maker = "",
    .transports = CW_WIRE_UDP | CW_WIRE_TCP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .kind = CAMWATCH_KIND_CAMERA,
    .least = HEADER,
    .bits = 60,
    .ports = {6123, 29940, 29941, 53221},
    .phases = CW_WIRE_TELLS(REGISTRATION) | CW_WIRE_TELLS(RENDEZVOUS) | CW_WIRE_TELLS(PUNCH) |
              CW_WIRE_TELLS(CONTROL) | CW_WIRE_TELLS(LAN_CONTROL) | CW_WIRE_TELLS(MEDIA) |
              CW_WIRE_TELLS(KEEPALIVE),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_p2p.md 7n, capture naxclow-v720",
    .test = test_naxclow_v720,
};
