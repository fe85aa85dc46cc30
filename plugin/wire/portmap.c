/* SPDX-License-Identifier: Apache-2.0
 *
 * A host asks its router to be reached from outside: NAT-PMP (RFC 6886), PCP (RFC 6887), UPnP
 * IGD (WANIPConnection:1 2.4.16). Says so of the sender; never what the sender is.
 */
#include <stdio.h>

#include "base/cursor.h"
#include "base/text.h"
#include "wire/p2p.h"
#include "wire/text_scan.h"

enum { SERVER_PORT = 5351, PMP_SIZE = 12, PCP_MAP_SIZE = 60, PCP_VERSION = 2, PCP_MAP = 1 };

static void
describe(const char *how, const char *transport, unsigned port, struct cw_wire_match *out)
{
    char text[48];
    (void)snprintf(text, sizeof(text), "%s: wants %s port %u opened", how, transport, port);
    cw_p2p_describe(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_UNKNOWN, text);
    out->role = CAMWATCH_ROLE_NONE; /* the far end is the router */
}

/* RFC 6886 3.3: version 0, opcode 1 UDP or 2 TCP, reserved, internal port, external port,
 * lifetime. */
static bool
read_pmp(struct cw_bytes in, struct cw_wire_match *out)
{
    uint8_t opcode = cw_u8_at(in, 1);
    unsigned port = cw_be16_at(in, 4);
    if ((opcode != 1 && opcode != 2) || cw_be16_at(in, 2) != 0 || port == 0 ||
        cw_be32_at(in, 8) == 0) {
        return false; /* a lifetime of 0 takes a mapping away */
    }
    describe("NAT-PMP", opcode == 2 ? "TCP" : "UDP", port, out);
    return true;
}

/* RFC 6887 7.1 and 11.1: version, opcode, two bytes of zero, lifetime, the client's address, then
 * nonce, protocol, three bytes of zero, ports. */
static bool
read_pcp(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes b = in->bytes;
    uint8_t protocol = cw_u8_at(b, 36);
    unsigned port = cw_be16_at(b, 40);
    bool is_reserved_zero = cw_be16_at(b, 2) == 0 && cw_be32_at(b, 36) << 8 == 0;
    if (b.len < PCP_MAP_SIZE || cw_u8_at(b, 1) != PCP_MAP || cw_be32_at(b, 4) == 0 ||
        !is_reserved_zero || (protocol != 6 && protocol != 17) || port == 0 ||
        in->wire_len % 4 != 0) {
        return false;
    }
    describe("PCP", protocol == 6 ? "TCP" : "UDP", port, out);
    return true;
}

static bool
test_portmap(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (in->dst_port != SERVER_PORT) {
        return false;
    }
    uint8_t version = cw_u8_at(in->bytes, 0);
    if (version == 0 && in->bytes.len == PMP_SIZE && in->wire_len == PMP_SIZE) {
        return read_pmp(in->bytes, out);
    }
    return version == PCP_VERSION && read_pcp(in, out);
}

static bool
test_upnp_igd(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (!CW_STARTS(in->bytes, "POST ") || cw_text_find(cw_text_header(in->bytes, "SOAPAction"),
                                                       cw_bytes_text("#AddPortMapping")) < 0) {
        return false;
    }
    uint32_t port = 0;
    (void)cw_text_number(cw_scan_xml(in->bytes, "NewInternalPort"), 65535, &port);
    bool is_tcp =
        cw_text_equal_nocase(cw_scan_xml(in->bytes, "NewProtocol"), cw_bytes_text("TCP"));
    if (port != 0) {
        describe("UPnP IGD", is_tcp ? "TCP" : "UDP", port, out);
    } else { /* the body came in another segment */
        cw_p2p_describe(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_UNKNOWN,
                        "UPnP IGD: wants a port opened");
        out->role = CAMWATCH_ROLE_NONE;
    }
    return true;
}

const struct cw_wire_signature cw_wire_portmap = {
    .name = "port-mapping",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_ONE,
    .least = PMP_SIZE,
    .bits = 48,
    .ports = {SERVER_PORT},
    .first = "\x00\x02",
    .n_first = 2,
    .phases = CW_WIRE_TELLS(CONTROL),
    .source = "RFC 6886 3.3, RFC 6887 11.1",
    .test = test_portmap,
};

const struct cw_wire_signature cw_wire_upnp_igd = {
    .name = "upnp-igd",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_ONE,
    .least = 40,
    .bits = 160,
    .first = "P",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(CONTROL),
    .source = "UPnP WANIPConnection:1 2.4.16",
    .test = test_upnp_igd,
};
