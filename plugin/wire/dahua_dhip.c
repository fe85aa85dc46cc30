/* SPDX-License-Identifier: Apache-2.0
 *
 * Dahua DHIP: JSON behind a 32-byte header, as LAN discovery over UDP and as RPC over TCP
 * (protocols_seed_vendors.md 1.3, corrections.md 2).
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/dahua_rpc.h"
#include "wire/dahua_words.h"

enum { HEADER = 32, TOTAL_MAX = 16 * 1024 * 1024 };

/* The JSON that is there, or an empty span when the header is none of DHIP's. */
static struct cw_bytes
find_body(const struct cw_wire_input *in)
{
    struct cw_bytes b = in->bytes, nothing = cw_bytes(b.ptr, 0);
    uint32_t fragment = cw_le32_at(b, 16), total = cw_le32_at(b, 24);
    if (b.len <= HEADER || !CW_STARTS(b, "\x20\0\0\0DHIP") || cw_be32_at(b, 20) != 0 ||
        cw_be32_at(b, 28) != 0 || fragment == 0 || fragment > total || total > TOTAL_MAX) {
        return nothing;
    }
    if (in->transport == CW_WIRE_UDP) {
        uint32_t said = in->wire_len - HEADER;
        if (fragment != total || said < fragment || said - fragment > 1) {
            return nothing;
        }
    }
    struct cw_bytes body = cw_bytes_head(cw_bytes_from(b, HEADER), fragment);
    return cw_u8_at(body, 0) == '{' ? cw_text_trim(body) : nothing;
}

bool
cw_dahua_dhip_test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes json = find_body(in);
    if (json.len == 0) {
        return false;
    }
    out->role = in->transport == CW_WIRE_UDP ? CAMWATCH_ROLE_DISCOVERY : CAMWATCH_ROLE_CONTROL;
    cw_dahua_rpc_read(json, out);
    return true;
}

const struct cw_wire_signature cw_wire_dahua_dhip = {
    .name = "dahua-dhip",
    .vendor = CW_DAHUA_GROUP,
    .platform = "",
    .maker = CW_DAHUA_MAKER,
    .transports = CW_WIRE_UDP | CW_WIRE_TCP,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .least = HEADER + 1,
    .bits = 128,
    .ports = {37810, 5000, 80, 443},
    .first = "\x20",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(LAN_SEARCH) | CW_WIRE_TELLS(CONTROL),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_seed_vendors.md 1.3; corrections.md 2",
    .test = cw_dahua_dhip_test,
};
