/* SPDX-License-Identifier: Apache-2.0
 *
 * Hikvision EHome (ISUP) 2 and 4, UDP or TCP 7660: XML between a device and its platform
 * (protocols_seed_vendors.md 2.4 a). ISUP 5 is in ezviz_lbs.c.
 */
#include "base/text.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum { ROOT_WITHIN = 80 };

static void
read_device(struct cw_bytes xml, struct cw_wire_match *m)
{
    struct cw_identity *id = &m->identity;
    cw_said_device(m);
    CW_SAID(id->serial, cw_scan_xml(xml, "SerialNumber"));
    CW_SAID(id->name, cw_scan_xml(xml, "DeviceID"));
    CW_SAID(id->firmware, cw_scan_xml(xml, "FirmwareVersion"));
    cw_said_addr(&id->addr, cw_scan_xml(xml, "LocalIP"));
}

static bool
is_from_device(struct cw_bytes xml)
{
    struct cw_bytes command = cw_scan_xml(xml, "Command");
    return cw_bytes_equal(cw_scan_xml(xml, "CommandType"), cw_bytes_text("REQUEST")) &&
           (cw_bytes_equal(command, cw_bytes_text("REGISTER")) ||
            cw_bytes_equal(command, cw_bytes_text("KEEPALIVE")));
}

static bool
is_from_server(struct cw_bytes xml)
{
    struct cw_bytes what = cw_scan_xml(xml, "WhichCommand");
    return cw_bytes_equal(what, cw_bytes_text("REGISTER")) ||
           cw_bytes_equal(what, cw_bytes_text("KEEPALIVE"));
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes xml = in->bytes;
    if (!cw_scan_has(cw_bytes_head(xml, ROOT_WITHIN), "<PPVSPMessage>")) {
        return false;
    }
    out->role = CAMWATCH_ROLE_REGISTRATION;
    cw_said_message(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_UNKNOWN, "EHome message");
    if (is_from_device(xml)) {
        cw_said_message(out, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_DEVICE,
                        "EHome registration");
        read_device(xml, out);
    } else if (is_from_server(xml)) {
        cw_said_message(out, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_SERVER, "EHome answer");
    }
    return true;
}

const struct cw_wire_signature cw_wire_hikvision_isup = {
    .name = "hikvision-isup",
    .vendor = CW_HIKVISION_GROUP,
    .platform = "",
    .maker = CW_HIKVISION_MAKER,
    .transports = CW_WIRE_UDP | CW_WIRE_TCP,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .least = 40,
    .bits = 112,
    .ports = {7660, 7661},
    .first = "<",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(REGISTRATION) | CW_WIRE_TELLS(CONTROL),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_seed_vendors.md 2.4",
    .test = test,
};
