/* SPDX-License-Identifier: Apache-2.0
 *
 * Dahua DVRIP, TCP 37777: a 32-byte header and a payload (protocols_seed_vendors.md 1.1).
 * Bytes 8..23 of a log-in hold recoverable credentials and are never read.
 *
 * The log-in, JSON and property messages are enough alone; the others need both directions.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/dahua_rpc.h"
#include "wire/dahua_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum {
    HEADER = 32,
    DVRIP_PORT = 37777,
    SMALL_MAX = 64 * 1024,
    JSON_MAX = 16 * 1024 * 1024,
    HASH_REALM = 32,
    SUB_SERIAL = 0x07,
    SUB_FIRMWARE = 0x08,
    SUB_MODEL = 0x0b,
};

struct dvrip {
    uint8_t command;
    uint8_t variant;
    uint8_t mark;            /* byte 3: 00, 60 in requests, 58, 68, 78 in answers */
    uint32_t len;            /* of the payload */
    uint32_t sub;            /* property of a4, b4 */
    struct cw_bytes head;    /* 32 bytes */
    struct cw_bytes payload; /* what is there of it */
};

static bool
is_zero(struct cw_bytes in, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (cw_u8_at(in, i) != 0) {
            return false;
        }
    }
    return true;
}

static bool
is_answer_mark(uint8_t mark)
{
    return mark == 0x58 || mark == 0x68 || mark == 0x78;
}

static bool
is_text(struct cw_bytes in)
{
    for (size_t i = 0; i < in.len; i++) {
        bool is_line_end = in.ptr[i] == '\r' || in.ptr[i] == '\n' || in.ptr[i] == '\0';
        if (!is_line_end && (in.ptr[i] < 0x20 || in.ptr[i] > 0x7e)) {
            return false;
        }
    }
    return in.len > 0;
}

/* Off 24..31 of a log-in: 05 02 .. .. 00 00 a1 aa, or 04 02. */
static bool
is_login(const struct dvrip *d)
{
    uint8_t version = cw_u8_at(d->head, 24);
    bool is_variant = d->variant == 0 || d->variant == 1 || d->variant == 5;
    return d->command == 0xa0 && is_variant && d->len <= SMALL_MAX &&
           (d->mark == 0 || d->mark == 0x60) && (version == 4 || version == 5) &&
           cw_u8_at(d->head, 25) == 2 && cw_be32_at(d->head, 28) == 0x0000a1aa;
}

/* "Realm:Login to X": X is the serial on older firmware, 32 hex digits on newer. */
static bool
read_login_answer(const struct dvrip *d, struct cw_wire_match *m)
{
    bool is_mark = d->mark == 0 || is_answer_mark(d->mark);
    if (d->command != 0xb0 || d->variant > 1 || !is_mark || d->len > SMALL_MAX ||
        cw_be32_at(d->head, 24) != 0x0600f900 || (d->payload.len > 0 && !is_text(d->payload))) {
        return false;
    }
    cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE, "DVRIP log-in answer");
    cw_said_device(m);
    m->is_enough = true;
    struct cw_bytes realm = cw_text_between(d->payload, "Realm:Login to ", "\r\n");
    if (realm.len < HASH_REALM && cw_text_is_alnum(realm)) {
        CW_SAID(m->identity.serial, realm);
    }
    return true;
}

static bool
read_json(const struct dvrip *d, struct cw_wire_match *m)
{
    bool is_mark = d->mark == 0 || is_answer_mark(d->mark);
    if (d->command != 0xf6 || d->variant != 0 || !is_mark || !is_zero(d->head, 12, 16) ||
        !is_zero(d->head, 20, 24) || !is_zero(d->head, 28, 32) || d->len == 0 ||
        d->len > cw_le32_at(d->head, 16) || cw_le32_at(d->head, 16) > JSON_MAX ||
        cw_u8_at(d->payload, 0) != '{') {
        return false;
    }
    cw_dahua_rpc_read(cw_text_trim(d->payload), m);
    m->phase = CW_WIRE_PHASE_CONTROL; /* a session, whatever is asked in it */
    m->is_enough = true;
    return true;
}

static bool
read_property(const struct dvrip *d, struct cw_wire_match *m)
{
    if (d->command != 0xb4 || d->variant != 0 || !is_answer_mark(d->mark) ||
        d->sub > UINT8_MAX || !is_zero(d->head, 12, HEADER) || d->len == 0 ||
        d->len > SMALL_MAX || d->payload.len < d->len || !is_text(d->payload)) {
        return false;
    }
    cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE, "DVRIP property");
    cw_said_device(m);
    m->is_enough = true;
    if (d->sub == SUB_SERIAL) {
        CW_SAID(m->identity.serial, d->payload);
    } else if (d->sub == SUB_FIRMWARE) {
        CW_SAID(m->identity.firmware, d->payload);
    } else if (d->sub == SUB_MODEL) {
        CW_SAID(m->identity.model, d->payload);
    }
    return true;
}

/* f4 carries lines of "Key:Value"; a3 and b3 a configuration block. */
static bool
read_text(const struct dvrip *d, struct cw_wire_match *m)
{
    bool is_lines = d->command == 0xf4 && CW_STARTS(d->payload, "TransactionID:");
    bool is_config = (d->command == 0xa3 || d->command == 0xb3) &&
                     CW_STARTS(cw_bytes_from(d->head, 8), "config");
    if (d->variant != 0 || d->len > SMALL_MAX || !(is_lines || is_config)) {
        return false;
    }
    bool is_answer = is_answer_mark(d->mark);
    cw_said_message(m, CW_WIRE_PHASE_CONTROL,
                    is_answer ? CW_WIRE_FROM_DEVICE : CW_WIRE_FROM_VIEWER,
                    is_answer ? "DVRIP answer" : "DVRIP command");
    if (is_answer) {
        cw_said_device(m);
    }
    m->is_enough = is_lines;
    return true;
}

/* Polls and property queries are nearly all zeros: only on the port, and only both ways. */
static bool
read_poll(const struct cw_wire_input *in, const struct dvrip *d, struct cw_wire_match *m)
{
    bool is_request = (d->command == 0xa1 || d->command == 0xa4) && d->mark == 0;
    bool is_answer = d->command == 0xb1 && is_answer_mark(d->mark);
    bool is_on_port = in->src_port == DVRIP_PORT || in->dst_port == DVRIP_PORT;
    bool has_sub = d->command == 0xa4 && d->sub != 0 && d->sub <= UINT8_MAX;
    if (!is_on_port || !(is_request || is_answer) || d->variant != 0 || d->len != 0 ||
        !is_zero(d->head, has_sub ? 12 : 8, HEADER)) {
        return false;
    }
    cw_said_message(m, has_sub ? CW_WIRE_PHASE_CONTROL : CW_WIRE_PHASE_KEEPALIVE,
                    is_answer ? CW_WIRE_FROM_DEVICE : CW_WIRE_FROM_VIEWER,
                    has_sub ? "DVRIP query" : "DVRIP poll");
    if (is_answer) {
        cw_said_device(m);
    }
    return true;
}

bool
cw_dahua_dvrip_test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct dvrip d = {
        .command = cw_u8_at(in->bytes, 0),
        .variant = cw_u8_at(in->bytes, 1),
        .mark = cw_u8_at(in->bytes, 3),
        .len = cw_le32_at(in->bytes, 4),
        .sub = cw_le32_at(in->bytes, 8),
        .head = cw_bytes_head(in->bytes, HEADER),
    };
    if (in->bytes.len < HEADER || cw_u8_at(in->bytes, 2) != 0) {
        return false;
    }
    d.payload = cw_bytes_head(cw_bytes_from(in->bytes, HEADER), d.len);
    out->role = CAMWATCH_ROLE_CONTROL;
    if (is_login(&d)) {
        cw_said_message(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_VIEWER, "DVRIP log-in");
        out->is_enough = true;
        return true;
    }
    return read_login_answer(&d, out) || read_json(&d, out) || read_property(&d, out) ||
           read_text(&d, out) || read_poll(in, &d, out);
}

const struct cw_wire_signature cw_wire_dahua_dvrip = {
    .name = "dahua-dvrip",
    .vendor = CW_DAHUA_GROUP,
    .platform = "",
    .maker = CW_DAHUA_MAKER,
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .least = HEADER,
    .bits = 75,
    .ports = {DVRIP_PORT, 8888},
    .first = "\xa0\xb0\xf6\xb4\xf4\xa3\xb3\xa1\xa4\xb1",
    .n_first = 10,
    .phases = CW_WIRE_TELLS(CONTROL) | CW_WIRE_TELLS(KEEPALIVE),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_seed_vendors.md 1.1",
    .test = cw_dahua_dvrip_test,
};
