/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP of devices: the paths of the makers' interfaces in requests, banners, realms and
 * documents in answers (protocols_seed_vendors.md 1.7, 2.10, 3.2). Anybody can ask any server
 * for such a path, so a request says no more than that somebody asks; an answer proves the
 * device.
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/brand_words.h"
#include "wire/dahua_words.h"
#include "wire/device_marks.h"
#include "wire/hikvision_words.h"
#include "wire/recorder_list.h"
#include "wire/said.h"
#include "wire/text_scan.h"
#include "wire/uniview_words.h"

static const struct cw_device_mark paths[] = {
    {"/RPC2_Login", CW_DAHUA_GROUP, ""}, /* bare /RPC2 is everybody's XML-RPC */
    {"/cgi-bin/magicBox.cgi?action=", CW_DAHUA_GROUP, ""},
    {"/cgi-bin/configManager.cgi?action=", CW_DAHUA_GROUP, ""},
    {"/cgi-bin/eventManager.cgi?action=", CW_DAHUA_GROUP, ""},
    {"/cgi-bin/coaxialControlIO.cgi?action=", CW_DAHUA_GROUP, ""},
    {"/cgi-bin/mediaFileFind.cgi?action=", CW_DAHUA_GROUP, ""},
    {"/cgi-bin/devVideoInput.cgi?action=", CW_DAHUA_GROUP, ""},
    {"/cgi-bin/RPC_Loadfile/", CW_DAHUA_GROUP, ""},
    {"/SubscribeNotify.cgi?sessionId=", CW_DAHUA_GROUP, ""},
    {"/ISAPI/", CW_HIKVISION_GROUP, ""},
    {"/SDK/webLanguage", CW_HIKVISION_GROUP, ""},
    {"/LAPI/V1.0/", CW_UNIVIEW_VENDOR, ""},
};

static const struct cw_device_mark dahua_document = {"", CW_DAHUA_GROUP, CW_DAHUA_MAKER};
static const struct cw_device_mark hikvision_document = {"", CW_HIKVISION_GROUP,
                                                         CW_HIKVISION_MAKER};
static const struct cw_device_mark isapi_document = {"", CW_HIKVISION_GROUP, ""};
static const struct cw_device_mark uniview_document = {"", CW_UNIVIEW_VENDOR, CW_UNIVIEW_MAKER};

static const struct cw_device_mark *
find_path(struct cw_bytes target)
{
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        if (cw_bytes_starts(target, paths[i].text, strlen(paths[i].text))) {
            return &paths[i];
        }
    }
    return NULL;
}

/* <DeviceInfo> of ISAPI. */
static void
read_device_info(struct cw_bytes xml, struct cw_identity *id)
{
    CW_SAID(id->model, cw_scan_xml(xml, "model"));
    CW_SAID(id->serial, cw_scan_xml(xml, "serialNumber"));
    CW_SAID(id->firmware, cw_scan_xml(xml, "firmwareVersion"));
    CW_SAID(id->name, cw_scan_xml(xml, "deviceName"));
    cw_said_mac(&id->mac, cw_scan_xml(xml, "macAddress"));
    (void)cw_hikvision_model(cw_bytes_text(id->model), &id->kind);
}

/* <EventNotificationAlert>: a device's alarm, pushed or streamed. */
static void
read_alert(struct cw_bytes xml, struct cw_identity *id)
{
    cw_said_mac(&id->mac, cw_scan_xml(xml, "macAddress"));
    cw_said_addr(&id->addr, cw_scan_xml(xml, "ipAddress"));
}

/* Lines of key=value from magicBox.cgi getSystemInfo. */
static void
read_system_info(struct cw_bytes lines, struct cw_identity *id)
{
    CW_SAID(id->serial, cw_scan_param(lines, "serialNumber"));
    struct cw_bytes type = cw_scan_param(lines, "deviceType");
    struct cw_bytes series = cw_scan_param(lines, "updateSerial");
    bool is_number =
        cw_text_is_digits(type); /* deviceType=31 on some, with the model elsewhere */
    CW_SAID(id->model, is_number ? series : type);
    id->kind = cw_brand_model_kind(cw_bytes_text(id->model));
    cw_dahua_mark(id);
}

/* Data of System/DeviceInfo and DeviceBasicInfo of LAPI. */
static void
read_lapi(struct cw_bytes json, struct cw_identity *id)
{
    CW_SAID(id->model, cw_scan_json(json, "DeviceModel"));
    CW_SAID(id->serial, cw_scan_json(json, "SerialNumber"));
    CW_SAID(id->firmware, cw_scan_json(json, "FirmwareVersion"));
    CW_SAID(id->name, cw_scan_json(json, "DeviceName"));
    id->kind = cw_brand_model_kind(cw_bytes_text(id->model));
}

/* The one line of magicBox.cgi getDeviceType, getSerialNo or getSoftwareVersion. */
static bool
read_magic_line(struct cw_bytes line, struct cw_identity *id)
{
    struct cw_bytes type = cw_scan_param(line, "type"), serial = cw_scan_param(line, "sn");
    struct cw_bytes version = cw_scan_param(line, "version");
    const uint8_t *feed = line.len ? memchr(line.ptr, '\n', line.len) : NULL;
    if (!feed || feed + 1 != line.ptr + line.len) {
        return false;
    }
    if (CW_STARTS(line, "type=") && cw_brand_model_kind(type) != CAMWATCH_KIND_UNKNOWN) {
        CW_SAID(id->model, type);
        id->kind = cw_brand_model_kind(type);
    } else if (CW_STARTS(line, "sn=") && serial.len >= 12 && cw_text_is_alnum(serial)) {
        CW_SAID(id->serial, serial);
    } else if (CW_STARTS(line, "version=") && cw_scan_has(line, ",build:")) {
        CW_SAID(id->firmware, version);
    } else {
        return false;
    }
    cw_dahua_mark(id);
    return true;
}

/* Up to the last line that ended: what follows may go on in the next segment. */
static struct cw_bytes
ended_lines(struct cw_bytes text)
{
    while (text.len > 0 && text.ptr[text.len - 1] != '\n') {
        text.len--;
    }
    return text;
}

static bool
is_system_info(struct cw_bytes body)
{
    return cw_scan_param(body, "deviceType").len && cw_scan_param(body, "serialNumber").len &&
           (cw_scan_param(body, "processor").len || cw_scan_param(body, "updateSerial").len);
}

static bool
has_hikvision_namespace(struct cw_bytes xml)
{
    return cw_scan_has(xml, "http://www.hikvision.com/ver");
}

static bool
has_isapi_namespace(struct cw_bytes xml)
{
    return has_hikvision_namespace(xml) || cw_scan_has(xml, "http://www.isapi.org/ver") ||
           cw_scan_has(xml, "http://www.std-cgi.com/ver");
}

static const struct cw_device_mark *
isapi_mark(struct cw_bytes xml)
{
    return has_hikvision_namespace(xml) ? &hikvision_document : &isapi_document;
}

/* A document that only a device of one maker sends; what it says of itself goes into id. */
static const struct cw_device_mark *
read_document(struct cw_bytes body, struct cw_wire_match *m, bool *is_enough)
{
    struct cw_identity *id = &m->identity;
    *is_enough = true;
    if (has_isapi_namespace(body) && cw_recorder_isapi(body, m)) {
        return isapi_mark(body);
    }
    if (cw_recorder_dahua(body, m)) {
        return &dahua_document;
    }
    if (cw_scan_has(body, "<EventNotificationAlert") && has_isapi_namespace(body)) {
        read_alert(body, id);
        return isapi_mark(body);
    }
    if (cw_scan_has(body, "<DeviceInfo") && has_isapi_namespace(body)) {
        read_device_info(body, id);
        return isapi_mark(body);
    }
    if (CW_STARTS(cw_scan_json(body, "realm"), "Login to ")) {
        return &dahua_document;
    }
    if (CW_STARTS(cw_scan_json(body, "ResponseURL"), "/LAPI/V1.0/")) {
        read_lapi(body, id);
        return &uniview_document;
    }
    *is_enough = false; /* plain lines: only as the answer to such a request */
    struct cw_bytes lines = ended_lines(body);
    if (is_system_info(lines)) {
        read_system_info(lines, id);
        return &dahua_document;
    }
    return read_magic_line(body, id) ? &dahua_document : NULL;
}

/* What a device of Xiongmai's posts to pub-cfg.secu100.net; AuthCode is never read
 * (protocols_p2p.md 3, XMeye cloud). */
static bool
read_xmeye(struct cw_bytes json, struct cw_wire_match *m)
{
    struct cw_bytes inside = cw_scan_json_from(json, "CfgProtocol");
    struct cw_bytes serial = cw_scan_json(inside, "SerialNumber");
    if (serial.len == 0 || cw_scan_json_from(inside, "ProductID").len == 0) {
        return false;
    }
    cw_said_message(m, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_DEVICE, "XMeye configuration");
    cw_said_device(m);
    m->platform = "Xiongmai XMeye";
    m->role = CAMWATCH_ROLE_REGISTRATION;
    m->is_enough = true;
    CW_SAID(m->identity.serial, serial);
    CW_SAID(m->identity.firmware, cw_scan_json(inside, "OtherInfo"));
    return true;
}

static bool
read_request(const struct cw_text_message *msg, struct cw_wire_match *m)
{
    bool is_enough;
    bool is_post = cw_bytes_equal(msg->method, cw_bytes_text("POST"));
    if (is_post && cw_scan_has(msg->body, "<EventNotificationAlert")) {
        const struct cw_device_mark *mark = read_document(msg->body, m, &is_enough);
        if (mark) {
            cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE, "ISAPI alarm");
            cw_device_note(m, mark);
            m->is_enough = true;
            return true;
        }
    }
    if (is_post && read_xmeye(msg->body, m)) {
        return true;
    }
    const struct cw_device_mark *path = find_path(msg->target);
    if (!path) {
        return false;
    }
    cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_VIEWER, "HTTP request to a camera");
    m->vendor = path->vendor;
    return true;
}

static bool
read_answer(const struct cw_text_message *msg, struct cw_wire_match *m)
{
    bool is_enough = true;
    const struct cw_device_mark *mark =
        cw_device_server(cw_text_header(msg->headers, "Server"));
    const struct cw_device_mark *realm =
        cw_device_realm(cw_text_header(msg->headers, "WWW-Authenticate"), &m->identity);
    bool is_document_enough;
    const struct cw_device_mark *document = read_document(msg->body, m, &is_document_enough);
    if (!mark && !realm) {
        is_enough = is_document_enough;
    }
    mark = mark ? mark : realm ? realm : document;
    if (!mark) {
        return false;
    }
    cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE, "HTTP answer of a camera");
    cw_device_note(m, mark);
    m->is_enough = is_enough;
    return true;
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_text_message msg;
    if (!cw_scan_message(in->bytes, &msg) || !CW_STARTS(msg.version, "HTTP/1.")) {
        return false;
    }
    out->role = CAMWATCH_ROLE_CONTROL;
    return msg.is_request ? read_request(&msg, out) : read_answer(&msg, out);
}

const struct cw_wire_signature cw_wire_http_marks = {
    .name = "http-camera",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .least = 14,
    .bits = 64,
    .ports = {80, 8080},
    .first = "GPH",
    .n_first = 3,
    .phases = CW_WIRE_TELLS(CONTROL) | CW_WIRE_TELLS(REGISTRATION),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_seed_vendors.md 1.7, 2.10, 3.2; protocols_p2p.md 3",
    .test = test,
};
