/* SPDX-License-Identifier: Apache-2.0
 *
 * Dahua DHIP: JSON behind a 32-byte header, as LAN discovery over UDP and as RPC over TCP
 * (protocols_seed_vendors.md 1.3, corrections.md 2).
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/dahua_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

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

static void
read_device_info(struct cw_bytes json, struct cw_wire_match *m)
{
    struct cw_identity *id = &m->identity;
    bool is_surveillance = cw_dahua_class(cw_scan_json(json, "DeviceClass"), &id->kind);
    cw_said_device(m);
    m->is_camera_fact = id->is_surveillance = is_surveillance;
    cw_said_mac(&id->mac, cw_scan_json(json, "mac"));
    CW_SAID(id->model, cw_scan_json(json, "DeviceType"));
    CW_SAID(id->serial, cw_scan_json(json, "SerialNo"));
    CW_SAID(id->firmware, cw_scan_json(json, "Version"));
    CW_SAID(id->name, cw_scan_json(json, "MachineName"));
    cw_dahua_brand(id->brand, sizeof(id->brand), cw_scan_json(json, "Manufacturer"));
    if (id->brand[0] == '\0') {
        cw_dahua_brand(id->brand, sizeof(id->brand), cw_scan_json(json, "Vendor"));
    }
    cw_said_addr(&id->addr, cw_scan_json(cw_scan_json_from(json, "IPv4Address"), "IPAddress"));
}

/* An RPC answer: what a device says when asked for its own system information. */
static void
read_answer(struct cw_bytes json, struct cw_wire_match *m)
{
    cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE, "DHIP answer");
    cw_said_device(m);
    CW_SAID(m->identity.serial, cw_scan_json(json, "sn"));
    CW_SAID(m->identity.serial, cw_scan_json(json, "serialNumber"));
    CW_SAID(m->identity.model, cw_scan_json(json, "deviceType"));
}

static void
read_message(struct cw_bytes json, struct cw_wire_match *m)
{
    struct cw_bytes method = cw_scan_json(json, "method");
    if (CW_STARTS(method, "DHDiscover.search")) {
        cw_said_message(m, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_UNKNOWN, "DHDiscover search");
    } else if (CW_STARTS(method, "client.notifyDevInfo") ||
               cw_scan_has(json, "\"deviceInfo\"")) {
        cw_said_message(m, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_DEVICE, "DHDiscover answer");
        read_device_info(json, m);
    } else if (CW_STARTS(method, "client.notify")) {
        cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE, "DHIP notification");
        cw_said_device(m);
    } else if (method.len > 0) {
        cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_VIEWER, "DHIP request");
    } else if (cw_scan_json_from(json, "result").len > 0) {
        read_answer(json, m);
    } else {
        cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_UNKNOWN, "DHIP message");
    }
}

bool
cw_dahua_dhip_test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_bytes json = find_body(in);
    if (json.len == 0) {
        return false;
    }
    out->role = in->transport == CW_WIRE_UDP ? CAMWATCH_ROLE_DISCOVERY : CAMWATCH_ROLE_CONTROL;
    read_message(json, out);
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
    .source = "protocols_seed_vendors.md 1.3; corrections.md 2",
    .test = cw_dahua_dhip_test,
};
