/* SPDX-License-Identifier: Apache-2.0
 *
 * Hikvision SADP over UDP 37020: XML without SOAP, on the group that WS-Discovery uses too
 * (protocols_seed_vendors.md 2.1).
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/hikvision_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum { PROLOG_MAX = 160 };

/* The document after its prolog, when its root is this element without prefix or attributes. */
static struct cw_bytes
find_root(struct cw_bytes in, const char *tag)
{
    ptrdiff_t at = cw_text_find(cw_bytes_head(in, PROLOG_MAX), cw_bytes_text(tag));
    if (at < 0 || (at > 0 && !CW_STARTS(in, "<?xml")) || cw_scan_has(in, "Envelope")) {
        return cw_bytes(NULL, 0);
    }
    return cw_bytes_from(in, (size_t)at);
}

static void
read_answer(struct cw_bytes xml, struct cw_wire_match *m)
{
    struct cw_identity *id = &m->identity;
    struct cw_bytes model = cw_scan_xml(xml, "DeviceDescription");
    cw_said_message(m, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_DEVICE, "SADP answer");
    cw_said_device(m);
    m->is_camera_fact = id->is_surveillance = cw_hikvision_model(model, &id->kind);
    CW_SAID(id->model, model);
    CW_SAID(id->serial, cw_scan_xml(xml, "DeviceSN"));
    CW_SAID(id->firmware, cw_scan_xml(xml, "SoftwareVersion"));
    cw_said_mac(&id->mac, cw_scan_xml(xml, "MAC"));
    cw_said_addr(&id->addr, cw_scan_xml(xml, "IPv4Address"));
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes answer = find_root(in->bytes, "<ProbeMatch>");
    struct cw_bytes probe = find_root(in->bytes, "<Probe>");
    struct cw_bytes xml = answer.len ? answer : probe;
    if (xml.len == 0 || cw_scan_xml(xml, "Types").len == 0 ||
        cw_scan_xml(xml, "Uuid").len == 0) {
        return false;
    }
    out->role = CAMWATCH_ROLE_DISCOVERY;
    if (answer.len > 0) {
        read_answer(answer, out);
    } else {
        cw_said_message(out, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_UNKNOWN, "SADP search");
    }
    return true;
}

const struct cw_wire_signature cw_wire_hikvision_sadp = {
    .name = "hikvision-sadp",
    .vendor = CW_HIKVISION_GROUP,
    .platform = "",
    .maker = CW_HIKVISION_MAKER,
    .transports = CW_WIRE_UDP,
    .class = CW_WIRE_ONE,
    .proves_device = true,
    .least = 60,
    .bits = 150,
    .ports = {37020},
    .first = "<",
    .n_first = 1,
    .phases = CW_WIRE_TELLS(LAN_SEARCH),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source = "protocols_seed_vendors.md 2.1",
    .test = test,
};
