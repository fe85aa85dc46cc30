/* SPDX-License-Identifier: Apache-2.0
 *
 * WS-Discovery of ONVIF devices, UDP 3702 (OASIS WS-Discovery 1.1; ONVIF Core 7.3;
 * protocols_seed_vendors.md 7). Printers and computers use the protocol too: without ONVIF
 * types or scopes there is no match.
 */
#include "base/text.h"
#include "wire/onvif_scopes.h"
#include "wire/said.h"
#include "wire/text_scan.h"

static bool
is_soap_discovery(struct cw_bytes in)
{
    return cw_scan_has(in, "Envelope") && (cw_scan_has(in, "/ws/2005/04/discovery") ||
                                           cw_scan_has(in, "/ws-dd/ns/discovery/2009/01"));
}

static bool
is_announcement(struct cw_bytes in)
{
    struct cw_bytes action = cw_scan_xml(in, "Action");
    return cw_scan_has(action, "/Hello") || cw_scan_has(action, "/ProbeMatches") ||
           cw_scan_has(action, "/ResolveMatches");
}

static void
read_announcement(struct cw_bytes in, struct cw_bytes scopes, bool is_transmitter,
                  struct cw_wire_match *m)
{
    cw_said_message(m, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_DEVICE, "ONVIF announcement");
    cw_said_device(m);
    cw_onvif_read_scopes(scopes, m);
    cw_onvif_read_endpoint(in, m);
    m->is_camera_fact = m->identity.is_surveillance = is_transmitter || m->identity.kind != 0;
    if (is_transmitter && m->identity.kind == CAMWATCH_KIND_UNKNOWN) {
        m->identity.kind = CAMWATCH_KIND_CAMERA;
    }
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes scopes = cw_scan_xml(in->bytes, "Scopes");
    bool is_transmitter =
        cw_scan_has(cw_scan_xml(in->bytes, "Types"), "NetworkVideoTransmitter");
    bool has_scopes = cw_onvif_has_scopes(scopes);
    if (!is_soap_discovery(in->bytes) || !(is_transmitter || has_scopes)) {
        return false;
    }
    out->role = CAMWATCH_ROLE_DISCOVERY;
    if (is_announcement(in->bytes)) {
        read_announcement(in->bytes, scopes, is_transmitter, out);
        out->is_enough = is_transmitter && has_scopes;
    } else {
        cw_said_message(out, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_UNKNOWN, "ONVIF search");
    }
    return true;
}

const struct cw_wire_signature cw_wire_onvif_discovery = {
    .name = "onvif-discovery",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_TWO,
    .proves_device = true,
    .least = 200,
    .bits = 170,
    .ports = {3702},
    .first = "<",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(LAN_SEARCH),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source = "protocols_seed_vendors.md 7; corrections.md 8",
    .test = test,
};
