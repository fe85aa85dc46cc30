/* SPDX-License-Identifier: Apache-2.0
 *
 * EZVIZ LBS, where a device asks for its cloud servers, TCP 8666
 * (protocols_seed_vendors.md 2.7). Command 7 proves itself by its arithmetic; command 1 needs
 * an answer.
 *
 * ISUP 5 of Hikvision, TCP 7660, seems to speak the same (2.4 b). No capture confirms it, so there
 * it is a signature of its own, which is off by default and says nothing of a device.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"

enum {
    LBS_PORT = 8666,
    ISUP_PORT = 7660,
    LENGTH_BYTES_MAX = 4,
    SERIAL_MIN = 9,
    SERIAL_MAX = 72,
    DEVICE_ID = 32,
    BLOCK = 16,
    CMD_AUTH = 1,
    CMD_REFRESH = 7,
};

/* MQTT's variable length (MQTT 3.1.1 2.2.3). False when it has no end. */
static bool
read_length(struct cw_cursor *c, size_t *length)
{
    *length = 0;
    for (unsigned i = 0; i < LENGTH_BYTES_MAX; i++) {
        uint8_t byte = cw_cursor_u8(c);
        *length |= (size_t)(byte & 0x7f) << (7 * i);
        if (!(byte & 0x80)) {
            return cw_cursor_ok(c);
        }
    }
    return false;
}

static bool
is_serial(struct cw_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != ':') {
            return false;
        }
    }
    return text.len >= SERIAL_MIN && text.len <= SERIAL_MAX;
}

/* 01, 01 or 02, 00, a mode in command 1, the serial with its length, then its own rest. */
static bool
read_request(struct cw_bytes body, uint8_t command, struct cw_bytes *serial)
{
    struct cw_cursor c = cw_cursor(body);
    uint8_t form = cw_cursor_u8(&c), low = cw_cursor_u8(&c), high = cw_cursor_u8(&c);
    if (command == CMD_AUTH) {
        cw_cursor_skip(&c, 1);
    }
    *serial = cw_cursor_take(&c, cw_cursor_u8(&c));
    if (!cw_cursor_ok(&c) || form != 1 || (low != 1 && low != 2) || high != 0 ||
        !is_serial(*serial)) {
        return false;
    }
    size_t left = cw_cursor_left(&c);
    if (command == CMD_AUTH) {
        return left > 0 && left % BLOCK == 0;
    }
    return cw_cursor_u8(&c) == DEVICE_ID && left == 1 + DEVICE_ID + BLOCK;
}

static void
note_device(struct cw_bytes serial, struct cw_wire_match *m)
{
    cw_said_message(m, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_DEVICE, "EZVIZ registration");
    cw_said_device(m);
    CW_SAID(m->identity.serial, serial);
}

static bool
is_answer(uint8_t command)
{
    return command == 2 || command == 6 || command == 8 || command == 11;
}

static bool
is_isup(const struct cw_wire_input *in)
{
    return in->src_port == ISUP_PORT || in->dst_port == ISUP_PORT;
}

static bool
test_lbs(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_cursor c = cw_cursor(in->bytes);
    uint8_t first = cw_cursor_u8(&c), command = first >> 4, low = first & 0x0f;
    struct cw_bytes serial;
    size_t length;
    /* Command 7 proves itself, also where the SYN was lost. */
    bool is_here = in->at_start || command == CMD_REFRESH;
    if (!is_here || is_isup(in) || !read_length(&c, &length) || (low != 0 && low != 2)) {
        return false;
    }
    struct cw_bytes body = cw_bytes_head(cw_cursor_rest(&c), length);
    out->role = CAMWATCH_ROLE_REGISTRATION;
    if (body.len != length) {
        return false;
    }
    if ((command == CMD_REFRESH || command == CMD_AUTH) &&
        read_request(body, command, &serial)) {
        note_device(serial, out);
        out->is_enough = command == CMD_REFRESH;
        return true;
    }
    bool is_from_server = in->src_port == LBS_PORT && in->dst_port != LBS_PORT;
    if (is_from_server && is_answer(command) && length >= BLOCK) {
        cw_said_message(out, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_SERVER, "EZVIZ answer");
        return true;
    }
    return false;
}

static bool
test_isup(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_wire_input as_lbs = *in;
    struct cw_wire_match lbs = {0};
    if (!is_isup(in)) {
        return false;
    }
    as_lbs.src_port = in->src_port == ISUP_PORT ? LBS_PORT : 0;
    as_lbs.dst_port = in->dst_port == ISUP_PORT ? LBS_PORT : 0;
    if (!test_lbs(&as_lbs, &lbs)) {
        return false;
    }
    bool is_answer = lbs.sender == CW_WIRE_FROM_SERVER;
    out->role = lbs.role;
    cw_said_message(out, lbs.phase, lbs.sender,
                    is_answer ? "ISUP 5 answer" : "ISUP 5 registration");
    return true;
}

const struct cw_wire_signature cw_wire_ezviz_lbs = {
    .name = "ezviz-lbs",
    .vendor = CW_HIKVISION_GROUP,
    .platform = "",
    .maker = CW_HIKVISION_MAKER,
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .least = 18,
    .bits = 90,
    .ports = {LBS_PORT},
    .first = "\x70\x72\x10\x12\x20\x22\x60\x62\x80\x82\xb0\xb2",
    .n_first = 12,
    .phases = CW_WIRE_TELLS(REGISTRATION),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_seed_vendors.md 2.7",
    .test = test_lbs,
};

const struct cw_wire_signature cw_wire_hikvision_isup5 = {
    .name = "hikvision-isup5",
    .vendor = CW_HIKVISION_GROUP,
    .platform = "",
    .maker = CW_HIKVISION_MAKER,
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .is_experimental = true,
    .is_off = true,
    .least = 18,
    .bits = 60,
    .ports = {ISUP_PORT},
    .first = "\x70\x72\x10\x12\x20\x22\x60\x62\x80\x82\xb0\xb2",
    .n_first = 12,
    .phases = CW_WIRE_TELLS(REGISTRATION),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_seed_vendors.md 2.4 (b), 2.7",
    .test = test_isup,
};
