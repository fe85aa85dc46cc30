/* SPDX-License-Identifier: Apache-2.0
 *
 * What a DHCP client says of itself: host name (option 12), vendor class (60), hardware address
 * (RFC 2131 2, RFC 2132 3.14 and 9.13). Through a relay it is said of another.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/lan_identity.h"
#include "wire/said.h"

enum { SERVER_PORT = 67, HEADER = 236, COOKIE = 0x63825363, GIADDR = 24, CHADDR = 28 };

enum { PAD = 0, HOST_NAME = 12, VENDOR_CLASS = 60, END = 255, OPTIONS_MOST = 64 };

static void
read_options(struct cw_bytes options, struct cw_wire_match *out)
{
    struct cw_cursor c = cw_cursor(options);
    for (unsigned i = 0; i < OPTIONS_MOST && cw_cursor_left(&c) > 0; i++) {
        uint8_t code = cw_cursor_u8(&c);
        if (code == END) {
            return;
        }
        if (code == PAD) {
            continue;
        }
        struct cw_bytes value = cw_cursor_take(&c, cw_cursor_u8(&c));
        if (code == HOST_NAME) {
            CW_SAID(out->identity.name, value);
            cw_lan_identity_weigh(out, value);
        } else if (code == VENDOR_CLASS) {
            cw_lan_identity_weigh(out, value);
        }
    }
}

static bool
test_dhcp_identity(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes all = in->bytes;
    bool is_request = in->dst_port == SERVER_PORT && cw_be32_at(all, 0) >> 8 == 0x010106 &&
                      cw_be32_at(all, HEADER) == COOKIE;
    if (!is_request || all.len <= HEADER + 4) {
        return false;
    }
    cw_lan_identity_begin(out, "DHCP request");
    memcpy(out->identity.mac.b, all.ptr + CHADDR, sizeof(out->identity.mac.b));
    if (cw_mac_is_none(&out->identity.mac) || cw_mac_is_group(&out->identity.mac)) {
        return false;
    }
    bool is_anothers =
        !cw_mac_is_none(&in->src_mac) && !cw_mac_equal(&in->src_mac, &out->identity.mac);
    read_options(cw_bytes_from(all, HEADER + 4), out);
    if (cw_be32_at(all, GIADDR) != 0 || is_anothers) { /* the datagram is a relay's */
        out->identity.origin = CAMWATCH_ORIGIN_CLAIMED;
        out->sender = CW_WIRE_FROM_UNKNOWN;
        out->is_camera_fact = out->is_evidence = false; /* of the relay */
    }
    return cw_lan_identity_end(out);
}

const struct cw_wire_signature cw_wire_dhcp_identity = {
    .name = "dhcp-identity",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_ONE,
    .least = HEADER + 4,
    .bits = 70,
    .ports = {SERVER_PORT},
    .first = "\x01",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(LAN_SEARCH),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source = "RFC 2131 2, RFC 2132 3.14 and 9.13",
    .test = test_dhcp_identity,
};
