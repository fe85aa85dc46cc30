/* SPDX-License-Identifier: Apache-2.0
 *
 * Dahua devices report to the P2P directory over HTTP, TCP 12366: GET /p2pdev/update?...
 * (corrections.md 3). The parameters auth and variable, and the digest, are never read.
 */
#include "base/text.h"
#include "wire/dahua_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

static void
read_update(const struct cw_text_message *msg, struct cw_wire_match *m)
{
    struct cw_bytes auth = cw_text_header(msg->headers, "X-DahuaDeviceAuth");
    struct cw_identity *id = &m->identity;
    cw_said_message(m, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_DEVICE, "Dahua P2P update");
    cw_said_device(m);
    m->role = CAMWATCH_ROLE_REGISTRATION;
    CW_SAID(id->serial, cw_scan_param(msg->target, "devid"));
    cw_dahua_brand(id->brand, sizeof(id->brand), cw_scan_param(msg->target, "manufacturer"));
    cw_said_mac(&id->mac, cw_scan_param(auth, "mac"));
}

static bool
is_update(const struct cw_text_message *msg)
{
    return CW_STARTS(msg->target, "/p2pdev/update?") &&
           cw_scan_param(msg->target, "devid").len > 0;
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_text_message msg;
    if (!cw_scan_message(in->bytes, &msg)) {
        return false;
    }
    if (msg.is_request && is_update(&msg)) {
        read_update(&msg, out);
        return true;
    }
    struct cw_bytes asks = cw_text_header(msg.headers, "WWW-Authenticate");
    if (!msg.is_request && cw_scan_has(asks, "DahuaDeviceAuth")) {
        cw_said_message(out, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_SERVER,
                        "Dahua P2P challenge");
        out->role = CAMWATCH_ROLE_REGISTRATION;
        return true;
    }
    return false;
}

const struct cw_wire_signature cw_wire_dahua_p2pdev = {
    .name = "dahua-p2pdev",
    .vendor = CW_DAHUA_GROUP,
    .platform = "",
    .maker = CW_DAHUA_MAKER,
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .least = 32,
    .bits = 120,
    .ports = {12366},
    .first = "GH",
    .n_first = 2,
    .phases = CW_WIRE_TELLS(REGISTRATION),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(SERVER),
    .source = "corrections.md 3",
    .test = test,
};
