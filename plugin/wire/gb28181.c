/* SPDX-License-Identifier: Apache-2.0
 *
 * GB/T 28181: SIP between cameras, recorders and platforms of any maker
 * (protocols_seed_vendors.md 6). The type digits 11..13 of an identifier tell what a device is
 * (GB/T 28181-2016 annex D).
 */
#include "base/cursor.h"
#include "base/text.h"
#include "wire/brand_words.h"
#include "wire/dahua_words.h"
#include "wire/hikvision_words.h"
#include "wire/recorder_list.h"
#include "wire/said.h"
#include "wire/text_scan.h"

enum { ID_LONG = 20, ID_SHORT = 18, TYPE_AT = 10 };

/* User of the first sip: URI in a header, when it is an identifier of 18 or 20 digits. */
static struct cw_bytes
find_id(struct cw_bytes header)
{
    ptrdiff_t at = cw_text_find(header, cw_bytes_text("sip:"));
    struct cw_bytes user = cw_bytes_from(header, at < 0 ? header.len : (size_t)at + 4);
    size_t n = 0;
    while (n < user.len && user.ptr[n] >= '0' && user.ptr[n] <= '9') {
        n++;
    }
    bool is_id = (n == ID_LONG || n == ID_SHORT) && cw_u8_at(user, n) == '@';
    return is_id ? cw_bytes_head(user, n) : cw_bytes(NULL, 0);
}

struct type_row {
    const char *digits;
    uint8_t kind;
};

/* False for platforms and servers (types 200 and up). */
static bool
read_type(struct cw_bytes id, uint8_t *kind)
{
    static const struct type_row rows[] = {
        {"111", CAMWATCH_KIND_RECORDER}, {"112", CAMWATCH_KIND_ENCODER},
        {"113", CAMWATCH_KIND_ENCODER},  {"114", CAMWATCH_KIND_ENCODER},
        {"118", CAMWATCH_KIND_RECORDER}, {"131", CAMWATCH_KIND_CAMERA},
        {"132", CAMWATCH_KIND_CAMERA},
    };
    struct cw_bytes type = cw_bytes_head(cw_bytes_from(id, TYPE_AT), 3);
    *kind = CAMWATCH_KIND_UNKNOWN;
    if (id.len != ID_LONG) {
        return true;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (cw_bytes_equal(type, cw_bytes_text(rows[i].digits))) {
            *kind = rows[i].kind;
        }
    }
    return cw_u8_at(type, 0) == '1';
}

struct agent_row {
    const char *lead;
    const char *vendor;
};

/* What the SIP part of a device calls itself: a brand's word (protocols_seed_vendors.md 6), or
 * a form that devices of one group have, whatever their brand: "SIP UAS V3.0.0.675168" of a
 * DH-SD-6C3230UE, "DH SIP UAS V1.0" of an IPC-HFW4150D, "Embedded Net DVR/NVR/DVS" of an EZVIZ
 * X5S, in messages published with platforms. The platform that they call is nobody's here. */
static void
read_agent(struct cw_bytes agent, struct cw_wire_match *m)
{
    static const struct agent_row rows[] = {
        {"SIP UAS V", CW_DAHUA_GROUP},
        {"DH SIP UAS V", CW_DAHUA_GROUP},
        {"Embedded Net DVR/", CW_HIKVISION_GROUP},
    };
    cw_brand_note(m, cw_brand_find(agent));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (cw_bytes_starts(agent, rows[i].lead, strlen(rows[i].lead))) {
            m->vendor = rows[i].vendor;
        }
    }
}

/* The sender registers or reports under its own identifier. */
static void
note_sender(const struct cw_text_message *msg, struct cw_bytes id, struct cw_wire_match *m)
{
    uint8_t kind;
    if (id.len == 0 || cw_said_is_filler(id) || !read_type(id, &kind)) {
        return;
    }
    cw_said_device(m);
    m->identity.kind = kind;
    m->is_vendor_senders = true;
    CW_SAID(m->identity.uid, id);
    read_agent(cw_text_header(msg->headers, "User-Agent"), m);
}

static bool
is_manscdp(const struct cw_text_message *msg)
{
    struct cw_bytes type = cw_text_header(msg->headers, "Content-Type");
    return cw_text_find_nocase(type, cw_bytes_text("application/manscdp+xml")) >= 0;
}

/* <Notify> and <Response> come from a device; of DeviceInfo the facts are its own. */
static void
read_manscdp(const struct cw_text_message *msg, struct cw_bytes from, struct cw_wire_match *m)
{
    struct cw_bytes xml = msg->body;
    bool is_report = cw_scan_has(xml, "<Notify>") || cw_scan_has(xml, "<Response>");
    cw_said_message(m, CW_WIRE_PHASE_CONTROL, CW_WIRE_FROM_UNKNOWN, "GB/T 28181 message");
    m->is_enough = true;
    if (!is_report || !cw_bytes_equal(cw_scan_xml(xml, "DeviceID"), from)) {
        return;
    }
    note_sender(msg, from, m);
    if (m->identity.kind == CAMWATCH_KIND_RECORDER) { /* a camera lists its own lenses */
        (void)cw_recorder_catalog(xml, m);
    }
    if (m->has_identity &&
        cw_bytes_equal(cw_scan_xml(xml, "CmdType"), cw_bytes_text("DeviceInfo"))) {
        CW_SAID(m->identity.model, cw_scan_xml(xml, "Model"));
        CW_SAID(m->identity.firmware, cw_scan_xml(xml, "Firmware"));
        CW_SAID(m->identity.name, cw_scan_xml(xml, "DeviceName"));
        cw_brand_note(m, cw_brand_find(cw_scan_xml(xml, "Manufacturer")));
    }
}

/* SDP with the y= line that only this standard has: a 10-digit SSRC. */
static bool
has_ssrc_line(struct cw_bytes body)
{
    ptrdiff_t at = cw_text_find(body, cw_bytes_text("\ny="));
    struct cw_bytes ssrc =
        cw_bytes_head(cw_bytes_from(body, at < 0 ? body.len : (size_t)at + 3), 10);
    return ssrc.len == 10 && cw_text_is_digits(ssrc);
}

static bool
read_request(const struct cw_text_message *msg, struct cw_bytes from, struct cw_wire_match *m)
{
    if (is_manscdp(msg)) {
        read_manscdp(msg, from, m);
        return true;
    }
    if (from.len == 0) {
        return false;
    }
    if (cw_bytes_equal(msg->method, cw_bytes_text("REGISTER"))) {
        cw_said_message(m, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_UNKNOWN,
                        "GB/T 28181 registration");
        note_sender(msg, from, m);
        return true;
    }
    if (cw_bytes_equal(msg->method, cw_bytes_text("INVITE")) && has_ssrc_line(msg->body)) {
        cw_said_message(m, CW_WIRE_PHASE_MEDIA, CW_WIRE_FROM_UNKNOWN,
                        "GB/T 28181 stream request");
        m->is_enough = true;
        return true;
    }
    return false;
}

static bool
test(const struct cw_wire_input *in, struct cw_wire_match *out)
{
    struct cw_text_message msg;
    if (!cw_scan_message(in->bytes, &msg) || !CW_STARTS(msg.version, "SIP/2.0")) {
        return false;
    }
    struct cw_bytes from = find_id(cw_text_header(msg.headers, "From"));
    struct cw_bytes cseq = cw_text_header(msg.headers, "CSeq");
    const uint8_t *blank = cseq.len ? memchr(cseq.ptr, ' ', cseq.len) : NULL;
    if (blank) {
        (void)cw_text_number(cw_bytes_head(cseq, (size_t)(blank - cseq.ptr)), UINT32_MAX,
                             &out->token);
    }
    out->role = CAMWATCH_ROLE_REGISTRATION;
    if (msg.is_request) {
        return read_request(&msg, from, out);
    }
    if (from.len == 0 || !cw_scan_has(cseq, "REGISTER")) {
        return false;
    }
    cw_said_message(out, CW_WIRE_PHASE_REGISTRATION, CW_WIRE_FROM_SERVER, "GB/T 28181 answer");
    return true;
}

const struct cw_wire_signature cw_wire_gb28181 = {
    .name = "gb28181",
    .vendor = "",
    .platform = "GB/T 28181",
    .maker = "",
    .transports = CW_WIRE_UDP | CW_WIRE_TCP,
    .class = CW_WIRE_BOTH,
    .proves_device = true,
    .least = 60,
    .bits = 90,
    .ports = {5060},
    .first = "RMINS",
    .n_first = 5,
    .phases = CW_WIRE_TELLS(REGISTRATION) | CW_WIRE_TELLS(CONTROL) | CW_WIRE_TELLS(MEDIA),
    .senders = CW_WIRE_SENT_BY(DEVICE) | CW_WIRE_SENT_BY(SERVER),
    .source = "protocols_seed_vendors.md 6",
    .test = test,
};
