/* SPDX-License-Identifier: Apache-2.0
 *
 * EZVIZ VTM and VTDU, the media relay that viewers open over TCP
 * (protocols_seed_vendors.md 2.6). The first byte '$' is RTSP's too: only the two stream-info
 * messages count, one in each direction.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum {
    HEADER = 8,
    MESSAGE = 0x00,
    ENCRYPTED = 0x0a,
    STREAM_INFO_ASK = 0x013b,
    STREAM_INFO_ANSWER = 0x013c,
    URL_WITHIN = 12,
    SERIAL_MIN = 9,
};

static bool
has_url(struct cw_bytes body)
{
    return cw_u8_at(body, 0) == 0x0a &&
           cw_scan_has(cw_bytes_head(body, URL_WITHIN), "ysproto://");
}

static void
read_serial(struct cw_bytes body, struct cw_wire_match *m)
{
    struct cw_bytes serial = cw_scan_param(body, "dev");
    bool is_whole = serial.ptr && serial.ptr + serial.len < body.ptr + body.len;
    if (is_whole && serial.len >= SERIAL_MIN && cw_text_is_alnum(serial)) {
        cw_said_other(m);
        CW_SAID(m->identity.serial, serial);
    }
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes b = in->bytes;
    uint8_t channel = cw_u8_at(b, 1);
    size_t length = cw_be16_at(b, 2);
    uint16_t code = cw_be16_at(b, 6);
    if (b.len < HEADER || cw_u8_at(b, 0) != '$' ||
        (channel != MESSAGE && channel != ENCRYPTED) || length == 0) {
        return false;
    }
    struct cw_bytes body = cw_bytes_head(cw_bytes_from(b, HEADER), length);
    out->role = CAMWATCH_ROLE_RELAY;
    if (code == STREAM_INFO_ASK &&
        (channel == ENCRYPTED ? b.len == HEADER + length : has_url(body))) {
        cw_said_message(out, CW_WIRE_PHASE_RELAY, CW_WIRE_FROM_VIEWER, "EZVIZ relay request");
        read_serial(body, out);
        return true;
    }
    if (code == STREAM_INFO_ANSWER && b.len == HEADER + length) {
        cw_said_message(out, CW_WIRE_PHASE_RELAY, CW_WIRE_FROM_SERVER, "EZVIZ relay answer");
        return true;
    }
    return false;
}

const struct cw_wire_signature cw_wire_ezviz_vtm = {
    .name = "ezviz-vtm",
    .vendor = CW_HIKVISION_GROUP,
    .platform = "",
    .maker = CW_HIKVISION_MAKER,
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .least = HEADER + 1,
    .bits = 130,
    .ports = {8554},
    .first = "$",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(RELAY),
    .senders = CW_WIRE_SENT_BY(VIEWER) | CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_seed_vendors.md 2.6",
    .test = test,
};
