/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents that a device serves of itself over HTTP: the UPnP device description (UPnP Device
 * Architecture 1.1, 2.3) and D-Link's HNAP settings (capture dlink-dcs935l-setup).
 */
#include "base/text.h"
#include "wire/lan_identity.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum { MOST = 4096 };

static bool
read_description(struct cw_bytes xml, struct cw_wire_match *out)
{
    struct cw_identity *who = &out->identity;
    if (!cw_scan_has(xml, "urn:schemas-upnp-org:device-1-0")) {
        return false;
    }
    struct cw_bytes type = cw_scan_xml(xml, "deviceType"),
                    model = cw_scan_xml(xml, "modelName");
    struct cw_bytes about = cw_scan_xml(xml, "modelDescription");
    if (type.len == 0) {
        return false;
    }
    cw_lan_identity_begin(out, "UPnP description");
    CW_SAID(who->maker, cw_scan_xml(xml, "manufacturer"));
    CW_SAID(who->model, model);
    CW_SAID(who->name, cw_scan_xml(xml, "friendlyName"));
    CW_SAID(who->serial, cw_scan_xml(xml, "serialNumber"));
    cw_lan_identity_weigh(out, type);
    cw_lan_identity_weigh(out, model);
    cw_lan_identity_weigh(out, about);
    return cw_lan_identity_end(out);
}

static bool
read_hnap(struct cw_bytes xml, struct cw_wire_match *out)
{
    struct cw_identity *who = &out->identity;
    if (!cw_scan_has(xml, "http://purenetworks.com/HNAP1/") ||
        !cw_scan_has(xml, "<ModelName>")) {
        return false;
    }
    cw_lan_identity_begin(out, "HNAP settings");
    CW_SAID(who->maker, cw_scan_xml(xml, "VendorName"));
    CW_SAID(who->model, cw_scan_xml(xml, "ModelName"));
    CW_SAID(who->name, cw_scan_xml(xml, "DeviceName"));
    CW_SAID(who->firmware, cw_scan_xml(xml, "FirmwareVersion"));
    cw_said_mac(&who->mac, cw_scan_xml(xml, "DeviceMacId"));
    cw_lan_identity_weigh(out, cw_scan_xml(xml, "ModelDescription"));
    cw_lan_identity_weigh(out, cw_scan_xml(xml, "ModelName"));
    return cw_lan_identity_end(out);
}

static bool
test_upnp_description(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes all = cw_bytes_head(in->bytes, MOST);
    if (!CW_STARTS(all, "HTTP/1.") && !CW_STARTS(all, "<?xml") && !CW_STARTS(all, "<root")) {
        return false;
    }
    ptrdiff_t at = cw_text_find(all, cw_bytes_text("<?xml"));
    struct cw_bytes xml = at < 0 ? all : cw_bytes_from(all, (size_t)at);
    return read_description(xml, out) || read_hnap(xml, out);
}

const struct cw_wire_signature cw_wire_upnp_description = {
    .name = "upnp-description",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_ONE,
    .least = 64,
    .bits = 250,
    .first = "H<",
    .n_first = 2,
    .phases = CW_WIRE_TELLS(LAN_SEARCH),
    .senders = CW_WIRE_SENT_BY(DEVICE),
    .source = "UPnP Device Architecture 1.1 2.3, capture dlink-dcs935l-setup",
    .test = test_upnp_description,
};
