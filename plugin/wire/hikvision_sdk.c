/* SPDX-License-Identifier: Apache-2.0
 *
 * Hikvision's SDK protocol, TCP 8000: a 16-byte big-endian header and a body
 * (protocols_seed_vendors.md 2.3). The log-in carries a user name and is not read beyond its
 * key.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"

enum {
    HEADER = 16,
    SDK_PORT = 8000,
    LENGTH_MAX = 1024 * 1024,
    STATUS_MAX = 0xff,
    KEY_AT = 84,
    SERIAL_AT = 20,
    SERIAL_LEN = 44,
    SERIAL_MIN = 9,
};

/* DER of the RSA public key that the first log-in carries (RFC 8017 A.1.1). */
static bool
is_login(struct cw_bytes b)
{
    return cw_be32_at(b, 4) == 0x5a000000 && cw_be32_at(b, 8) == 0 &&
           CW_STARTS(cw_bytes_from(b, KEY_AT), "\x30\x81\x89\x02\x81\x81");
}

static bool
is_control(const struct cw_wire_input *in)
{
    uint32_t family = cw_be32_at(in->bytes, 4);
    return in->dst_port == SDK_PORT && (family == 0x63000000 || family == 0x5a000000) &&
           cw_u8_at(in->bytes, 12) == 0 && cw_be32_at(in->bytes, 12) != 0;
}

static bool
is_answer(const struct cw_wire_input *in)
{
    uint32_t status = cw_be32_at(in->bytes, 4);
    return in->src_port == SDK_PORT && status != 0 && status <= STATUS_MAX &&
           cw_be32_at(in->bytes, 12) == 0;
}

/* The serial number in the second log-in answer: printable, padded with NUL. */
static void
read_serial(struct cw_bytes b, struct cw_identity *id)
{
    struct cw_bytes field = cw_bytes_head(cw_bytes_from(b, SERIAL_AT), SERIAL_LEN);
    struct cw_bytes serial = cw_text_trim(field);
    bool is_padded = field.len == SERIAL_LEN && field.ptr[SERIAL_LEN - 1] == '\0';
    bool is_start = serial.len > 0 && serial.ptr == field.ptr;
    if (is_padded && is_start && serial.len >= SERIAL_MIN && cw_text_is_printable(serial)) {
        CW_SAID(id->serial, serial);
        (void)cw_hikvision_model(serial, &id->kind);
    }
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes b = in->bytes;
    uint32_t length = cw_be32_at(b, 0);
    if (b.len < HEADER || length < HEADER || length > LENGTH_MAX || length < b.len) {
        return false;
    }
    out->role = CAMWATCH_ROLE_CONTROL;
    if (is_login(b) || is_control(in)) {
        cw_said_message(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_VIEWER,
                        is_login(b) ? "Hikvision SDK log-in" : "Hikvision SDK command");
        return true;
    }
    if (!is_answer(in) || length != b.len) {
        return false;
    }
    cw_said_message(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE, "Hikvision SDK answer");
    cw_said_device(out);
    read_serial(b, &out->identity);
    return true;
}

const struct cw_wire_signature cw_wire_hikvision_sdk = {
    .name = "hikvision-sdk",
    .vendor = CW_HIKVISION_GROUP,
    .platform = "",
    .maker = CW_HIKVISION_MAKER,
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .least = HEADER,
    .bits = 72,
    .ports = {SDK_PORT},
    .first = "\0",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(CONTROL),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_seed_vendors.md 2.3",
    .test = test,
};
