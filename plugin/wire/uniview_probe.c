/* SPDX-License-Identifier: Apache-2.0
 *
 * Uniview's own form of WS-Discovery, UDP 3702, answers also on 3705
 * (protocols_seed_vendors.md 3.1).
 */
#include "base/text.h"
#include "wire/onvif_scopes.h"
#include "wire/said.h"
#include "wire/text_scan.h"
#include "wire/uniview_words.h"

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    if (!cw_scan_has(in->bytes, "Envelope") || !cw_scan_has(in->bytes, "UniviewProbe")) {
        return false;
    }
    out->role = CAMWATCH_ROLE_DISCOVERY;
    if (!cw_scan_has(in->bytes, "UniviewProbeMatches")) {
        cw_said_message(out, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_UNKNOWN, "Uniview search");
        return true;
    }
    cw_said_message(out, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_DEVICE, "Uniview answer");
    cw_said_device(out);
    cw_onvif_read_scopes(cw_scan_xml(in->bytes, "Scopes"), out);
    cw_onvif_read_endpoint(in->bytes, out);
    out->vendor = NULL;
    return true;
}

const struct cw_wire_signature cw_wire_uniview_probe = {
    .name = "uniview-probe",
    .vendor = CW_UNIVIEW_VENDOR,
    .platform = "",
    .maker = CW_UNIVIEW_MAKER,
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .least = 100,
    .bits = 96,
    .ports = {3702, 3705},
    .first = "<",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(LAN_SEARCH),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source = "protocols_seed_vendors.md 3.1",
    .test = test,
};
