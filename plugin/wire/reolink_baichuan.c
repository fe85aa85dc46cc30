/* SPDX-License-Identifier: Apache-2.0
 *
 * Reolink's own protocol over TCP (Baichuan): a magic, message number, body length, class word;
 * messages chain by their length and span many segments, so a segment may start anywhere, and
 * only those that start with a header are read (corrections.md 6, protocols_p2p.md 4).
 *
 * Version and UID answers of older firmware are XORed with a published text and are read; the
 * log-in body (digests, nonce) is not.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/p2p.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum { HEADER = 20, HEADER_LONG = 24, XML_MOST = 512, MOST_BODY = 1 << 22, MOST_NUMBER = 2000 };

enum { LOG_IN = 1, VIDEO = 3, VERSION = 80, UID = 114 };

struct header {
    uint32_t number, body;
    uint16_t kind, status;
    uint8_t channel;
    size_t size;
};

static bool
read_header(struct cw_bytes in, struct header *out)
{
    uint32_t magic = cw_be32_at(in, 0);
    struct header h = {
        .number = cw_le32_at(in, 4),
        .body = cw_le32_at(in, 8),
        .channel = cw_u8_at(in, 12),
        .status = cw_le16_at(in, 16),
        .kind = cw_le16_at(in, 18),
    };
    bool is_short = h.kind == 0x6514 || h.kind == 0x6614;
    bool is_long = h.kind == 0x6414 || h.kind == 0x6482 || h.kind == 0;
    if (in.len < HEADER || (magic != 0xf0debc0a && magic != 0xa0cded0f) ||
        (!is_short && !is_long) || h.number == 0 || h.number > MOST_NUMBER ||
        h.body > MOST_BODY) {
        return false;
    }
    h.size = is_short ? HEADER : HEADER_LONG;
    *out = h;
    return true;
}

/* XX DC asks for, XX DD grants encryption; later answers carry a status. */
static uint8_t
sender_of(const struct header *h)
{
    unsigned high = h->status >> 8;
    if (high == 0xdd || h->status == 200 || h->status == 400) {
        return CW_WIRE_FROM_DEVICE;
    }
    return high == 0xdc || (h->kind == 0x6414 && h->status == 0) ? CW_WIRE_FROM_VIEWER
                                                                 : CW_WIRE_FROM_UNKNOWN;
}

static void
describe(const struct header *h, struct cw_wire_match *out)
{
    bool is_answer = sender_of(h) == CW_WIRE_FROM_DEVICE;
    const char *detail = h->number == LOG_IN  ? is_answer ? "log-in answer" : "log-in"
                         : h->number == VIDEO ? is_answer ? "video" : "video request"
                         : h->number == VERSION
                             ? is_answer ? "version answer" : "version request"
                             : "message";
    unsigned phase =
        h->number == VIDEO && is_answer ? CW_WIRE_PHASE_MEDIA : CW_WIRE_PHASE_CONTROL;
    cw_p2p_describe(out, phase, sender_of(h), detail);
    out->step = (uint8_t)(h->number ^ (is_answer ? 0x80 : 0));
    out->is_camera_fact = is_answer;
}

static void
read_xml(struct cw_bytes xml, struct cw_wire_match *out)
{
    if (!CW_STARTS(xml, "<?xml")) {
        return; /* AES, or cut */
    }
    struct cw_identity *who = &out->identity;
    CW_SAID(who->name, cw_scan_xml(xml, "name"));
    CW_SAID(who->serial, cw_scan_xml(xml, "serialNumber"));
    CW_SAID(who->firmware, cw_scan_xml(xml, "firmwareVersion"));
    struct cw_bytes uid = cw_scan_xml(xml, "uid");
    if (cw_text_is_alnum(uid)) {
        (void)cw_p2p_uid(out, uid);
    }
    if (who->name[0] || who->serial[0] || who->uid[0]) {
        CW_SAID(who->brand, cw_bytes_text("Reolink"));
        CW_SAID(who->maker, cw_bytes_text("Reolink Innovation"));
        cw_said_device(out);
    }
}

/* The keyless XOR: eight bytes and the channel. */
static void
read_body(const struct header *h, struct cw_bytes body, struct cw_wire_match *out)
{
    static const uint8_t key[8] = {0x1f, 0x2d, 0x3c, 0x4b, 0x5a, 0x69, 0x78, 0xff};
    bool is_named = h->number == VERSION || h->number == UID;
    if (!is_named || out->sender != CW_WIRE_FROM_DEVICE) {
        return;
    }
    uint8_t xml[XML_MOST];
    body = cw_bytes_head(cw_bytes_head(body, h->body), sizeof(xml));
    for (size_t i = 0; i < body.len; i++) {
        xml[i] = body.ptr[i] ^ key[(h->channel + i) % 8] ^ h->channel;
    }
    read_xml(cw_bytes(xml, body.len), out);
}

static bool
test_reolink_baichuan(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct header h, next;
    if (!read_header(in->bytes, &h)) {
        return false;
    }
    struct cw_bytes rest = cw_bytes_from(in->bytes, h.size + h.body);
    if (rest.len >= HEADER && !read_header(rest, &next)) {
        return false; /* the length leads nowhere */
    }
    describe(&h, out);
    out->is_enough = rest.len >= HEADER; /* two, chained */
    read_body(&h, cw_bytes_from(in->bytes, h.size), out);
    return true;
}

const struct cw_wire_signature cw_wire_reolink_baichuan = {
    .name = "reolink-baichuan",
    .vendor = "Reolink",
    .platform = "",
    .maker = "Reolink Innovation",
    .brand = "Reolink",
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .least = HEADER,
    .bits = 70,
    .ports = {9000},
    .first = "\xf0\xa0",
    .n_first = 2,
    .phases = CW_WIRE_TELLS(CONTROL) | CW_WIRE_TELLS(MEDIA),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "corrections.md 6, protocols_p2p.md 4, capture reolink-baichuan-login",
    .test = test_reolink_baichuan,
};
