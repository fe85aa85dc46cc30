/* SPDX-License-Identifier: Apache-2.0
 *
 * The device service of ONVIF over HTTP (ONVIF Core 8.1; protocols_seed_vendors.md 7). A
 * request shows who asks; only an answer shows a device. PasswordDigest and Nonce in requests
 * are never read.
 */
#include "base/text.h"
#include "wire/brand_words.h"
#include "wire/said.h"
#include "wire/text_scan.h"

static bool
is_xml(const struct cw_text_message *msg)
{
    struct cw_bytes type = cw_text_header(msg->headers, "Content-Type");
    return cw_text_find_nocase(type, cw_bytes_text("xml")) >= 0;
}

static void
read_information(struct cw_bytes body, struct cw_wire_match *m)
{
    struct cw_identity *id = &m->identity;
    struct cw_bytes maker = cw_scan_xml(body, "Manufacturer");
    const struct cw_brand *brand = cw_brand_find(maker);
    CW_SAID(id->model, cw_scan_xml(body, "Model"));
    CW_SAID(id->firmware, cw_scan_xml(body, "FirmwareVersion"));
    CW_SAID(id->serial, cw_scan_xml(body, "SerialNumber"));
    id->kind = cw_brand_model_kind(cw_bytes_text(id->model));
    cw_brand_note(m, brand);
}

static bool
read_answer(const struct cw_text_message *msg, struct cw_wire_match *m)
{
    if (!is_xml(msg) || !cw_scan_has(msg->body, "Envelope") ||
        !cw_scan_has(msg->body, "http://www.onvif.org/ver")) {
        return false;
    }
    cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE, "ONVIF answer");
    cw_said_device(m);
    m->is_enough = true;
    if (cw_scan_has(msg->body, "GetDeviceInformationResponse")) {
        cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_DEVICE,
                        "ONVIF device information");
        read_information(msg->body, m);
    }
    return true;
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_text_message msg;
    if (!cw_scan_message(in->bytes, &msg) || !CW_STARTS(msg.version, "HTTP/")) {
        return false;
    }
    out->role = CAMWATCH_ROLE_CONTROL;
    if (!msg.is_request) {
        return read_answer(&msg, out);
    }
    if (!cw_bytes_equal(msg.method, cw_bytes_text("POST")) ||
        !CW_STARTS(msg.target, "/onvif/")) {
        return false;
    }
    cw_said_message(out, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_VIEWER, "ONVIF request");
    return true;
}

const struct cw_wire_signature cw_wire_onvif_service = {
    .name = "onvif-service",
    .vendor = "",
    .platform = "",
    .maker = "",
    .transports = CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .least = 24,
    .bits = 80,
    .ports = {80, 8080, 8000, 8899},
    .first = "PH",
    .n_first = 2,
    .phases = CW_WIRE_TELLS(CONTROL),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(VIEWER),
    .source = "protocols_seed_vendors.md 7; ONVIF Core 8.1",
    .test = test,
};
