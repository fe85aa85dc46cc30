/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/dahua_rpc.h"

#include "wire/dahua_words.h"
#include "wire/recorder_list.h"
#include "wire/said.h"
#include "wire/text_scan.h"

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
    cw_dahua_mark(id);
    cw_said_addr(&id->addr, cw_scan_json(cw_scan_json_from(json, "IPv4Address"), "IPAddress"));
}

/* What a device says when asked for its own system information. */
static void
read_answer(struct cw_bytes json, struct cw_wire_match *m)
{
    cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE, "Dahua RPC answer");
    cw_said_device(m);
    if (cw_recorder_dahua(json, m)) {
        return; /* serials and types in it are the cameras' */
    }
    CW_SAID(m->identity.serial, cw_scan_json(json, "sn"));
    CW_SAID(m->identity.serial, cw_scan_json(json, "serialNumber"));
    CW_SAID(m->identity.model, cw_scan_json(json, "deviceType"));
    cw_dahua_mark(&m->identity);
}

void
cw_dahua_rpc_read(struct cw_bytes json, struct cw_wire_match *m)
{
    struct cw_bytes method = cw_scan_json(json, "method");
    if (CW_STARTS(method, "DHDiscover.search")) {
        cw_said_message(m, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_UNKNOWN, "DHDiscover search");
    } else if (CW_STARTS(method, "client.notifyDevInfo") ||
               cw_scan_json_from(json, "deviceInfo").len) {
        cw_said_message(m, CW_WIRE_PHASE_LAN_SEARCH, CW_WIRE_FROM_DEVICE, "DHDiscover answer");
        read_device_info(json, m);
    } else if (CW_STARTS(method, "client.notify")) {
        cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE, "Dahua notification");
        cw_said_device(m);
    } else if (method.len > 0) {
        cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_VIEWER, "Dahua RPC request");
    } else if (cw_scan_json_from(json, "result").len > 0 ||
               cw_scan_has(json, "System_CONFIG_NETCAMERA_INFO_")) {
        read_answer(json, m);
    } else {
        cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_UNKNOWN, "Dahua RPC message");
    }
}
