/* SPDX-License-Identifier: Apache-2.0
 *
 * The older LAN search of Dahua, UDP 5050 (protocols_seed_vendors.md 1.2). A reply proves
 * itself by its length: 120 + L2 + L3.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/dahua_words.h"
#include "wire/said.h"

enum { REQUEST = 32, FIXED = 120, MAC_TEXT = 17, NAME = 16, HEADER_LEFT = FIXED - 32 };

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
is_request(const struct cw_wire_input *in)
{
    struct cw_bytes b = in->bytes;
    return in->wire_len == REQUEST && b.len == REQUEST && CW_STARTS(b, "\xa3\x01\x00\x01") &&
           is_zero(b, 4, 16) && cw_le32_at(b, 16) == 2 && is_zero(b, 20, REQUEST);
}

static bool
is_reply(const struct cw_wire_input *in, size_t *head, size_t *tail)
{
    struct cw_bytes b = in->bytes;
    *head = cw_u8_at(b, 2);
    *tail = cw_le16_at(b, 20);
    return b.len >= FIXED && cw_u8_at(b, 0) == 0xb3 && cw_u8_at(b, 1) == 0 &&
           cw_u8_at(b, 3) == 0 && cw_le32_at(b, 4) == HEADER_LEFT && is_zero(b, 8, 16) &&
           cw_le32_at(b, 16) == 2 && in->wire_len == FIXED + *head + *tail;
}

static struct cw_bytes
until_nul(struct cw_bytes in)
{
    const uint8_t *end = in.len ? memchr(in.ptr, '\0', in.len) : NULL;
    return end ? cw_bytes_head(in, (size_t)(end - in.ptr)) : in;
}

static void
read_reply(struct cw_bytes b, size_t head, size_t tail, struct cw_wire_match *m)
{
    struct cw_identity *id = &m->identity;
    struct cw_bytes first = cw_bytes_head(cw_bytes_from(b, FIXED), head);
    struct cw_bytes lines = cw_bytes_head(cw_bytes_from(b, FIXED + head), tail);
    cw_said_message(m, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_DEVICE, "Dahua LAN answer");
    cw_said_device(m);
    if (first.len == head && head >= MAC_TEXT) {
        cw_said_mac(&id->mac, cw_bytes_head(first, MAC_TEXT));
        CW_SAID(id->model, until_nul(cw_bytes_from(first, MAC_TEXT)));
    }
    CW_SAID(id->name, until_nul(cw_bytes_head(cw_bytes_from(b, 40), NAME)));
    if (lines.len == tail) {
        CW_SAID(id->serial, cw_text_header(lines, "SerialNo"));
        CW_SAID(id->name, cw_text_header(lines, "Name"));
    }
    id->addr = cw_addr_v4(cw_bytes_from(b, 56).ptr);
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    size_t head, tail;
    out->role = CAMWATCH_ROLE_DISCOVERY;
    if (is_request(in)) {
        cw_said_message(out, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_UNKNOWN,
                        "Dahua LAN search");
        return true;
    }
    if (!is_reply(in, &head, &tail)) {
        return false;
    }
    read_reply(in->bytes, head, tail, out);
    return true;
}

const struct cw_wire_signature cw_wire_dahua_discovery = {
    .name = "dahua-discovery",
    .vendor = CW_DAHUA_GROUP,
    .platform = "",
    .maker = CW_DAHUA_MAKER,
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .least = REQUEST,
    .bits = 100,
    .ports = {5050},
    .first = "\xa3\xb3",
    .n_first = 2,
    .phases = CW_WIRE_TELLS(LAN_SEARCH),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source = "protocols_seed_vendors.md 1.2",
    .test = test,
};
