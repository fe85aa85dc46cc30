/* SPDX-License-Identifier: Apache-2.0
 *
 * Xiongmai's DVRIP ("Sofia", NETSurveillance): a 20-byte header, then JSON or media; TCP 34567
 * and, for search, UDP 34569 (protocols_p2p.md 3). Many brands run this firmware, so it names
 * the platform.
 *
 * An answer has the number behind its question's. A search reply in JSON says who the device is.
 * User names and password hashes of the log-in are never read.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/p2p.h"
#include "wire/recorder_list.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum { HEADER = 20, LEAST_NUMBER = 1000, MOST_NUMBER = 3600, MOST_BODY = 1 << 20 };

enum {
    LOG_IN = 1000,
    CONFIG_ANSWER = 1043,
    MEDIA = 1412,
    ALARM = 1504,
    SEARCH = 1530,
    SEARCH_REPLY = 1531
};

/* Questions whose answer is the next number; of other numbers no source says who sends them. */
static bool
is_question(unsigned number)
{
    static const uint16_t questions[] = {LOG_IN, 1006, 1020, 1040, 1042,   1360, 1400,
                                         1410,   1413, 1450, 1452, SEARCH, 1560};
    for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
        if (questions[i] == number) {
            return true;
        }
    }
    return false;
}

static uint8_t
sender_of(unsigned number)
{
    bool is_device = number == MEDIA || number == ALARM || is_question(number - 1);
    return is_device             ? CW_WIRE_FROM_DEVICE
           : is_question(number) ? CW_WIRE_FROM_VIEWER
                                 : CW_WIRE_FROM_UNKNOWN;
}

static void
describe(unsigned number, bool to_group, struct cw_wire_match *out)
{
    unsigned phase = number == SEARCH || number == SEARCH_REPLY || to_group
                         ? CW_WIRE_PHASE_LAN_SEARCH
                     : number == MEDIA ? CW_WIRE_PHASE_MEDIA
                                       : CW_WIRE_PHASE_CONTROL;
    const char *detail = number == SEARCH          ? "LAN search"
                         : number == SEARCH_REPLY  ? "LAN search reply"
                         : number == LOG_IN        ? "log-in"
                         : number == LOG_IN + 1    ? "log-in answer"
                         : number == MEDIA         ? "media"
                         : number == ALARM         ? "alarm"
                         : is_question(number)     ? "request"
                         : is_question(number - 1) ? "answer"
                                                   : "message";
    cw_p2p_describe(out, phase, sender_of(number), detail);
    out->step = (uint8_t)number;
    out->is_camera_fact = out->sender == CW_WIRE_FROM_DEVICE;
}

/* JSON; base64 of newer firmware; or the start code of a media frame. */
static bool
is_body(struct cw_bytes body)
{
    uint8_t first = cw_u8_at(body, 0);
    if (first == '{') {
        return true;
    }
    if (cw_be32_at(body, 0) >> 8 == 1) {
        return cw_u8_at(body, 3) >= 0xf9 && cw_u8_at(body, 3) != 0xff;
    }
    for (size_t i = 0; i < body.len && i < 24; i++) {
        uint8_t c = body.ptr[i];
        if (!cw_text_is_alnum(cw_bytes(&c, 1)) && c != '+' && c != '/' && c != '=') {
            return false;
        }
    }
    return body.len >= 24;
}

static void
read_search_reply(struct cw_bytes json, struct cw_wire_match *out)
{
    struct cw_identity *who = &out->identity;
    if (!cw_scan_has(json, "NetWork.NetCommon")) {
        return;
    }
    cw_said_mac(&who->mac, cw_scan_json(json, "MAC"));
    CW_SAID(who->serial, cw_scan_json(json, "SN"));
    if (cw_mac_is_none(&who->mac) && !who->serial[0]) {
        return;
    }
    (void)cw_p2p_uid(out, cw_scan_json(json, "SN"));
    CW_SAID(who->name, cw_scan_json(json, "HostName"));
    CW_SAID(who->firmware, cw_scan_json(json, "Version"));
    cw_said_addr_hex(&who->addr, cw_scan_json(json, "HostIP"));
    cw_said_device(out);
    out->is_enough =
        true; /* 48 bits of header, the length, and a named object with a MAC or serial */
}

static bool
test_xiongmai_dvrip(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    unsigned number = cw_le16_at(in->bytes, 14);
    uint32_t length = cw_le32_at(in->bytes, 16);
    struct cw_bytes body = cw_bytes_from(in->bytes, HEADER);
    bool is_header = in->bytes.len >= HEADER && cw_be32_at(in->bytes, 0) >> 24 == 0xff &&
                     (cw_be32_at(in->bytes, 0) & 0xfeffff) == 0 && number >= LEAST_NUMBER &&
                     number <= MOST_NUMBER && length <= MOST_BODY;
    if (!is_header) {
        return false;
    }
    bool is_udp = in->transport == CW_WIRE_UDP;
    bool is_length =
        is_udp ? length + HEADER == in->wire_len : length > 0 || in->bytes.len == HEADER;
    if (!is_length || (length > 0 && !is_body(body))) {
        return false;
    }
    describe(number, in->to_group, out);
    if (number == SEARCH_REPLY) {
        read_search_reply(cw_bytes_head(body, length), out);
    } else if (number == CONFIG_ANSWER &&
               cw_recorder_xiongmai(cw_bytes_head(body, length), out)) {
        cw_said_device(out);
    }
    return true;
}

const struct cw_wire_signature cw_wire_xiongmai_dvrip = {
    .name = "xiongmai-dvrip",
    .vendor = "",
    .platform = "Xiongmai XMeye",
    .maker = "",
    .transports = CW_WIRE_UDP | CW_WIRE_TCP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .least = HEADER,
    .bits = 45,
    .ports = {34567, 34568, 34569, 34571},
    .first = "\xff",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(LAN_SEARCH) | CW_WIRE_TELLS(CONTROL) | CW_WIRE_TELLS(MEDIA),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_p2p.md 3",
    .test = test_xiongmai_dvrip,
};
